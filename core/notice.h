// A Notice is a fact about the program's own doing. Logs, metrics, the history, `explain` and the traces in
// tests are renderings of the same notices, so a kind is added here once. One shape for all kinds (instead of
// a struct each) keeps five renderings free of per-kind code: what differs is in `details`, in the order in
// which a person would say it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/labels.h"

namespace tocsin {

enum class NoticeKind {
  // evaluator
  kAlertPending,  // labels: the alert
  kAlertFired,
  kAlertKept,       // condition false, kept by keep_firing_for
  kAlertResolved,   // details: cause
  kAlertForgotten,  // pending, and went away before `for` was over
  kRuleFailed,      // labels: the rule's own; alerts of the rule are held
  kRuleRecovered,
  kTemplateFailed,    // a label or annotation holds the error text instead
  kEvaluationMissed,  // slots skipped because the group was slow
  kRuleDeleted,       // its alerts were resolved
  kPrometheusUnreachable,
  kPrometheusReachable,
  // router
  kAlertReceived,      // from outside, new or firing again
  kAlertDropped,       // no route, or over a limit
  kAlertSuppressed,    // a flush left it out; details: group, silenced_by or inhibited_by and rule
  kAlertUnsuppressed,  // fires on, and nothing keeps it from being announced any more
  kGroupMuted,         // by time; details: the intervals
  kGroupUnmuted,
  kGroupOpened,  // details: route, wait
  kGroupClosed,
  kNotifying,          // details: integration, reason, alerts
  kNotified,           // details: integration, reason, tries, status
  kDeliveryRetrying,   // details: integration, message, in
  kDeliveryRejected,   // details: integration, message, held until
  kDeliveryAbandoned,  // the receiver is gone from the configuration
  kFallbackUsed,       // details: integration, fallback, reason, since
  kFallbackEnded,      // the integration has taken it, or nothing is owed to it any more
  kCircuitOpened,    // refuses everybody: only probes from now on; details: integration, message, next probe
  kCircuitClosed,    // details: integration, reason
  kReceiverFailing,  // nothing has arrived for a while; details: integration, since, message
  kReceiverRecovered,  // details: integration, reason
  kSilenceSet,         // details: change (new or updated), matchers, until, by, comment
  kSilenceStarted,     // was pending, and mutes from now on
  kSilenceExpired,     // details: cause
  // app
  kStarted,
  kStateRestored,
  kStoreFailed,
  kStoreRecovered,
  kHeartbeatWithheld,  // details: because
  kHeartbeatResumed,
};

enum class NoticeLevel { kDebug, kInfo, kWarning, kError };

std::string_view to_string(NoticeKind);  // "AlertFired"
NoticeLevel level(NoticeKind);

struct Notice {
  NoticeKind kind;
  std::string subject;  // what it is about: an alert's fingerprint, a group key, a rule, a file
  Labels labels;        // of the alert, the group or the rule; may be empty
  std::vector<std::pair<std::string_view, std::string>> details;  // names are string literals
  // Of a notification: the alerts that it names (core/named_alerts.h). For the history alone: logs and traces
  // would be full of it.
  std::string alerts{};

  std::string detail(std::string_view name) const;
  // AlertFired {alertname="X"} rule=… value=…: one line, as traces and logs show it.
  std::string to_string() const;
};

}  // namespace tocsin
