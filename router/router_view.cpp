#include "router/router_view.h"

#include <algorithm>
#include <span>
#include <utility>

#include "router/alert_order.h"
#include "router/router.h"

namespace tocsin {

namespace {

AlertStatus status_of(const GroupMember& member, TimePoint now) {
  if (member.entry->resolved_at(now)) return AlertStatus::kResolved;
  return member.flushed ? AlertStatus::kActive : AlertStatus::kUnprocessed;
}

// That a group holds an alert.
struct Membership {
  AlertKey key;
  bool flushed;
  const std::string* receiver;
};

// Entries lie anywhere in memory; what is needed a few steps ahead is asked for now.
void prefetch(std::span<const std::pair<AlertKey, AlertEntry*>> entries, std::size_t i) {
  constexpr std::size_t kNear = 8;
  constexpr std::size_t kFar = 16;
  if (i + kFar < entries.size()) {
    const AlertEntry* far = entries[i + kFar].second;
    __builtin_prefetch(far);
    __builtin_prefetch(far + 1);
  }
  if (i + kNear < entries.size()) {
    const Alert& near = entries[i + kNear].second->alert;
    near.labels.prefetch();
    near.annotations.prefetch();
  }
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

// Both lists in order of key, then side by side: looking each member up among a hundred thousand alerts would
// take longer than all the rest.
std::vector<AlertView> Router::alerts(TimePoint now) const {
  std::vector<Membership> memberships;
  memberships.reserve(book_.size());
  for (const auto& [name, group] : groups_) {
    for (const auto& [key, member] : group->members()) {
      if (!member.departed) memberships.push_back({key, member.flushed, &group->terms().receiver});
    }
  }
  std::ranges::stable_sort(memberships, {}, &Membership::key);
  const auto entries = book_.entries();
  std::vector<AlertView> views;
  views.reserve(entries.size());
  auto next = memberships.cbegin();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    prefetch(entries, i);
    const auto& [key, entry] = entries[i];
    AlertView& view = views.emplace_back();
    view.alert = entry->alert;
    if (entry->resolved_at(now)) view.status = AlertStatus::kResolved;
    for (; next != memberships.cend() && next->key == key; ++next) {
      view.receivers.push_back(*next->receiver);
      if (next->flushed) view.status = std::max(view.status, AlertStatus::kActive);
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
