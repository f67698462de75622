#include "router/router_view.h"

#include <algorithm>

#include "router/alert_order.h"
#include "router/router.h"

namespace tocsin {

namespace {

AlertStatus status_of(const GroupMember& member, TimePoint now) {
  if (member.entry->resolved_at(now)) return AlertStatus::kResolved;
  return member.flushed ? AlertStatus::kActive : AlertStatus::kUnprocessed;
}

IntegrationView view_of(const GroupIntegration& integration) {
  const Delivery& delivery = integration.delivery;
  auto fires = [](const auto& told) { return told.second.told == Told::kFiring; };
  return {.id = integration.entry.id,
          .retired = integration.standing == Standing::kRetired,
          .last_notified_at = integration.told.last_notified_at,
          .times_notified = integration.told.times_notified,
          .told_firing = static_cast<std::size_t>(std::ranges::count_if(integration.told.alerts, fires)),
          .delivery = std::string(to_string(delivery.state())),
          .notification_id = delivery.id(),
          .tries = delivery.tries(),
          .next_attempt_at = delivery.next_attempt_at() == kNever ? kNoTime : delivery.next_attempt_at(),
          .last_error = delivery.last_error()};
}

bool shown_before(const GroupView& a, const GroupView& b) {
  if (a.labels != b.labels) return notified_before(a.labels, b.labels);
  if (a.receiver != b.receiver) return a.receiver < b.receiver;
  return a.route_id < b.route_id;
}

}  // namespace

std::string_view to_string(AlertStatus status) {
  switch (status) {
    case AlertStatus::kUnprocessed:
      return "unprocessed";
    case AlertStatus::kActive:
      return "active";
    case AlertStatus::kResolved:
      return "resolved";
  }
  return "unprocessed";
}

std::vector<AlertView> Router::alerts(TimePoint now) const {
  std::vector<AlertView> views;
  std::map<AlertKey, std::size_t> places;
  for (const auto& [key, entry] : book_.entries()) {
    bool resolved = entry->resolved_at(now);
    places[key] = views.size();
    views.push_back({entry->alert, resolved ? AlertStatus::kResolved : AlertStatus::kUnprocessed, {}});
  }
  for (const auto& [name, group] : groups_) {
    for (const auto& [key, member] : group->members()) {
      if (member.departed) continue;
      AlertView& view = views[places.at(key)];
      view.receivers.push_back(group->terms().receiver);
      view.status = std::max(view.status, status_of(member, now));
    }
  }
  return views;
}

std::vector<GroupView> Router::groups(TimePoint now) const {
  std::vector<GroupView> views;
  for (const auto& [name, group] : groups_) {
    const GroupTerms& terms = group->terms();
    GroupView view;
    view.route_id = terms.route_id;
    view.group_key = terms.group_key;
    view.labels = terms.labels;
    view.receiver = terms.receiver;
    view.retired = group->retired();
    view.next_flush = terms.next_flush;
    view.last_flush = terms.last_flush;
    for (const auto& [key, member] : group->members()) {
      view.alerts.push_back({member.entry->alert, status_of(member, now), {terms.receiver}});
    }
    auto before = [](const AlertView& a, const AlertView& b) {
      return notified_before(a.alert.labels, b.alert.labels);
    };
    std::ranges::sort(view.alerts, before);
    for (const auto& integration : group->integrations()) view.integrations.push_back(view_of(*integration));
    views.push_back(std::move(view));
  }
  std::ranges::sort(views, shown_before);
  return views;
}

}  // namespace tocsin
