#include "router/router_counts.h"

#include <algorithm>
#include <map>
#include <vector>

#include "router/router.h"

namespace tocsin {
namespace {

// What the groups say of one alert.
struct Standings {
  const AlertEntry* entry = nullptr;
  bool flushed = false;   // by one of them
  bool speaking = false;  // one of them is not muted by time
  bool silent = false;    // one of them is

  void add(const Standings& other) {
    flushed |= other.flushed;
    speaking |= other.speaking;
    silent |= other.silent;
  }
};

std::size_t& place_of(const Standings& alert, const Muting& muting, TimePoint now, RouterCounts& counts) {
  if (alert.entry->resolved_at(now)) return counts.resolved;
  const bool muted_by_time = alert.silent && !alert.speaking;
  const MutedBy by_time = muted_by_time ? MutedBy::kMuteTime : MutedBy::kNothing;
  if (muted_by_time || muting.judge(alert.entry->alert.labels, by_time, now) != MutedBy::kNothing) {
    return counts.suppressed;
  }
  return alert.flushed ? counts.active : counts.unprocessed;
}

}  // namespace

// An alert that one group holds, as nearly all are, is judged where it is met; the others are put together
// first.
RouterCounts Router::counts(TimePoint now) const {
  RouterCounts counts;
  counts.groups = groups_.size();
  const Muting judge = muting();
  std::map<const Route*, bool> muted_routes;
  std::vector<Standings> shared;
  for (const auto& [name, group] : groups_) {
    auto [muted, added] = muted_routes.try_emplace(group->route(), false);
    if (added && group->route() != nullptr) {
      muted->second = !judge.time_muting(*group->route(), now).intervals.empty();
    }
    for (const auto& [key, member] : group->members()) {
      const bool counts_here = !member.departed;
      const Standings alert{member.entry, counts_here && member.flushed, counts_here && !muted->second,
                            counts_here && muted->second};
      if (member.entry->holders == 1) {
        ++place_of(alert, judge, now, counts);
      } else {
        shared.push_back(alert);
      }
    }
  }
  std::ranges::sort(shared, {}, [](const Standings& alert) { return alert.entry->key; });
  for (std::size_t i = 0; i < shared.size();) {
    Standings alert = shared[i];
    for (++i; i < shared.size() && shared[i].entry == alert.entry; ++i) alert.add(shared[i]);
    ++place_of(alert, judge, now, counts);
  }
  return counts;
}

std::vector<IntegrationCounts> Router::integration_counts(TimePoint now) const {
  std::map<IntegrationId, IntegrationCounts> counts;
  for (const ReceiverEntry& receiver : config_->receivers) {
    for (const IntegrationEntry& entry : receiver.integrations) {
      const GateView gate = gates_.view(entry.id, now);
      counts[entry.id] = {entry.id, 0, kNoTime, gate.last_delivered_at, gate.circuit_open};
    }
  }
  for (const auto& [name, group] : groups_) {
    for (const auto& integration : group->integrations()) {
      if (integration->delivery.idle()) continue;
      const auto found = counts.find(integration->entry->id);
      if (found == counts.end()) continue;
      IntegrationCounts& count = found->second;
      const TimePoint since = integration->delivery.owed_since();
      count.owed_since = count.owed++ == 0 ? since : std::min(count.owed_since, since);
    }
  }
  std::vector<IntegrationCounts> list;
  for (auto& [id, count] : counts) list.push_back(std::move(count));
  return list;
}

}  // namespace tocsin
