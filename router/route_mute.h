// When the time intervals of a route keep it quiet: while one of its mute intervals holds, or while it has
// active intervals of which none holds. It says nothing of silences and inhibition.
#pragma once

#include <string>
#include <vector>

#include "router/muted_by.h"
#include "router/route.h"
#include "router/time_interval.h"

namespace tocsin {

// What keeps a route quiet, and which of its two lists the names stand in. Without names it may speak.
struct TimeMuting {
  MutedBy kind = MutedBy::kNothing;  // kActiveTime or kMuteTime
  std::vector<std::string> intervals;
};

// Active intervals are looked at first: where the route names some and none holds, all of them are named.
// Otherwise the mute intervals that hold (notify/notify.go: the order of the stages).
TimeMuting time_muting(const Route&, const NamedTimeIntervals&, TimePoint now);

// When that turns from quiet to not, or back; kNever where that is more than two years away.
TimePoint mute_changes_at(const Route&, const NamedTimeIntervals&, TimePoint now);

}  // namespace tocsin
