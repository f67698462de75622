#include "router/route_mute.h"

#include <algorithm>

namespace tocsin {
namespace {

std::vector<TimeInterval> entries_of(const std::vector<std::string>& names,
                                     const NamedTimeIntervals& intervals) {
  std::vector<TimeInterval> entries;
  for (const std::string& name : names) {
    const auto found = intervals.find(name);
    if (found != intervals.end()) entries.insert(entries.end(), found->second.begin(), found->second.end());
  }
  return entries;
}

}  // namespace

TimeMuting time_muting(const Route& route, const NamedTimeIntervals& intervals, TimePoint now) {
  const bool limited = !route.active_time_intervals.empty();
  if (limited && active_names(route.active_time_intervals, intervals, now).empty()) {
    return {MutedBy::kActiveTime, route.active_time_intervals};
  }
  if (route.mute_time_intervals.empty()) return {};
  std::vector<std::string> names = active_names(route.mute_time_intervals, intervals, now);
  if (names.empty()) return {};
  return {MutedBy::kMuteTime, std::move(names)};
}

TimePoint mute_changes_at(const Route& route, const NamedTimeIntervals& intervals, TimePoint now) {
  const std::vector<TimeInterval> mute = entries_of(route.mute_time_intervals, intervals);
  const std::vector<TimeInterval> active = entries_of(route.active_time_intervals, intervals);
  const bool limited = !route.active_time_intervals.empty();
  const auto muted_at = [&](TimePoint t) { return contains(mute, t) || (limited && !contains(active, t)); };
  const bool muted = muted_at(now);
  constexpr std::chrono::days kFar{2 * 366};
  const TimePoint far = now > kNever - kFar ? kNever : now + kFar;
  TimePoint mute_edge = now;
  TimePoint active_edge = now;
  while (true) {
    // Each side is asked again only when its own edge was passed.
    const TimePoint at = std::min(mute_edge, active_edge);
    if (mute_edge == at) mute_edge = next_change(mute, at);
    if (active_edge == at) active_edge = next_change(active, at);
    const TimePoint next = std::min(mute_edge, active_edge);
    if (next >= far) return kNever;
    if (muted_at(next) != muted) return next;
  }
}

}  // namespace tocsin
