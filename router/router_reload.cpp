// The part of Router that deals with a new configuration and with a restart: both hold what is remembered
// against what is configured.
#include <algorithm>

#include "router/router.h"
#include "router/router_records.h"

namespace tocsin {

namespace {

// The clock may have been set back while we were away: then no flush waits for a future that was a mistake.
void tame_clock(GroupTerms& terms, TimePoint now) {
  if (terms.opened_at <= now && terms.last_flush <= now) return;
  terms.last_flush = std::min(terms.last_flush, now);
  terms.next_flush = std::min(terms.next_flush, now + terms.group_interval);
}

}  // namespace

void Router::configure(std::shared_ptr<const RoutingConfig> config, TimePoint now, RouterOutput& out) {
  config_ = std::move(config);
  follow_config(out);
  reconcile(now, out);
  tidy(out);
}

void Router::restore(std::span<const Record> records, TimePoint now, RouterOutput& out) {
  silences_.restore(records, now, out);
  gates_.restore(records, now);
  std::vector<Record> gone;
  imported_.restore(records, now, gone);
  for (const Record& record : gone) erase_record(kImportedBucket, record.key);
  restore_alerts(records, now, out);
  restore_groups(records, now, out);
  restore_told(records, now, out);
  reconcile(now, out);
  for (auto& [key, entry] : book_.entries()) {
    if (!entry->resolved || entry->holders > 0) continue;
    Notice dropped{NoticeKind::kAlertDropped, key.to_string(), entry->alert.labels, {}};
    dropped.details.emplace_back("reason", "resolved before anyone was told of it");
    out.notices.push_back(std::move(dropped));
    released_.push_back(entry);
  }
  tidy(out);
}

// What works by the configuration but lives longer than it.
void Router::follow_config(RouterOutput& out) {
  silences_.limit(config_->silence_limits);
  silences_.retain(config_->retention);
  inhibitor_ = Inhibitor(config_->inhibit_rules);
  gates_.configure(*config_, out);
  for (const auto& [name, group] : groups_) {
    for (const auto& integration : group->integrations()) {
      integration->is_owed = integration->is_waiting = false;  // until they are put back
    }
  }
  for (const auto& [key, entry] : book_.entries()) {
    if (!entry->resolved) inhibitor_.started(key, entry->alert.labels);
  }
}

void Router::reconcile(TimePoint now, RouterOutput& out) {
  std::map<std::string_view, const Route*> routes;
  for (const Route* route : all_routes(config_->root)) routes[route->id] = route;
  for (auto& [name, group] : groups_) {
    auto it = routes.find(name.route_id);
    group->reconfigure(it == routes.end() ? nullptr : it->second, config_, now);
  }
  for (auto& [key, entry] : book_.entries()) route_alert(*entry, now, out);
  GroupStep reload = step(now, out);
  for (auto& [name, group] : groups_) {
    group->settle(reload);
    touched(*group, out);
  }
  gates_.settle(out);
}

void Router::restore_alerts(std::span<const Record> records, TimePoint now, RouterOutput& out) {
  for (const Record& record : records) {
    if (record.bucket != kAlertBucket || !record.value) continue;
    Result<Alert> alert = parse_alert(*record.value);
    std::optional<AlertKey> key = AlertKey::parse(record.key);
    AlertEntry* entry = alert && key ? book_.restore(*key, *alert, now) : nullptr;
    if (entry == nullptr) {
      refuse_record(record, alert ? "the key does not fit the labels" : alert.error().message, out);
      continue;
    }
    reschedule(*entry);
    if (!entry->resolved) started(*entry, now, out);
  }
}

void Router::restore_groups(std::span<const Record> records, TimePoint now, RouterOutput& out) {
  for (const Record& record : records) {
    if (record.bucket != kGroupBucket || !record.value) continue;
    Result<GroupTerms> terms = parse_group(*record.value);
    bool fits = terms && group_record_key(terms->route_id, terms->labels) == record.key;
    GroupName name = terms ? GroupName{terms->route_id, terms->labels} : GroupName{};
    if (!fits || groups_.contains(name)) {
      refuse_record(record, terms ? "the key does not fit" : terms.error().message, out);
      continue;
    }
    tame_clock(*terms, now);
    auto group = std::make_unique<Group>(std::move(*terms), ++last_serial_);
    group->stored = true;
    group->terms_changed = false;
    groups_[name] = std::move(group);
  }
}

void Router::restore_told(std::span<const Record> records, TimePoint now, RouterOutput& out) {
  std::map<std::string, Group*> by_key;
  for (auto& [name, group] : groups_) by_key[group->record_key()] = group.get();
  for (const Record& record : records) {
    if (record.bucket != kToldBucket || !record.value) continue;
    Result<ToldRecord> told = parse_told(*record.value);
    auto it = told ? by_key.find(told->group) : by_key.end();
    bool fits = told && record.key == told_key(told->group, told->entry.id);
    if (it == by_key.end() || !fits) {
      // An orphan must go too: a later group of the same name would believe it.
      refuse_record(record, told ? "its group is not known" : told.error().message, out);
      continue;
    }
    told->told.last_notified_at = std::min(told->told.last_notified_at, now);
    told->told.alerts.erase_if([&](const auto& entry) { return book_.find(entry.first) == nullptr; });
    for (const auto& [key, state] : told->told.alerts) it->second->restore_member(*book_.find(key));
    GroupIntegration& integration =
        it->second->restore(told->entry, std::move(told->told), told->delivery, now);
    integration.stored = true;
    integration.message_ref = std::move(told->message_ref);
    integration.fell_back = told->fell_back;
  }
}

void Router::refuse_record(const Record& record, std::string why, RouterOutput& out) {
  Notice notice{NoticeKind::kStoreFailed, record.bucket + "/" + record.key, {}, {}};
  notice.details.emplace_back("reason", "the record is skipped and removed: " + std::move(why));
  out.notices.push_back(std::move(notice));
  if (record.bucket == kAlertBucket) return erase_record(kAlertBucket, record.key);
  erase_record(record.bucket == kGroupBucket ? kGroupBucket : kToldBucket, record.key);
}

}  // namespace tocsin
