// An Alert is what the router knows: labels, start, end. Our own evaluator makes alerts and so does whoever
// posts to the API; both go the same way. An alert of ours has no end until there is evidence that it ended;
// one from outside ends at its endsAt.
#pragma once

#include <string>
#include <string_view>

#include "core/labels.h"
#include "core/time.h"

namespace tocsin {

// Why an alert ended, or that it has not: the router can say it, because one process knows both halves.
enum class ResolveCause { kNone, kConditionFalse, kRuleChanged, kRuleDeleted, kEndsAtPassed, kReportedResolved };
std::string_view to_string(ResolveCause);

enum class AlertOrigin { kRule, kExternal };

struct Alert {
  Labels labels;  // the identity; never empty
  Labels annotations;
  TimePoint starts_at = kNoTime;
  TimePoint ends_at = kNoTime;  // kNoTime: firing, end unknown
  std::string generator_url;
  TimePoint updated_at = kNoTime;
  AlertOrigin origin = AlertOrigin::kExternal;
  bool ends_at_assumed =
      false;  // from outside without endsAt: resolve_timeout was added (Alertmanager's "timeout" flag)
  ResolveCause cause = ResolveCause::kNone;

  // As Alertmanager does (types.Alert.ResolvedAt): an end that is not in the future.
  bool resolved_at(TimePoint now) const { return is_set(ends_at) && ends_at <= now; }
  friend bool operator==(const Alert&, const Alert&) = default;
};

}  // namespace tocsin
