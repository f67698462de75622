// When a rule group is evaluated: at slots that depend only on its identity and interval, so that two
// replicas, or one before and after a restart, evaluate at the same instants, as in Prometheus
// (rules/group.go). Slots that pass while an evaluation runs are skipped, never made up.
#pragma once

#include <string_view>

#include "core/time.h"

namespace tocsin {

class Schedule {
 public:
  // The offset of the slots within the interval is a hash of `identity`: evaluations of many groups spread
  // over the interval.
  Schedule(std::string_view identity, Duration interval);

  Duration interval() const { return interval_; }
  TimePoint slot_at_or_before(TimePoint) const;
  TimePoint slot_after(TimePoint t) const { return slot_at_or_before(t) + interval_; }
  // How many slots lie strictly between the slot `last` and the slot `next`.
  std::int64_t slots_between(TimePoint last, TimePoint next) const;

 private:
  Duration interval_;
  Duration offset_;
};

}  // namespace tocsin
