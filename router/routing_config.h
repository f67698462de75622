// RoutingConfig is all that the router needs of the configuration: the tree, and which integrations each
// receiver has. How an integration speaks (URLs, templates) is none of its business. Immutable and shared: a
// reload makes a new one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/notification.h"
#include "core/time.h"
#include "router/route.h"

namespace tocsin {

struct IntegrationEntry {
  IntegrationId id;
  bool wants_resolved = true;  // send_resolved
  // Says whether it is the same service after a reload: what was told follows it to another index, and a
  // change ends a hold.
  std::string fingerprint;
  friend bool operator==(const IntegrationEntry&, const IntegrationEntry&) = default;
};

struct ReceiverEntry {
  std::string name;
  std::vector<IntegrationEntry> integrations;  // none: a legal sink
};

struct RoutingConfig {
  Route root;  // after name_routes
  std::vector<ReceiverEntry> receivers;
  Duration resolve_timeout = std::chrono::minutes(5);

  // Null where there is no receiver of that name.
  const ReceiverEntry* receiver(std::string_view name) const;
};

}  // namespace tocsin
