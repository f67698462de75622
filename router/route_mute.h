// When the time intervals of a route keep it quiet: while one of its mute intervals holds, or while it has
// active intervals of which none holds. It says nothing of silences and inhibition.
#pragma once

#include <string>
#include <vector>

#include "router/route.h"
#include "router/time_interval.h"

namespace tocsin {

// The names that keep the route quiet now: its mute intervals that hold, else all of its active intervals if
// none of them holds, as Alertmanager reports it. Empty: the route may speak.
std::vector<std::string> muting_intervals(const Route&, const NamedTimeIntervals&, TimePoint now);

// When that turns from quiet to not, or back; kNever where that is more than two years away.
TimePoint mute_changes_at(const Route&, const NamedTimeIntervals&, TimePoint now);

}  // namespace tocsin
