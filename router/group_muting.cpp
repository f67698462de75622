// The part of Group that deals with what is muted: what a flush sees of it, what it says of it, and what it
// remembers so that nothing that was muted stays unsaid.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "router/group.h"

namespace tocsin {

TimeMuting Group::time_muting(const GroupStep& step) const {
  return route_ == nullptr ? TimeMuting{} : step.muting.time_muting(*route_, step.now);
}

Group::Alerts Group::alerts_at(const GroupStep& step) const {
  const MutedBy by_time = time_muting(step).kind;
  Alerts alerts;
  alerts.reserve(members_.size());
  for (const auto& [key, member] : members_) {
    const bool firing = !member.entry->resolved_at(step.now);
    const MutedBy muted_by =
        firing ? step.muting.judge(member.entry->alert.labels, by_time, step.now) : MutedBy::kNothing;
    alerts.push_back({key, firing, member.departed, muted_by});
  }
  return alerts;
}

// The group as a whole begins or ceases to be muted by time.
void Group::note_time_muting(GroupStep& step) {
  TimeMuting muting = time_muting(step);
  if (muting.intervals == muting_intervals_) return;
  const bool ends = muting.intervals.empty();
  Notice notice{
      ends ? NoticeKind::kGroupUnmuted : NoticeKind::kGroupMuted, terms_.group_key(), terms_.labels, {}};
  const std::string_view list =
      muting.kind == MutedBy::kActiveTime ? "outside active_time_intervals" : "mute_time_intervals";
  const auto& names = ends ? muting_intervals_ : muting.intervals;
  notice.details.emplace_back(ends ? "intervals" : list, fmt::format("{}", fmt::join(names, ", ")));
  step.out.notices.push_back(std::move(notice));
  muting_intervals_ = std::move(muting.intervals);
}

// Counts what this flush leaves out, and says of each alert when that begins and ends.
void Group::note_muting(const Alerts& alerts, GroupStep& step) {
  auto member = members_.begin();
  for (const GroupAlert& alert : alerts) {
    GroupMember& known = (member++)->second;
    if (alert.muted()) ++step.out.muted[alert.muted_by];
    const MutedBy before = std::exchange(known.muted_by, alert.muted_by);
    if (before == alert.muted_by) continue;
    const Labels& labels = known.entry->alert.labels;
    Notice notice{NoticeKind::kAlertSuppressed, alert.key.to_string(), labels, {}};
    notice.details.emplace_back("group", terms_.group_key());
    if (alert.muted_by == MutedBy::kInhibition) {
      const auto cause = step.muting.inhibited_by(labels);
      notice.details.emplace_back("inhibited_by", cause->source.to_string());
      if (!cause->rule->name.empty()) notice.details.emplace_back("rule", cause->rule->name);
    } else if (alert.muted_by == MutedBy::kSilence) {
      notice.details.emplace_back(
          "silenced_by", fmt::format("{}", fmt::join(step.muting.silenced_by(labels, step.now), ", ")));
    } else if (alert.muted_by == MutedBy::kNothing && alert.firing &&
               (before == MutedBy::kInhibition || before == MutedBy::kSilence)) {
      notice.kind = NoticeKind::kAlertUnsuppressed;
    } else {
      continue;  // the group's own notice has said it, or the alert has ended
    }
    step.out.notices.push_back(std::move(notice));
  }
}

// Alertmanager forgets this: an alert that comes out of a silence is news to nobody there.
void Group::remember_muted(GroupIntegration& integration, const Alerts& alerts) {
  for (const GroupAlert& alert : alerts) {
    if (!alert.muted()) continue;
    auto told = integration.told.alerts.find(alert.key);
    if (told == integration.told.alerts.end() || told->second.muted_since) continue;
    if (told->second.told != Told::kFiring) continue;
    told->second.muted_since = true;
    integration.changed = true;
  }
}

}  // namespace tocsin
