#include "router/router_view.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include "router/alert_order.h"
#include "router/router.h"
#include "router/sort_by_key.h"

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
    view.inhibited_by = {cause->source.to_string()};
  }
}

void settle_status(AlertView& view) {
  const bool muted = !view.silenced_by.empty() || !view.inhibited_by.empty() || !view.muted_by.empty();
  if (muted && view.status != AlertStatus::kResolved) view.status = AlertStatus::kSuppressed;
}

// What all alerts of one route share, as long as the list is made.
struct Destination {
  SharedNames receiver;
  SharedNames muted_by;  // empty: its groups may speak
};

// That a group holds an alert.
struct Membership {
  AlertKey key;
  const Destination* destination = nullptr;
  std::uint32_t order = 0;  // of the groups
  bool flushed = false;
};

bool listed_before(const Membership& a, const Membership& b) {
  return std::tie(a.key, a.order) < std::tie(b.key, b.order);
}

// The receivers of an alert that is in several groups, and, where all of them are muted, by what.
void add_several(std::span<const Membership> groups, AlertView& view) {
  std::vector<std::string> receivers, muted_by;
  bool may_speak = false;
  for (const Membership& group : groups) {
    for (const std::string& name : group.destination->receiver) receivers.push_back(name);
    may_speak |= group.destination->muted_by.empty();
    for (const std::string& name : group.destination->muted_by) {
      if (std::ranges::find(muted_by, name) == muted_by.end()) muted_by.push_back(name);
    }
  }
  view.receivers = std::move(receivers);
  if (!may_speak) view.muted_by = std::move(muted_by);
}

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

std::vector<AlertView> Router::alerts(TimePoint now) const {
  std::vector<AlertView> all;
  alerts(now, std::numeric_limits<std::size_t>::max(),
         [&](std::vector<AlertView> views, bool) { all = std::move(views); });
  return all;
}

// Both lists in order of key, then side by side: looking each member up among a hundred thousand alerts would
// take longer than all the rest.
void Router::alerts(TimePoint now, std::size_t part,
                    const std::function<void(std::vector<AlertView>, bool last)>& take) const {
  const Muting judge = muting();
  std::map<std::pair<const Route*, std::string_view>, Destination> destinations;
  std::vector<Membership> memberships;
  memberships.reserve(book_.size());
  std::uint32_t order = 0;
  for (const auto& [name, group] : groups_) {
    const Route* route = group->route();
    const auto [destination, added] = destinations.try_emplace({route, group->terms().receiver});
    if (added) {
      destination->second.receiver = {group->terms().receiver};
      if (route != nullptr) destination->second.muted_by = judge.time_muting(*route, now).intervals;
    }
    for (const auto& [key, member] : group->members()) {
      if (!member.departed) memberships.push_back({key, &destination->second, order, member.flushed});
    }
    ++order;
  }
  const auto key_of = [](const Membership& membership) { return membership.key; };
  sort_by_key(memberships, key_of, listed_before);
  const auto entries = book_.entries();
  std::vector<AlertView> views;
  auto next = memberships.cbegin();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (views.size() == part) take(std::exchange(views, {}), false);
    if (views.empty()) views.reserve(std::min(part, entries.size() - i));
    prefetch(entries, i);
    const auto& [key, entry] = entries[i];
    AlertView& view = views.emplace_back();
    view.alert = entry->alert;
    if (entry->resolved_at(now)) view.status = AlertStatus::kResolved;
    const auto first = next;
    for (; next != memberships.cend() && next->key == key; ++next) {
      if (next->flushed) view.status = std::max(view.status, AlertStatus::kActive);
    }
    if (next - first == 1) {
      view.receivers = first->destination->receiver;
      view.muted_by = first->destination->muted_by;
    } else {
      add_several({first, next}, view);
    }
    add_suppression(judge, now, view);
    settle_status(view);
  }
  take(std::move(views), true);
}

std::vector<IntegrationId> Router::owing_since_before(TimePoint time) const {
  std::set<IntegrationId> out;
  for (const auto& [name, group] : groups_) {
    for (const auto& integration : group->integrations()) {
      const Delivery& delivery = integration->delivery;
      const bool tried = !delivery.idle() && is_set(delivery.started_at());
      if (tried && delivery.started_at() <= time) out.insert(integration->entry->id);
    }
  }
  return {out.begin(), out.end()};
}

std::vector<GroupView> Router::groups(TimePoint now) const {
  std::vector<GroupView> views;
  views.reserve(groups_.size());
  const Muting judge = muting();
  for (const auto& [name, group] : groups_) {
    const GroupTerms& terms = group->terms();
    GroupView view;
    view.route_id = terms.route_id;
    view.group_key = terms.group_key();
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
