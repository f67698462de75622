// The part of Router that answers why. Whoever changes what a flush decides (notify_decision,
// Group::consider) changes what is said here: the tests compare both.
#include "router/explain.h"

#include <algorithm>
#include <map>
#include <memory>

#include "router/explain_verdict.h"
#include "router/router.h"

namespace tocsin {

namespace {

constexpr std::size_t kMostSources = 10;

// The matchers on the way from `from` to `wanted`; false where it does not lead there.
bool find_path(const Route& from, const Route& wanted, std::vector<std::string>& path) {
  path.push_back(to_string(from.matchers));
  if (&from == &wanted) return true;
  for (const Route& child : from.routes) {
    if (wanted.id.starts_with(child.id) && find_path(child, wanted, path)) return true;
  }
  path.pop_back();
  return false;
}

// The first flush at which a repeat is due, as reason_to_notify compares.
TimePoint repeat_at(const GroupTerms& terms, TimePoint last_notified_at) {
  if (!is_set(last_notified_at) || terms.next_flush == kNever) return terms.next_flush;
  const TimePoint due = last_notified_at + terms.repeat_interval - terms.group_interval / 2;
  if (due <= terms.next_flush || terms.group_interval <= Duration::zero()) return terms.next_flush;
  const auto intervals = (due - terms.next_flush + terms.group_interval - Duration(1)) / terms.group_interval;
  return terms.next_flush + intervals * terms.group_interval;
}

IntegrationExplanation explain_integration(const GroupIntegration& integration, const GroupTerms& terms,
                                           const Gates& gates, AlertKey key, TimePoint now) {
  const Delivery& delivery = integration.delivery;
  IntegrationExplanation about;
  about.id = integration.entry->id;
  about.wants_resolved = integration.entry->wants_resolved;
  about.told = integration.told.of(key);
  about.last_notified_at = integration.told.last_notified_at;
  about.times_notified = integration.told.times_notified;
  about.delivery = delivery.state();
  about.tries = delivery.tries();
  about.trying_since = delivery.idle() ? kNoTime : delivery.started_at();
  about.next_attempt_at = delivery.next_attempt_at();
  about.last_error = delivery.last_error();
  about.gate = gates.view(about.id, now);
  if (integration.fell_back) about.fallback_receiver = integration.entry->fallback_receiver;
  about.stands_in = integration.stands_in;
  if (integration.standing == Standing::kActive)
    about.next_repeat_at = repeat_at(terms, about.last_notified_at);
  return about;
}

}  // namespace

GroupExplanation Router::explain_group(const Group& group, const AlertExplanation& alert,
                                       TimePoint now) const {
  const GroupTerms& terms = group.terms();
  GroupExplanation about;
  about.route_id = terms.route_id;
  about.receiver = terms.receiver;
  about.group_key = terms.group_key();
  about.labels = terms.labels;
  about.group_interval = terms.group_interval;
  about.repeat_interval = terms.repeat_interval;
  about.opened_at = terms.opened_at;
  about.last_flush = terms.last_flush;
  about.next_flush = terms.next_flush;
  about.departed = group.members().at(alert.key).departed;
  if (const Route* route = group.route()) {
    find_path(config_->root, *route, about.path);
    about.group_wait = route->group_wait;
    TimeMuting muting = time_muting(*route, config_->time_intervals, now);
    about.times = {muting.kind, std::move(muting.intervals), kNever};
    if (muting.kind != MutedBy::kNothing)
      about.times.until = mute_changes_at(*route, config_->time_intervals, now);
  }
  for (const auto& integration : group.integrations()) {
    IntegrationExplanation& added =
        about.integrations.emplace_back(explain_integration(*integration, terms, gates_, alert.key, now));
    const bool announces = integration->standing == Standing::kActive && !about.departed;
    if (!announces) added.next_repeat_at = kNever;
    judge(alert, about, announces ? Standing::kActive : Standing::kRetired, now, added);
  }
  return about;
}

AlertExplanation Router::explain_alert(const AlertEntry& entry, TimePoint now) const {
  AlertExplanation about;
  about.key = entry.key;
  about.alert = entry.alert;
  about.firing = !entry.resolved_at(now);
  const Labels& labels = entry.alert.labels;
  for (const std::string& id : silences_.muting(labels, now)) {
    const Silence* silence = silences_.find(id);
    if (silence == nullptr) continue;
    about.silences.push_back(
        {id, silence->created_by, silence->comment, silence->ends_at, silence->until_resolved});
  }
  for (const Inhibitor::Cause& cause : inhibitor_.all_inhibiting(labels, kMostSources)) {
    const AlertEntry* source = book_.find(cause.source);
    about.inhibition.push_back(
        {describe(*cause.rule), cause.source, source == nullptr ? Labels() : source->alert.labels});
  }
  return about;
}

Explanations Router::explain(const ExplainQuery& query, TimePoint now) const {
  Explanations found;
  std::map<AlertKey, std::size_t> places;
  std::size_t holders = 0;  // that are still to be found
  for (const auto& [key, entry] : book_.entries()) {
    if (!query.takes(entry->alert.labels)) continue;
    if (found.alerts.size() == query.limit) {
      ++found.left_out;
      continue;
    }
    places[key] = found.alerts.size();
    holders += static_cast<std::size_t>(entry->holders);
    found.alerts.push_back(explain_alert(*entry, now));
  }
  // Where routing would put an alert today is not always where it is: a reload may have moved it, and its old
  // groups still owe its end.
  for (auto group = groups_.begin(); group != groups_.end() && holders > 0; ++group) {
    const KeyMap<GroupMember>& members = group->second->members();
    const auto add = [&](std::size_t place) {
      AlertExplanation& alert = found.alerts[place];
      alert.groups.push_back(explain_group(*group->second, alert, now));
      --holders;
    };
    if (members.size() < places.size()) {
      for (const auto& [key, member] : members) {
        if (const auto place = places.find(key); place != places.end()) add(place->second);
      }
    } else {
      for (const auto& [key, place] : places) {
        if (members.contains(key)) add(place);
      }
    }
  }
  return found;
}

}  // namespace tocsin
