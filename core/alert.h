// An Alert is what the router knows: labels, start, end. Our own evaluator makes alerts and so does whoever
// posts to the API; both go the same way. An alert of ours has no end until there is evidence that it ended;
// one from outside ends at its endsAt.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/labels.h"
#include "core/shared_text.h"
#include "core/time.h"

namespace tocsin {

// Why an alert ended, or that it has not: the router can say it, because one process knows both halves.
enum class ResolveCause : std::uint8_t {
  kNone,
  kConditionFalse,
  kRuleChanged,
  kRuleDeleted,
  kEndsAtPassed,
  kReportedResolved
};
std::string_view to_string(ResolveCause);

enum class AlertOrigin : std::uint8_t { kRule, kExternal };

struct Alert {
  Labels labels;  // the identity; never empty
  Labels annotations;
  TimePoint starts_at = kNoTime;
  TimePoint ends_at = kNoTime;  // kNoTime: firing, end unknown
  SharedText generator_url;     // the same for all alerts of a rule
  TimePoint updated_at = kNoTime;
  AlertOrigin origin = AlertOrigin::kExternal;
  ResolveCause cause = ResolveCause::kNone;
  // From outside without endsAt: resolve_timeout was added (Alertmanager's "timeout" flag).
  bool ends_at_assumed = false;

  // As Alertmanager does (types.Alert.ResolvedAt): an end that is not in the future.
  bool resolved_at(TimePoint now) const { return is_set(ends_at) && ends_at <= now; }
  friend bool operator==(const Alert&, const Alert&) = default;
};

}  // namespace tocsin
