// The part of Group that makes what it says: the notification, its id, and the notices about it.
#include "core/ascii.h"
#include "core/named_alerts.h"
#include "router/alert_order.h"
#include "router/group.h"
#include "router/router_records.h"
#include "router/stable_hash.h"

namespace tocsin {

Notification Group::build(const GroupIntegration& integration, NotifyReason why, const Alerts& alerts,
                          TimePoint now) const {
  Notification notification;
  notification.id = integration.delivery.id();
  notification.integration = integration.entry->id;
  notification.integration_fingerprint = integration.entry->fingerprint;
  notification.group_key = terms_.group_key();
  notification.route_id = terms_.route_id;
  notification.group_labels = terms_.labels;
  notification.reason = why;
  notification.at = now;
  notification.repeat_interval = terms_.repeat_interval;
  notification.times_notified = integration.told.times_notified;
  // A conversation that begins anew gets a message of its own.
  if (why != NotifyReason::kFirstNotification) notification.message_ref = integration.message_ref;
  if (route_ != nullptr) notification.route_labels = route_->labels;
  name_alerts(integration, alerts, notification);
  return notification;
}

void Group::name_alerts(const GroupIntegration& integration, const Alerts& alerts,
                        Notification& notification) const {
  struct Named {
    const Alert* alert;
    AlertChange change;
    bool firing;
  };
  std::vector<Named> named;
  // A conversation that begins anew knows nothing of what fired before.
  const bool anew = notification.reason == NotifyReason::kFirstNotification;
  TimePoint since = anew || !is_set(terms_.opened_at) ? kNever : terms_.opened_at;
  for (const GroupAlert& alert : alerts) {
    // note_attempt has marked exactly what belongs in this notification.
    const ToldAlert told = integration.told.of(alert.key);
    if (told.attempted != (alert.firing ? Told::kFiring : Told::kResolved)) continue;
    const Alert& content = members_.at(alert.key).entry->alert;
    named.push_back({&content, change_for(told, alert), alert.firing});
    if (is_set(content.starts_at)) since = std::min(since, content.starts_at);
  }
  std::ranges::sort(named, notified_before,
                    [](const Named& one) -> const Labels& { return one.alert->labels; });
  notification.alerts.reserve(named.size());
  notification.changes.reserve(named.size());
  for (const Named& one : named) {
    notification.alerts.push_back(*one.alert);
    if (one.firing) notification.alerts.back().ends_at = kNoTime;
    notification.changes.push_back(one.change);
  }
  if (since != kNever) notification.first_fired_at = since;
}

std::string Group::next_id(const GroupIntegration& integration) {
  terms_changed = true;
  std::string name = told_key(record_key(), integration.entry->id);
  name.append("|").append(std::to_string(terms_.opened_at.time_since_epoch().count()));
  name.append("|").append(std::to_string(++terms_.notifications));
  std::string id;
  id.reserve(32);
  append_hex(id, stable_hash(name, 1));
  append_hex(id, stable_hash(name, 2));
  return id;
}

Notice Group::notice(NoticeKind kind, const GroupIntegration& integration) const {
  constexpr std::size_t kUsualDetails = 8;
  Notice notice{kind, terms_.group_key(), terms_.labels, {}};
  notice.details.reserve(kUsualDetails);
  notice.details.emplace_back("integration", integration.entry->id.to_string());
  return notice;
}

// With the alerts that the attempt names.
Notice Group::attempt_notice(NoticeKind kind, const GroupIntegration& integration) const {
  Notice attempt = notice(kind, integration);
  NamedAlerts named;
  for (const auto& [key, told] : integration.told.alerts) {
    if (told.attempted == Told::kNothing) continue;
    if (named.full()) {
      named.count_one();
      continue;
    }
    named.add(key.to_string(),
              told.attempted == Told::kFiring ? NamedAlerts::Said::kFiring : NamedAlerts::Said::kResolved);
  }
  attempt.alerts = named.take();
  return attempt;
}

}  // namespace tocsin
