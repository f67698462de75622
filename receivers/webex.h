// The Webex receiver: a Markdown message to one room, with a bot's token in http_config's authorization.
#pragma once

#include <memory>
#include <string>

#include "receivers/receiver_config.h"

namespace tocsin {

struct WebexConfig {
  bool send_resolved = true;
  std::shared_ptr<const HttpConfig> http;
  std::string api_url;
  TemplateField message, room_id;
};

// Reads one block of webex_configs; what is wrong with it goes to its problems.
std::shared_ptr<const Integration> read_webex(ReceiverBlock&);

}  // namespace tocsin
