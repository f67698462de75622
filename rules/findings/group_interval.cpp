// group/interval: groups that are evaluated so seldom that their results have gaps.
#include <fmt/format.h>

#include <algorithm>

#include "core/duration.h"
#include "rules/findings/group_findings.h"

namespace tocsin {
namespace {

constexpr Duration kLookback = std::chrono::minutes(5);

constexpr FindingKind kKinds[] = {{
    "group/interval",
    Severity::kWarning,
    "the group is evaluated less often than every five minutes",
    R"(Prometheus looks back five minutes for the last sample of a series. What is recorded every ten minutes is gone
for half of the time, and rules that use it see nothing. An alert is looked at only that often: it fires late, and what
it says was true up to ten minutes ago.

    wrong:  interval: 10m
    right:  interval: 5m, or less

A group that holds only alerts with a keep_firing_for of at least its interval is left alone.)",
}};
constexpr const FindingKind& kInterval = kKinds[0];

}  // namespace

const std::span<const FindingKind> kGroupKinds = kKinds;

void check_group(const CheckedRuleFile& file, const CheckedGroup& group, FindingList& out) {
  const std::optional<Duration> interval = group.group->interval;
  if (!interval || *interval <= kLookback) return;
  const bool recording = std::ranges::any_of(
      group.group->rules, [](const Rule& rule) { return rule.kind == Rule::Kind::kRecording; });
  const bool flapping = std::ranges::any_of(group.group->rules, [&](const Rule& rule) {
    return rule.kind == Rule::Kind::kAlerting && rule.keep_firing_for < *interval;
  });
  if (!recording && !flapping) return;
  out.at(file.file(), file.place(group, "interval"), kInterval,
         fmt::format(
             "group {}: with an interval of {} {}", group.group->name, format_prometheus_duration(*interval),
             recording ? "the recorded series are gone between two evaluations, since Prometheus looks "
                         "back five minutes"
                       : "its alerts are up to that late"),
         "evaluate it at least every 5m");
}

}  // namespace tocsin
