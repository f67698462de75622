#include "router/router_view.h"

#include <algorithm>
#include <unordered_map>

#include "router/alert_order.h"
#include "router/router.h"

namespace tocsin {

namespace {

AlertStatus status_of(const GroupMember& member, TimePoint now) {
  if (member.entry->resolved_at(now)) return AlertStatus::kResolved;
  return member.flushed ? AlertStatus::kActive : AlertStatus::kUnprocessed;
}

// What mutes the alert itself, whichever group it is in.
void add_suppression(const Muting& muting, TimePoint now, AlertView& view) {
  view.silenced_by = muting.silenced_by(view.alert.labels, now);
  if (const auto cause = muting.inhibited_by(view.alert.labels)) {
    view.inhibited_by.push_back(cause->source.to_string());
  }
}

void settle_status(AlertView& view) {
  const bool muted = !view.silenced_by.empty() || !view.inhibited_by.empty() || !view.muted_by.empty();
  if (muted && view.status != AlertStatus::kResolved) view.status = AlertStatus::kSuppressed;
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
    case AlertStatus::kSuppressed:
      return "suppressed";
    case AlertStatus::kResolved:
      return "resolved";
  }
  return "unprocessed";
}

std::vector<AlertView> Router::alerts(TimePoint now) const {
  std::vector<AlertView> views;
  views.reserve(book_.entries().size());
  std::unordered_map<const AlertEntry*, std::size_t> places;
  places.reserve(book_.entries().size());
  const Muting judge = muting();
  for (const auto& [key, entry] : book_.entries()) {
    places[entry.get()] = views.size();
    AlertView& view = views.emplace_back();
    view.alert = entry->alert;
    view.status = entry->resolved_at(now) ? AlertStatus::kResolved : AlertStatus::kUnprocessed;
    add_suppression(judge, now, view);
  }
  std::vector<bool> heard(views.size());  // a group that takes it is not muted
  for (const auto& [name, group] : groups_) {
    TimeMuting by_time;
    if (group->route() != nullptr) by_time = judge.time_muting(*group->route(), now);
    for (const auto& [key, member] : group->members()) {
      if (member.departed) continue;
      const std::size_t place = places.at(member.entry);
      AlertView& view = views[place];
      view.receivers.push_back(group->terms().receiver);
      view.status = std::max(view.status, status_of(member, now));
      if (by_time.intervals.empty()) heard[place] = true;
      for (const std::string& interval : by_time.intervals) {
        if (std::ranges::find(view.muted_by, interval) == view.muted_by.end())
          view.muted_by.push_back(interval);
      }
    }
  }
  for (std::size_t i = 0; i < views.size(); ++i) {
    if (heard[i]) views[i].muted_by.clear();
    settle_status(views[i]);
  }
  return views;
}

std::vector<GroupView> Router::groups(TimePoint now) const {
  std::vector<GroupView> views;
  views.reserve(groups_.size());
  const Muting judge = muting();
  for (const auto& [name, group] : groups_) {
    const GroupTerms& terms = group->terms();
    GroupView view;
    view.route_id = terms.route_id;
    view.group_key = terms.group_key;
    view.labels = terms.labels;
    view.receiver = terms.receiver;
    view.retired = group->retired();
    if (const Route* route = group->route()) {
      view.route_labels = route->labels;
      view.muted_by = judge.time_muting(*route, now).intervals;
    }
    view.next_flush = terms.next_flush;
    view.last_flush = terms.last_flush;
    for (const auto& [key, member] : group->members()) {
      AlertView& alert = view.alerts.emplace_back();
      alert.alert = member.entry->alert;
      alert.status = status_of(member, now);
      alert.receivers = {terms.receiver};
      alert.muted_by = view.muted_by;
      add_suppression(judge, now, alert);
      settle_status(alert);
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
