#include "core/notice.h"

namespace tocsin {
namespace {

struct KindInfo {
  NoticeKind kind;
  std::string_view name;
  NoticeLevel level;
};

// In the order of the enumeration.
constexpr KindInfo kKinds[] = {
    {NoticeKind::kAlertPending, "AlertPending", NoticeLevel::kDebug},
    {NoticeKind::kAlertFired, "AlertFired", NoticeLevel::kInfo},
    {NoticeKind::kAlertKept, "AlertKept", NoticeLevel::kDebug},
    {NoticeKind::kAlertResolved, "AlertResolved", NoticeLevel::kInfo},
    {NoticeKind::kAlertForgotten, "AlertForgotten", NoticeLevel::kDebug},
    {NoticeKind::kRuleFailed, "RuleFailed", NoticeLevel::kWarning},
    {NoticeKind::kRuleRecovered, "RuleRecovered", NoticeLevel::kInfo},
    {NoticeKind::kTemplateFailed, "TemplateFailed", NoticeLevel::kWarning},
    {NoticeKind::kEvaluationMissed, "EvaluationMissed", NoticeLevel::kWarning},
    {NoticeKind::kRuleDeleted, "RuleDeleted", NoticeLevel::kInfo},
    {NoticeKind::kPrometheusUnreachable, "PrometheusUnreachable", NoticeLevel::kError},
    {NoticeKind::kPrometheusReachable, "PrometheusReachable", NoticeLevel::kInfo},
    {NoticeKind::kAlertReceived, "AlertReceived", NoticeLevel::kDebug},
    {NoticeKind::kAlertDropped, "AlertDropped", NoticeLevel::kWarning},
    {NoticeKind::kAlertSuppressed, "AlertSuppressed", NoticeLevel::kInfo},
    {NoticeKind::kAlertUnsuppressed, "AlertUnsuppressed", NoticeLevel::kInfo},
    {NoticeKind::kGroupMuted, "GroupMuted", NoticeLevel::kInfo},
    {NoticeKind::kGroupUnmuted, "GroupUnmuted", NoticeLevel::kInfo},
    {NoticeKind::kGroupOpened, "GroupOpened", NoticeLevel::kDebug},
    {NoticeKind::kGroupClosed, "GroupClosed", NoticeLevel::kDebug},
    {NoticeKind::kNotifying, "Notifying", NoticeLevel::kDebug},
    {NoticeKind::kNotified, "Notified", NoticeLevel::kInfo},
    {NoticeKind::kDeliveryRetrying, "DeliveryRetrying", NoticeLevel::kWarning},
    {NoticeKind::kDeliveryRejected, "DeliveryRejected", NoticeLevel::kError},
    {NoticeKind::kDeliveryAbandoned, "DeliveryAbandoned", NoticeLevel::kError},
    {NoticeKind::kFallbackUsed, "FallbackUsed", NoticeLevel::kWarning},
    {NoticeKind::kFallbackEnded, "FallbackEnded", NoticeLevel::kInfo},
    {NoticeKind::kCircuitOpened, "CircuitOpened", NoticeLevel::kError},
    {NoticeKind::kCircuitClosed, "CircuitClosed", NoticeLevel::kInfo},
    {NoticeKind::kReceiverFailing, "ReceiverFailing", NoticeLevel::kError},
    {NoticeKind::kReceiverRecovered, "ReceiverRecovered", NoticeLevel::kInfo},
    {NoticeKind::kSilenceSet, "SilenceSet", NoticeLevel::kInfo},
    {NoticeKind::kSilenceStarted, "SilenceStarted", NoticeLevel::kInfo},
    {NoticeKind::kSilenceExpired, "SilenceExpired", NoticeLevel::kInfo},
    {NoticeKind::kStarted, "Started", NoticeLevel::kInfo},
    {NoticeKind::kStateRestored, "StateRestored", NoticeLevel::kInfo},
    {NoticeKind::kStoreFailed, "StoreFailed", NoticeLevel::kError},
    {NoticeKind::kStoreRecovered, "StoreRecovered", NoticeLevel::kInfo},
    {NoticeKind::kHeartbeatWithheld, "HeartbeatWithheld", NoticeLevel::kError},
    {NoticeKind::kHeartbeatResumed, "HeartbeatResumed", NoticeLevel::kInfo},
};

const KindInfo& info(NoticeKind kind) {
  return kKinds[static_cast<std::size_t>(kind)];
}

}  // namespace

std::string_view to_string(NoticeKind kind) {
  return info(kind).name;
}
NoticeLevel level(NoticeKind kind) {
  return info(kind).level;
}

std::string Notice::detail(std::string_view name) const {
  for (const auto& [key, value] : details) {
    if (key == name) return value;
  }
  return "";
}

std::string Notice::to_string() const {
  std::string text(tocsin::to_string(kind));
  if (!labels.empty()) text += " " + labels.to_string();
  if (labels.empty() && !subject.empty()) text += " " + subject;
  for (const auto& [name, value] : details) {
    text.append(" ").append(name).append("=");
    const bool plain = !value.empty() && value.find_first_of(" \"\n=") == std::string::npos;
    text += plain ? value : go_quote(value);
  }
  return text;
}

}  // namespace tocsin
