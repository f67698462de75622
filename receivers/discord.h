// The Discord receiver: one embed, with an optional text above it, through a channel's webhook.
#pragma once

#include <memory>
#include <string>

#include "receivers/receiver_config.h"

namespace tocsin {

struct DiscordConfig {
  bool send_resolved = true;
  std::shared_ptr<const HttpConfig> http;
  Secret url;
  TemplateField content, title, message;
  std::string username, avatar_url;  // as they are, not templates
};

// Reads one block of discord_configs; what is wrong with it goes to its problems.
std::shared_ptr<const Integration> read_discord(ReceiverBlock&);

}  // namespace tocsin
