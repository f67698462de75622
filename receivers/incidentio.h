// The incident.io receiver: the webhook's JSON, with a version number and a token of its own, to an alert
// source.
#pragma once

#include <memory>
#include <string>

#include "receivers/receiver_config.h"

namespace tocsin {

struct IncidentioConfig {
  bool send_resolved = true;
  std::shared_ptr<const HttpConfig> http;  // with the token of the alert source, where one is given
  Duration timeout{};
  Secret url;
  std::size_t max_alerts = 0;  // 0: all
};

// Reads one block of incidentio_configs; what is wrong with it goes to its problems.
std::shared_ptr<const Integration> read_incidentio(ReceiverBlock&);

}  // namespace tocsin
