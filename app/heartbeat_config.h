// The `heartbeat:` block of the configuration: where signs of life go, and when they are withheld.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/heartbeat.h"
#include "core/http_config.h"
#include "receivers/receiver_defaults.h"

namespace tocsin {

// A URL that is asked for, as healthchecks.io and its kind give them out.
struct HeartbeatUrl {
  Secret url;
  std::string method = "POST";
  bool report_failures = false;  // also URL/fail, while the sign of life is withheld
};
struct OpsgenieHeartbeat {
  std::string api_url;
  Secret api_key;
  std::string name;
};
// PagerDuty has no heartbeat of its own: the sign is an event, for an event orchestration that acts when none
// comes.
struct PagerDutyHeartbeat {
  std::string url;
  Secret routing_key;
};
using HeartbeatTarget = std::variant<HeartbeatUrl, OpsgenieHeartbeat, PagerDutyHeartbeat>;

struct HeartbeatConfig {
  std::shared_ptr<const HeartbeatPolicy> policy;
  std::vector<HeartbeatTarget> targets;
  std::shared_ptr<const HttpConfig> http;
};

// nullptr where there is no block; every mistake in it is a problem.
std::shared_ptr<const HeartbeatConfig> read_heartbeat(const YamlNode&, const ReceiverDefaults&,
                                                      const std::string& base_folder, Problems&);

}  // namespace tocsin
