// How many alerts and groups the router holds, for the metrics: counted where they lie, because copies of a
// hundred thousand alerts would hold up the engine at every scrape.
#pragma once

#include <cstddef>

#include "core/notification.h"

namespace tocsin {

// Alerts by the status that Router::alerts gives them.
struct RouterCounts {
  std::size_t unprocessed = 0;
  std::size_t active = 0;
  std::size_t suppressed = 0;
  std::size_t resolved = 0;
  std::size_t groups = 0;
  friend bool operator==(const RouterCounts&, const RouterCounts&) = default;
};

// One integration, over all groups that speak to it.
struct IntegrationCounts {
  IntegrationId id;
  std::size_t owed = 0;                   // notifications that have not arrived yet
  TimePoint owed_since = kNoTime;         // the oldest of them; kNoTime: none
  TimePoint last_delivered_at = kNoTime;  // in this run
  bool circuit_open = false;
};

}  // namespace tocsin
