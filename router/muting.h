// Muting answers what keeps an alert from being announced at a moment: silences, inhibition, and the time
// intervals of its route. One judge for flushes, for the API and for `explain`. It only reads; the router
// owns what it reads.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "router/inhibitor.h"
#include "router/muted_by.h"
#include "router/route_mute.h"
#include "router/silences.h"

namespace tocsin {

class Muting {
 public:
  Muting(const Silences& silences, const Inhibitor& inhibitor, const NamedTimeIntervals& intervals)
      : silences_(silences), inhibitor_(inhibitor), intervals_(intervals) {}

  TimeMuting time_muting(const Route& route, TimePoint now) const {
    return tocsin::time_muting(route, intervals_, now);
  }
  // What mutes a firing alert with these labels in a group that `by_time` mutes.
  MutedBy judge(const Labels&, MutedBy by_time, TimePoint now) const;

  // Ids of the silences that mute the labels.
  std::vector<std::string> silenced_by(const Labels& labels, TimePoint now) const {
    return silences_.muting(labels, now);
  }
  std::optional<Inhibitor::Cause> inhibited_by(const Labels& labels) const {
    return inhibitor_.inhibiting(labels);
  }

 private:
  const Silences& silences_;
  const Inhibitor& inhibitor_;
  const NamedTimeIntervals& intervals_;
};

}  // namespace tocsin
