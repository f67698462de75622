// One silence with what Silences remembers about it.
#pragma once

#include <cstdint>
#include <unordered_set>
#include <vector>

#include "router/silence.h"

namespace tocsin {

struct SilenceEntry {
  Silence silence;
  SilenceState noticed = SilenceState::kPending;  // what was last told of it; the times may be ahead
  // For the ends that depend on alerts; unused without them.
  bool has_matched = false;                       // something fired while it was active
  TimePoint idle_since = kNoTime;                 // active, and nothing that it matches fires
  std::unordered_set<Labels, LabelsHash> firing;  // what it matches; never iterated

  TimePoint scheduled = kNever;              // its deadline, kept by Silences
  std::vector<std::uint64_t> indexed_under;  // kept by the index

  bool watches_alerts() const {
    return silence.until_resolved || silence.expire_when_idle > Duration::zero();
  }
};

}  // namespace tocsin
