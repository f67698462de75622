#include "router/router_view.h"

#include <algorithm>
#include <map>
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

void add_names(const std::vector<std::string>& names, std::vector<std::string>& to) {
  for (const std::string& name : names) {
    if (std::ranges::find(to, name) == to.end()) to.push_back(name);
  }
}

// That a group holds an alert.
struct Membership {
  AlertKey key;
  bool flushed;
  const std::string* receiver;
  const std::vector<std::string>* muted_by;  // names; empty: the group may speak
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
  return {.id = integration.entry->id,
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

// Both lists in order of key, then side by side: looking each member up among a hundred thousand alerts would
// take longer than all the rest.
std::vector<AlertView> Router::alerts(TimePoint now) const {
  const Muting judge = muting();
  std::map<const Route*, TimeMuting> by_time;
  std::vector<Membership> memberships;
  memberships.reserve(book_.size());
  for (const auto& [name, group] : groups_) {
    auto [quiet, added] = by_time.try_emplace(group->route());
    if (added && group->route() != nullptr) quiet->second = judge.time_muting(*group->route(), now);
    for (const auto& [key, member] : group->members()) {
      if (member.departed) continue;
      memberships.push_back({key, member.flushed, &group->terms().receiver, &quiet->second.intervals});
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
    bool may_speak = false;  // one of its groups
    for (; next != memberships.cend() && next->key == key; ++next) {
      view.receivers.push_back(*next->receiver);
      if (next->flushed) view.status = std::max(view.status, AlertStatus::kActive);
      may_speak |= next->muted_by->empty();
      add_names(*next->muted_by, view.muted_by);
    }
    if (may_speak) view.muted_by.clear();
    add_suppression(judge, now, view);
    settle_status(view);
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
