#include "router/group.h"

#include <algorithm>


namespace tocsin {

std::string group_record_key(std::string_view route_id, const Labels& labels) {
  return std::string(route_id).append(":").append(labels.to_string());
}

std::string group_key(const Route& route, const Labels& group_labels) {
  return route.key + ":" + group_labels.to_string();
}

std::string GroupTerms::group_key() const {
  return route_key + ":" + labels.to_string();
}

std::string Group::record_key() const {
  return group_record_key(terms_.route_id, terms_.labels);
}

void Group::join(AlertEntry& entry) {
  auto [it, added] = members_.try_emplace(entry.key);
  GroupMember& member = it->second;
  member.departed = false;
  member.end_flushed = false;
  if (!added) return;
  member.entry = &entry;
  ++entry.holders;
}

bool Group::closed() const {
  auto busy = [](const auto& integration) { return integration->delivery.under_way(); };
  return members_.empty() && std::ranges::none_of(integrations_, busy);
}

void Group::hasten(TimePoint at) {
  auto untouched = [](const auto& integration) {
    return integration->told.times_notified == 0 && integration->told.alerts.empty() &&
           integration->delivery.idle();
  };
  if (!is_set(terms_.last_flush) || integrations_.empty()) return;
  if (at >= terms_.next_flush || !std::ranges::all_of(integrations_, untouched)) return;
  terms_.next_flush = at;
  terms_changed = true;
}

void Group::flush(GroupStep& step) {
  // On the grid whatever happened: a late call flushes once, and the next flush is a whole number of
  // intervals after the first.
  TimePoint tick = terms_.next_flush;
  tick += (step.now - tick) / terms_.group_interval * terms_.group_interval;
  terms_.last_flush = tick;
  terms_.next_flush = tick + terms_.group_interval;
  terms_changed = true;
  for (auto& [key, member] : members_) {
    member.flushed = true;
    member.end_flushed = member.entry->resolved_at(step.now);
  }
  const Alerts alerts = alerts_at(step);
  note_time_muting(step);
  note_muting(alerts, step);
  for (auto& integration : integrations_) {
    remember_muted(*integration, alerts);
    consider(*integration, alerts, step);
  }
  settle(step);
}

void Group::consider(GroupIntegration& integration, const Alerts& alerts, GroupStep& step) {
  Delivery& delivery = integration.delivery;
  if (delivery.under_way()) {
    integration.flush_missed = true;
    mark_owed(integration, alerts);
    return;
  }
  tell_silently(integration, alerts, step);
  NotifyReason why = reason(integration, alerts);
  if (why == NotifyReason::kNone) {
    if (!delivery.idle()) {
      delivery.drop();
      integration.changed = true;
    }
    return;
  }
  bool waits = delivery.waiting() || delivery.state() == Delivery::State::kBackingOff ||
               (delivery.state() == Delivery::State::kHeld && terms_.last_flush < delivery.next_attempt_at());
  if (waits) {
    mark_owed(integration, alerts);
  } else {
    speak_in_turn(integration, why, alerts, step);
  }
}

NotifyReason Group::still_owed(GroupIntegration& integration, const Alerts& alerts, GroupStep& step) {
  tell_silently(integration, alerts, step);
  const NotifyReason why = reason(integration, alerts);
  if (why != NotifyReason::kNone || integration.delivery.under_way()) return why;
  note_time_muting(step);  // what was owed until now may be muted
  note_muting(alerts, step);
  integration.delivery.drop();
  integration.changed = true;
  settle(step);
  return why;
}

void Group::retry(GroupIntegration& integration, GroupStep& step) {
  const Alerts alerts = alerts_at(step);
  const NotifyReason why = still_owed(integration, alerts, step);
  if (why != NotifyReason::kNone) speak_in_turn(integration, why, alerts, step);
}

void Group::take_turn(GroupIntegration& integration, GroupStep& step) {
  const Alerts alerts = alerts_at(step);
  const NotifyReason why = still_owed(integration, alerts, step);
  if (why != NotifyReason::kNone) speak(integration, why, alerts, step);
}

NotifyPolicy Group::policy(const GroupIntegration& integration) const {
  return {.wants_resolved = integration.entry->wants_resolved,
          .group_interval = terms_.group_interval,
          .repeat_interval = terms_.repeat_interval,
          .standing = integration.standing};
}

// Repeats are compared from flush to flush, also when a retry asks.
NotifyReason Group::reason(const GroupIntegration& integration, const Alerts& alerts) const {
  return reason_to_notify(integration.told, alerts, policy(integration), terms_.last_flush);
}

// The integration is busy, but what fires now was due to be said: if it ends before it can be said, its end
// is said.
void Group::mark_owed(GroupIntegration& integration, const Alerts& alerts) {
  NotifyPolicy terms = policy(integration);
  for (const GroupAlert& alert : alerts) {
    ToldAlert told = integration.told.of(alert.key);
    if (told.attempted != Told::kNothing || told.told == Told::kOwed) continue;
    if (!needs_firing(told, alert, terms)) continue;
    // What it has heard of before it still has to hear the end of, whatever becomes of this.
    integration.told.alerts[alert.key] = {
        .told = Told::kOwed, .muted_since = may_have_heard(told), .at = terms_.last_flush};
    integration.changed = true;
  }
}

// send_resolved is off: ends count as told. One that was never heard to fire at all is worth a notice.
void Group::tell_silently(GroupIntegration& integration, const Alerts& alerts, GroupStep& step) {
  if (integration.entry->wants_resolved) return;
  for (const GroupAlert& alert : alerts) {
    auto it = integration.told.alerts.find(alert.key);
    if (alert.firing || it == integration.told.alerts.end() || !may_believe_firing(it->second)) continue;
    if (it->second.told != Told::kFiring) {
      Notice dropped{
          NoticeKind::kAlertDropped, alert.key.to_string(), members_.at(alert.key).entry->alert.labels, {}};
      dropped.details.emplace_back("integration", integration.entry->id.to_string());
      dropped.details.emplace_back("reason",
                                   "resolved before it could be delivered, and send_resolved is off");
      step.out.notices.push_back(std::move(dropped));
    }
    it->second = {.told = Told::kResolved, .attempted = Told::kNothing, .at = terms_.last_flush};
    integration.changed = true;
  }
}

// At once, or when its turn at the gate has come. Until then what fires counts as owed, and whatever is true
// by then is said.
void Group::speak_in_turn(GroupIntegration& integration, NotifyReason why, const Alerts& alerts,
                          GroupStep& step) {
  if (step.gates.lets_pass(integration.entry->id, step.now)) return speak(integration, why, alerts, step);
  Delivery& delivery = integration.delivery;
  delivery.wait(delivery.idle() ? next_id(integration) : "", step.now);
  integration.flush_missed = false;
  integration.changed = true;
  mark_owed(integration, alerts);
}

void Group::speak(GroupIntegration& integration, NotifyReason why, const Alerts& alerts, GroupStep& step) {
  step.gates.passed(integration.entry->id, step.now);
  Delivery& delivery = integration.delivery;
  if (delivery.idle()) {
    delivery.start(next_id(integration), step.now);
    integration.changed = true;
  } else {
    delivery.again(step.now);
  }
  integration.reason = why;
  integration.said_at = is_set(terms_.last_flush) ? terms_.last_flush : step.now;
  integration.flush_missed = false;
  note_attempt(integration, alerts, step);
  step.out.deliveries.push_back(build(integration, why, alerts, step.now));
}

// An earlier attempt that may have been heard named an alert that is muted by now: it stays owed, so that its
// end is told and it is announced once nothing mutes it.
void Group::leave_open(GroupIntegration& integration, AlertKey key, ToldAlert told) {
  if (told.told != Told::kFiring) told.told = Told::kOwed;
  told.muted_since = true;
  told.attempted = Told::kNothing;
  integration.told.alerts[key] = told;
  integration.changed = true;
}

// Written down before the delivery goes out: from now on the integration may have heard it.
void Group::note_attempt(GroupIntegration& integration, const Alerts& alerts, GroupStep& step) {
  const std::vector<bool> named = contents(integration.told, alerts, policy(integration));
  integration.said_firing = integration.said_resolved = 0;
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    const GroupAlert& alert = alerts[i];
    ToldAlert told = integration.told.of(alert.key);
    if (!named[i]) {
      if (told.attempted != Told::kNothing) leave_open(integration, alert.key, told);
      continue;
    }
    ++(alert.firing ? integration.said_firing : integration.said_resolved);
    Told said = alert.firing ? Told::kFiring : Told::kResolved;
    if (told.attempted == said) continue;
    told.attempted = said;
    integration.told.alerts[alert.key] = told;
    integration.changed = true;
  }
  if (integration.delivery.tries() != 1) return;
  Notice notifying = attempt_notice(NoticeKind::kNotifying, integration);
  notifying.details.emplace_back("reason", std::string(to_string(integration.reason)));
  notifying.details.emplace_back("firing", std::to_string(integration.said_firing));
  notifying.details.emplace_back("resolved", std::to_string(integration.said_resolved));
  step.out.notices.push_back(std::move(notifying));
}

