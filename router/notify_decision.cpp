#include "router/notify_decision.h"

namespace tocsin {

namespace {

bool announced(const GroupAlert& alert, const NotifyPolicy& policy) {
  return !alert.departed && policy.standing == Standing::kActive;
}

bool repeat_due(const ToldState& told, const NotifyPolicy& policy, TimePoint flush) {
  return !is_set(told.last_notified_at) ||
         flush - told.last_notified_at >= policy.repeat_interval - policy.group_interval / 2;
}

}  // namespace

bool needs_firing(const ToldAlert& told, const GroupAlert& alert, const NotifyPolicy& policy) {
  if (!alert.firing || alert.muted() || !announced(alert, policy)) return false;
  return told.told != Told::kFiring || told.attempted == Told::kResolved || told.muted_since;
}

bool needs_resolved(const ToldAlert& told, const GroupAlert& alert, const NotifyPolicy& policy) {
  if (alert.firing || !policy.wants_resolved) return false;
  return may_believe_firing(told);
}

AlertChange change_for(const ToldAlert& told, const GroupAlert& alert) {
  if (!alert.firing) return AlertChange::kResolved;
  return told.told == Told::kFiring && !told.muted_since ? AlertChange::kUnchanged : AlertChange::kNew;
}

std::vector<bool> contents(const ToldState& told, std::span<const GroupAlert> alerts,
                           const NotifyPolicy& policy) {
  std::vector<bool> named(alerts.size());
  bool any_firing = false;
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    const GroupAlert& alert = alerts[i];
    const ToldAlert about = told.of(alert.key);
    if (!alert.firing) {
      named[i] = needs_resolved(about, alert, policy);
    } else if (!alert.muted()) {
      // A departed alert that this integration believes to fire is still shown as firing, else its end would
      // be claimed too early.
      named[i] = announced(alert, policy) || may_believe_firing(about);
      any_firing |= named[i];
    }
  }
  if (any_firing) return named;
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    if (alerts[i].firing && alerts[i].muted()) named[i] = may_have_heard(told.of(alerts[i].key));
  }
  return named;
}

NotifyReason reason_to_notify(const ToldState& told, std::span<const GroupAlert> alerts,
                              const NotifyPolicy& policy, TimePoint flush) {
  bool believes_firing = false;   // the integration knows of a firing alert
  bool unheard_firing = false;    // something fires that it has not heard of
  bool unheard_resolved = false;  // something ended that it has not heard of
  bool still_firing = false;      // something of what it was or is to be told fires, muted or not
  bool repeatable = false;
  for (const GroupAlert& alert : alerts) {
    ToldAlert about = told.of(alert.key);
    believes_firing |= about.told == Told::kFiring;
    unheard_firing |= needs_firing(about, alert, policy);
    unheard_resolved |= needs_resolved(about, alert, policy);
    bool announces = alert.firing && !alert.muted() && announced(alert, policy);
    still_firing |=
        announces || (alert.firing && (alert.muted() ? may_have_heard(about) : may_believe_firing(about)));
    repeatable |= announces;
  }
  if (unheard_firing) return believes_firing ? NotifyReason::kNewAlerts : NotifyReason::kFirstNotification;
  if (unheard_resolved) return still_firing ? NotifyReason::kSomeResolved : NotifyReason::kAllResolved;
  if (repeatable && repeat_due(told, policy, flush)) return NotifyReason::kRepeat;
  return NotifyReason::kNone;
}

}  // namespace tocsin
