// How many alerts and groups the router holds, for the metrics: counted where they lie, because copies of a
// hundred thousand alerts would hold up the engine at every scrape.
#pragma once

#include <cstddef>

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

}  // namespace tocsin