void Group::settle(GroupStep& step) {
  relieve_stand_ins(step);
  release_integrations(step);
  release_members(step);
  release_integrations(step);  // one that only waited for an alert which has left now
  if (!members_.empty()) return;
  for (auto& integration : integrations_) {
    if (integration->delivery.under_way() || integration->delivery.idle()) continue;
    integration->delivery.drop();
    integration->changed = true;
  }
}

// Whether the group may forget the integration. An active one stays as long as the group.
bool Group::finished(const GroupIntegration& integration) const {
  if (integration.delivery.under_way()) return false;
  if (integration.gone) return true;
  if (integration.standing == Standing::kActive) return false;
  auto owed = [](const auto& told) { return may_believe_firing(told.second); };
  return !integration.entry->wants_resolved || std::ranges::none_of(integration.told.alerts, owed);
}

void Group::release_integrations(GroupStep& step) {
  auto leaves = [this](const auto& integration) { return !finished(*integration); };
  auto first = std::stable_partition(integrations_.begin(), integrations_.end(), leaves);
  for (auto it = first; it != integrations_.end(); ++it) {
    GroupIntegration& integration = **it;
    auto owed = [](const auto& told) { return may_believe_firing(told.second); };
    auto count = std::ranges::count_if(integration.told.alerts, owed);
    if (integration.gone && count > 0) {
      Notice abandoned = notice(NoticeKind::kDeliveryAbandoned, integration);
      abandoned.details.emplace_back("reason", "the integration is no longer in the configuration");
      abandoned.details.emplace_back("alerts", std::to_string(count));
      step.out.notices.push_back(std::move(abandoned));
    }
    if (!integration.delivery.idle()) integration.delivery.drop();
    leavers.push_back(std::move(*it));
  }
  integrations_.erase(first, integrations_.end());
}

