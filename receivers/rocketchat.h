// The Rocket.Chat receiver: one attachment through chat.postMessage with a user's token.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "receivers/receiver_config.h"

namespace tocsin {

struct RocketChatField {
  TemplateField title, value;
  bool is_short = false;
};

struct RocketChatAction {  // always a button
  TemplateField text, url, msg;
};

struct RocketChatConfig {
  bool send_resolved = false;
  std::shared_ptr<const HttpConfig> http;
  std::string api_url;
  Secret token, token_id;
  TemplateField channel, emoji, icon_url, color, title, title_link, text, image_url, thumb_url;
  std::vector<RocketChatField> fields;
  std::vector<RocketChatAction> actions;
};

RocketChatConfig read_rocketchat_config(ReceiverBlock&);
// Reads one block of rocketchat_configs; what is wrong with it goes to its problems.
std::shared_ptr<const Integration> read_rocketchat(ReceiverBlock&);

}  // namespace tocsin
