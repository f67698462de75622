// RoutingConfig is all that the router needs of the configuration: the tree, which integrations each receiver
// has, which alerts inhibit which, and what the names of time intervals mean. How an integration speaks
// (URLs, templates) is none of its business. Immutable and shared: a reload makes a new one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/notification.h"
#include "core/pace.h"
#include "core/time.h"
#include "router/inhibit_rule.h"
#include "router/route.h"
#include "router/silence.h"
#include "router/time_interval.h"

namespace tocsin {

struct IntegrationEntry {
  IntegrationId id;
  bool wants_resolved = true;  // send_resolved
  // Says whether it is the same service after a reload: what was told follows it to another index, and a
  // change ends a hold.
  std::string fingerprint;
  Pace pace{};
  // The receiver that hears as well where this integration has not taken a notification for so long; empty:
  // none.
  std::string fallback_receiver{};
  Duration fallback_after{};
  friend bool operator==(const IntegrationEntry&, const IntegrationEntry&) = default;
};

struct ReceiverEntry {
  std::string name;
  std::vector<IntegrationEntry> integrations;  // none: a legal sink
};

struct RoutingConfig {
  Route root;  // after name_routes
  std::vector<ReceiverEntry> receivers;
  std::vector<InhibitRule> inhibit_rules;  // in order of the file
  NamedTimeIntervals time_intervals;       // those that routes name
  Duration resolve_timeout = std::chrono::minutes(5);
  SilenceLimits silence_limits;
  std::size_t alerts_per_name = 0;               // from outside, of one alertname; zero: no limit
  Duration retention = std::chrono::hours(120);  // of silences that have ended

  // Null where there is no receiver of that name.
  const ReceiverEntry* receiver(std::string_view name) const;
};

}  // namespace tocsin