// Whether the member must stay: it fires, or someone has to hear of its end.
bool Group::needed(const GroupMember& member, TimePoint now) const {
  bool firing = !member.entry->resolved_at(now);
  if (firing && !member.departed) return true;
  for (const auto& integration : integrations_) {
    ToldAlert told = integration->told.of(member.entry->key);
    if (!may_believe_firing(told)) continue;
    if (integration->entry->wants_resolved || integration->delivery.under_way()) return true;
  }
  return !firing && !member.departed && !member.end_flushed;
}

void Group::release_members(GroupStep& step) {
  for (auto it = members_.begin(); it != members_.end();) {
    GroupMember& member = it->second;
    if (needed(member, step.now)) {
      ++it;
      continue;
    }
    AlertEntry& entry = *member.entry;
    bool heard = integrations_.empty() || member.departed;
    for (auto& integration : integrations_) {
      if (integration->told.alerts.erase(entry.key) == 0) continue;
      integration->changed = true;
      heard = true;
    }
    if (!heard) {
      Notice dropped{NoticeKind::kAlertDropped, entry.key.to_string(), entry.alert.labels, {}};
      dropped.details.emplace_back("group", terms_.group_key());
      dropped.details.emplace_back("reason", "resolved before the group's flush, so nobody had to be told");
      step.out.notices.push_back(std::move(dropped));
    }
    --entry.holders;
    step.released.push_back(&entry);
    it = members_.erase(it);
  }
}

}  // namespace tocsin
