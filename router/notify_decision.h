// Whether a group speaks to one integration now, and why: a pure function of what it was told and what is
// true. It decides nothing about when (the group's timers) or how often to try (Delivery).
#pragma once

#include <span>
#include <vector>

#include "core/notification.h"
#include "router/muted_by.h"
#include "router/told.h"

namespace tocsin {

// One alert of the group at this moment.
struct GroupAlert {
  AlertKey key;
  bool firing = false;
  // A reload has given it to another group: here it is not announced and not repeated, only its end is told.
  bool departed = false;
  // What keeps it from being announced and repeated. Its end is told all the same to whoever was told that it
  // fires.
  MutedBy muted_by = MutedBy::kNothing;

  bool muted() const { return muted_by != MutedBy::kNothing; }
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

// The parts of the decision.
bool needs_firing(const ToldAlert&, const GroupAlert&, const NotifyPolicy&);
bool needs_resolved(const ToldAlert&, const GroupAlert&, const NotifyPolicy&);

// What naming the alert tells the integration that it did not know.
AlertChange change_for(const ToldAlert&, const GroupAlert&);

// What a notification of this moment names: an element per alert. Muted alerts are left out, unless leaving
// them out would claim that everything has ended: then those that the integration believes to fire are shown
// as firing.
std::vector<bool> contents(const ToldState&, std::span<const GroupAlert>, const NotifyPolicy&);

}  // namespace tocsin
