// The Mattermost receiver: one attachment, or those the user lists, through an incoming webhook.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "receivers/receiver_config.h"

namespace tocsin {

struct MattermostField {
  TemplateField title, value;
  std::optional<bool> is_short;
};

struct MattermostAttachment {
  TemplateField fallback, color, pretext, text, author_name, author_link, author_icon, title, title_link,
      thumb_url, footer, footer_icon, image_url;
  std::vector<MattermostField> fields;
};

struct MattermostPriority {
  TemplateField priority;
  bool requested_ack = false;
  bool persistent_notifications = false;
};

struct MattermostConfig {
  bool send_resolved = true;
  std::shared_ptr<const HttpConfig> http;
  Secret url;
  TemplateField channel, username, icon_url, icon_emoji, type, card;
  MattermostAttachment attachment;                // its text is the message's where attachments are listed
  std::vector<MattermostAttachment> attachments;  // deprecated; they take the place of `attachment`
  std::optional<MattermostPriority> priority;
};

MattermostConfig read_mattermost_config(ReceiverBlock&);
// Reads one block of mattermost_configs; what is wrong with it goes to its problems.
std::shared_ptr<const Integration> read_mattermost(ReceiverBlock&);

}  // namespace tocsin
