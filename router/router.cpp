#include "router/router.h"

#include <algorithm>

#include "core/check.h"
#include "core/duration.h"
#include "router/router_records.h"

namespace tocsin {

Router::Router(std::shared_ptr<const RoutingConfig> config) : config_(std::move(config)) {
  TOCSIN_CHECK(config_ != nullptr);
  RouterOutput nothing_yet;
  follow_config(nothing_yet);
}

Router::~Router() = default;

void Router::accept(std::span<const Alert> alerts, TimePoint now, RouterOutput& out) {
  for (const Alert& alert : alerts) {
    if (!imported_.empty()) accept_imported_end(alert, now, out);
    if (over_limit(alert, now, out)) continue;
    note_change(book_.accept(alert, now), now, out);
  }
  tidy(out);
}

// The end of an alert that we do not know, but whose beginning was told by the Alertmanager that we took over
// from: it counts as an alert that has fired until now, so that whoever was told hears of its end.
void Router::accept_imported_end(const Alert& alert, TimePoint now, RouterOutput& out) {
  if (!alert.resolved_at(now) || book_.find(alert.labels) != nullptr) return;
  for (const Route* route : config_->root.match(alert.labels)) {
    const std::string key = group_key(*route, route->group_labels(alert.labels));
    if (!imported_.told_firing(key, route->receiver, alert)) continue;
    Alert firing = alert;
    firing.ends_at = kNoTime;
    return note_change(book_.accept(firing, now), now, out);
  }
}

// More firing alerts of one name than --alerts.per-alertname-limit allows: known ones go on. Our own rules
// have limits of their own.
bool Router::over_limit(const Alert& alert, TimePoint now, RouterOutput& out) {
  const std::size_t limit = config_->alerts_per_name;
  if (limit == 0 || alert.origin == AlertOrigin::kRule || alert.resolved_at(now)) return false;
  const auto count = firing_by_name_.find(alert.labels.value("alertname"));
  if (count == firing_by_name_.end() || count->second < limit) return false;
  const AlertEntry* known = book_.find(alert.labels);
  if (known != nullptr && !known->resolved) return false;
  Notice dropped{NoticeKind::kAlertDropped, alert.labels.fingerprint_hex(), alert.labels, {}};
  dropped.details.emplace_back(
      "reason", "as many alerts of this name as --alerts.per-alertname-limit allows fire already");
  dropped.details.emplace_back("limit", std::to_string(limit));
  out.notices.push_back(std::move(dropped));
  ++out.limited;
  return true;
}

tl::expected<std::string, SilenceError> Router::set_silence(Silence wanted, std::string new_id, TimePoint now,
                                                            RouterOutput& out) {
  return silences_.set(std::move(wanted), std::move(new_id), now, firing_alerts(), out);
}

tl::expected<void, SilenceError> Router::expire_silence(const std::string& id, TimePoint now,
                                                        RouterOutput& out) {
  return silences_.expire(id, now, out);
}

Silences::FiringAlerts Router::firing_alerts() const {
  return [this](const std::function<void(const Labels&)>& tell) {
    for (const auto& [key, entry] : book_.entries()) {
      if (!entry->resolved) tell(entry->alert.labels);
    }
  };
}

void Router::started(const AlertEntry& entry, TimePoint now, RouterOutput& out) {
  if (config_->alerts_per_name > 0) ++firing_by_name_[std::string(entry.alert.labels.value("alertname"))];
  inhibitor_.started(entry.key, entry.alert.labels);
  silences_.started(entry.alert.labels, now, out);
}

void Router::ended(const AlertEntry& entry, TimePoint now, RouterOutput& out) {
  if (config_->alerts_per_name > 0) {
    const auto count = firing_by_name_.find(entry.alert.labels.value("alertname"));
    if (count != firing_by_name_.end() && --count->second == 0) firing_by_name_.erase(count);
  }
  inhibitor_.ended(entry.key);
  silences_.ended(entry.alert.labels, now, out);
}

void Router::note_change(const AlertBook::Outcome& outcome, TimePoint now, RouterOutput& out) {
  using Change = AlertBook::Change;
  if (outcome.change == Change::kUnknown || outcome.change == Change::kOutranked) return;
  AlertEntry& entry = *outcome.entry;
  reschedule(entry);
  if (outcome.change == Change::kNone) return;
  changed_alerts_.insert(entry.key);
  bool external = entry.alert.origin == AlertOrigin::kExternal;
  if (outcome.change == Change::kAdded || outcome.change == Change::kFiredAgain) {
    started(entry, now, out);
    if (external)
      out.notices.push_back({NoticeKind::kAlertReceived, entry.key.to_string(), entry.alert.labels, {}});
    route_alert(entry, now, out);
  } else if (outcome.change == Change::kResolved) {
    ended(entry, now, out);
    released_.push_back(&entry);  // in case that nobody holds it
    if (!external) return;        // the evaluator has said so
    Notice resolved{NoticeKind::kAlertResolved, entry.key.to_string(), entry.alert.labels, {}};
    resolved.details.emplace_back("cause", std::string(to_string(entry.alert.cause)));
    out.notices.push_back(std::move(resolved));
  }
}

void Router::route_alert(AlertEntry& entry, TimePoint now, RouterOutput& out) {
  for (const Route* route : config_->root.match(entry.alert.labels)) {
    Labels labels = route->group_labels(entry.alert.labels);
    auto it = groups_.find(GroupName{route->id, labels});
    if (it == groups_.end()) {
      // What has ended opens no group: there is nobody who could have been told.
      if (entry.resolved) continue;
      Group& opened = open_group(*route, labels, now, out);
      opened.join(entry);
      adopt_imported(opened, entry);
      continue;
    }
    Group& group = *it->second;
    const bool member = group.members().contains(entry.key);
    if (entry.resolved && !member) continue;
    group.join(entry);
    if (member) continue;
    group.hasten(now + route->group_wait);
    adopt_imported(group, entry);
    touched(group, out);
  }
}

// Where the Alertmanager before us has told of this alert, told state begins there.
void Router::adopt_imported(Group& group, const AlertEntry& entry) {
  if (imported_.empty()) return;
  for (const auto& integration : group.integrations()) {
    auto adopted = imported_.adopt(group.terms().group_key(), integration->entry->id, entry.alert);
    if (!adopted) continue;
    group.adopt(*integration, entry.key, adopted->at, std::move(adopted->message_ref));
    records_[{kImportedBucket, adopted->record.key}] = std::move(adopted->record.value);
  }
}

Group& Router::open_group(const Route& route, const Labels& labels, TimePoint now, RouterOutput& out) {
  GroupTerms terms;
  terms.labels = labels;
  terms.follow(route);
  terms.opened_at = now;
  // Always the full wait, also for an alert that started long ago: what belongs together must have the time
  // to arrive.
  terms.next_flush = now + route.group_wait;
  auto group = std::make_unique<Group>(std::move(terms), ++last_serial_);
  group->reconfigure(&route, config_, now);

  Notice opened{NoticeKind::kGroupOpened, group->terms().group_key(), labels, {}};
  opened.details.emplace_back("route", route.id);
  opened.details.emplace_back("receiver", route.receiver);
  opened.details.emplace_back("wait", format_go_duration(route.group_wait));
  out.notices.push_back(std::move(opened));
  Group& opened_group = *(groups_[GroupName{route.id, labels}] = std::move(group));
  touched(opened_group, out);
  return opened_group;
}

std::optional<IntegrationId> Router::delivered(const std::string& notification_id,
                                               const DeliveryResult& result, TimePoint now,
                                               RouterOutput& out) {
  auto it = in_flight_.find(notification_id);
  if (it == in_flight_.end()) return std::nullopt;  // of an earlier run, or answered twice
  auto [group, integration] = it->second;
  in_flight_.erase(it);
  IntegrationId id = integration->entry->id;
  GroupStep answer = step(now, out);
  group->answered(*integration, result, answer);
  touched(*group, out);
  tidy(out);
  return id;
}

void Router::advance(TimePoint now, RouterOutput& out) {
  // The end of an alert may end a silence, which the flushes after it have to know.
  while (true) {
    silences_.advance(now, out);
    if (const std::optional<Deadline> deadline = deadlines_.due(now)) {
      run(*deadline, now, out);
    } else if (const std::optional<Gates::Turn> turn = gates_.next_turn(now)) {
      GroupStep due = step(now, out);
      turn->group->take_turn(*turn->integration, due);
      touched(*turn->group, out);
    } else {
      break;
    }
  }
  gates_.advance(now, out);
  tidy(out);
  write_changes(out);
}

void Router::run(const Deadline& deadline, TimePoint now, RouterOutput& out) {
  GroupStep due = step(now, out);
  switch (deadline.kind) {
    case Deadline::Kind::kAlertEnds: {
      AlertEntry& entry = *deadline.alert;
      TOCSIN_CHECK(book_.expire(entry, now), "an alert's deadline is its end");
      return note_change({AlertBook::Change::kResolved, &entry}, now, out);
    }
    case Deadline::Kind::kFlush:
      deadline.group->flush(due);
      return touched(*deadline.group, out);
    case Deadline::Kind::kRetry:
      deadline.group->retry(*deadline.integration, due);
      return touched(*deadline.group, out);
    case Deadline::Kind::kFallback:
      deadline.group->fall_back(*deadline.integration, due);
      return touched(*deadline.group, out);
  }
}

TimePoint Router::next_deadline() const {
  return std::min({deadlines_.next(), silences_.next_deadline(), gates_.next_deadline()});
}

void Router::reschedule(AlertEntry& entry) {
  bool ends = !entry.resolved && is_set(entry.alert.ends_at);
  Deadline deadline{.kind = Deadline::Kind::kAlertEnds, .serial = entry.serial, .alert = &entry};
  deadlines_.move(deadline, entry.scheduled, ends ? entry.alert.ends_at : kNever);
}

void Router::touched(Group& group, RouterOutput& out) {
  touched_groups_[group.serial()] = &group;
  Deadline flush{.kind = Deadline::Kind::kFlush, .serial = group.serial(), .group = &group};
  deadlines_.move(flush, group.scheduled, group.closed() ? kNever : group.terms().next_flush);
  auto follow = [&](GroupIntegration& integration, bool left) {
    const Delivery& delivery = integration.delivery;
    if (integration.serial == 0) integration.serial = ++last_serial_;
    bool retries = !left && delivery.state() == Delivery::State::kBackingOff;
    Deadline retry{.kind = Deadline::Kind::kRetry,
                   .serial = integration.serial,
                   .group = &group,
                   .integration = &integration};
    deadlines_.move(retry, integration.scheduled, retries ? delivery.next_attempt_at() : kNever);
    if (left) {
      gates_.forget(integration, out);
    } else {
      gates_.follow(group, integration, out);
    }
    Deadline fallback = retry;
    fallback.kind = Deadline::Kind::kFallback;
    deadlines_.move(fallback, integration.scheduled_fallback,
                    left ? kNever : group.falls_back_at(integration, gates_));
    if (!left && delivery.under_way()) in_flight_[delivery.id()] = {&group, &integration};
  };
  for (const auto& integration : group.integrations()) follow(*integration, false);
  for (const auto& integration : group.leavers) follow(*integration, true);
}

void Router::tidy(RouterOutput& out) {
  tidy_groups(out);
  tidy_alerts();
}

void Router::tidy_alerts() {
  // Two groups may have held it.
  std::sort(released_.begin(), released_.end());
  released_.erase(std::unique(released_.begin(), released_.end()), released_.end());
  for (AlertEntry* entry : std::exchange(released_, {})) {
    if (!entry->resolved || entry->holders > 0) continue;
    const AlertKey key = entry->key;
    if (entry->stored) erase_record(kAlertBucket, key.to_string());
    changed_alerts_.erase(key);
    book_.remove(key);  // resolved, so it has no deadline
  }
}

void Router::tidy_groups(RouterOutput& out) {
  for (auto& [serial, group] : touched_groups_) {
    touched(*group, out);
    for (auto& leaver : group->leavers) {
      erase_told(*group, *leaver);
    }
    group->leavers.clear();
    // What moves may come to write under a key that another leaves now: so nothing is written before.
    for (auto& integration : group->integrations()) {
      const bool moves = integration->changed && integration->stored_as;
      if (moves || group->closed()) erase_told(*group, *integration);
    }
  }
  for (auto& [serial, group] : std::exchange(touched_groups_, {})) {
    if (!group->closed()) {
      changed_groups_[serial] = group;
      continue;
    }
    Notice closed{NoticeKind::kGroupClosed, group->terms().group_key(), group->terms().labels, {}};
    closed.details.emplace_back("route", group->terms().route_id);
    out.notices.push_back(std::move(closed));
    if (group->stored) erase_record(kGroupBucket, group->record_key());
    changed_groups_.erase(serial);
    groups_.erase(GroupName{group->terms().route_id, group->terms().labels});
  }
}

void Router::write_changes(RouterOutput& out) {
  for (auto& [serial, group] : std::exchange(changed_groups_, {})) write_group(*group, out);
  for (AlertKey key : std::exchange(changed_alerts_, {})) {
    AlertEntry& entry = *book_.find(key);
    write_record(kAlertBucket, key.to_string(), alert_value(entry.alert), out);
    entry.stored = true;
  }
  for (auto& [name, value] : std::exchange(records_, {}))
    out.records.push_back({std::string(name.first), name.second, std::move(value)});
  gates_.write_changes(out);
}

void Router::write_group(Group& group, RouterOutput& out) {
  const bool changed =
      group.terms_changed ||
      std::ranges::any_of(group.integrations(), [](const auto& integration) { return integration->changed; });
  if (!changed) return;
  const std::string group_key = group.record_key();
  if (std::exchange(group.terms_changed, false)) {
    write_record(kGroupBucket, group_key, group_value(group.terms()), out);
    group.stored = true;
  }
  for (auto& integration : group.integrations()) {
    if (!std::exchange(integration->changed, false)) continue;
    integration->stored = true;
    write_record(kToldBucket, told_key(group_key, integration->entry->id),
                 told_value(group_key, *integration), out);
  }
}

// In place of what was to be written or removed under that key.
void Router::write_record(std::string_view bucket, std::string key, std::string value, RouterOutput& out) {
  if (!records_.empty()) records_.erase({bucket, key});
  out.records.push_back({std::string(bucket), std::move(key), std::move(value)});
}

void Router::erase_told(const Group& group, GroupIntegration& integration) {
  const IntegrationId& id = integration.stored_as ? *integration.stored_as : integration.entry->id;
  if (integration.stored) erase_record(kToldBucket, told_key(group.record_key(), id));
  integration.stored = false;
  integration.stored_as.reset();
}

void Router::erase_record(std::string_view bucket, const std::string& key) {
  records_[{bucket, key}] = std::nullopt;
}

}  // namespace tocsin
