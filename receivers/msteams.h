// The Microsoft Teams receiver of old: a message card through an Office 365 connector. Microsoft retires
// those; the receiver for their successor is msteamsv2.
#pragma once

#include <memory>

#include "receivers/receiver_config.h"

namespace tocsin {

struct MsTeamsConfig {
  bool send_resolved = true;
  std::shared_ptr<const HttpConfig> http;
  Secret url;
  TemplateField title, summary, text;
};

// Reads one block of msteams_configs; what is wrong with it goes to its problems.
std::shared_ptr<const Integration> read_msteams(ReceiverBlock&);

}  // namespace tocsin
