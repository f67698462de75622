// The Microsoft Teams receiver of today: an adaptive card through a Power Automate workflow ("Workflows").
#pragma once

#include <memory>

#include "receivers/receiver_config.h"

namespace tocsin {

struct MsTeamsV2Config {
  bool send_resolved = true;
  std::shared_ptr<const HttpConfig> http;
  Secret url;
  TemplateField title, text;
};

// Reads one block of msteamsv2_configs; what is wrong with it goes to its problems.
std::shared_ptr<const Integration> read_msteamsv2(ReceiverBlock&);

}  // namespace tocsin
