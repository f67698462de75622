// Whether a group speaks to one integration now, and why: a pure function of what it was told and what is
// true. It decides nothing about when (the group's timers) or how often to try (Delivery).
#pragma once

#include <span>

#include "core/notification.h"
#include "router/told.h"

namespace tocsin {

// One alert of the group at this moment.
struct GroupAlert {
  AlertKey key;
  bool firing = false;
  // A reload has given it to another group: here it is not announced and not repeated, only its end is told.
  bool departed = false;
};

// Retired: the integration itself has lost its place in the group, so all its alerts count as departed.
enum class Standing { kActive, kRetired };

struct NotifyPolicy {
  bool wants_resolved = true;
  Duration group_interval{};
  Duration repeat_interval{};
  Standing standing = Standing::kActive;
};

// In Alertmanager's order. `flush` is the tick that asks: repeats compare tick with tick, with a tolerance of
// half a group_interval, so that a repeat_interval of k group_intervals is k ticks and never k + 1.
NotifyReason reason_to_notify(const ToldState&, std::span<const GroupAlert>, const NotifyPolicy&,
                              TimePoint flush);

// The parts of the decision, which also say what a notification contains.
bool needs_firing(const ToldAlert&, const GroupAlert&, const NotifyPolicy&);
bool needs_resolved(const ToldAlert&, const GroupAlert&, const NotifyPolicy&);
bool belongs_in_notification(const ToldAlert&, const GroupAlert&, const NotifyPolicy&);

}  // namespace tocsin
