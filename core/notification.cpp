#include "core/notification.h"

#include <algorithm>

namespace tocsin {

std::string IntegrationId::to_string() const {
  return receiver + "/" + kind + "[" + std::to_string(index) + "]";
}

std::string_view to_string(NotifyReason reason) {
  switch (reason) {
    case NotifyReason::kNone:
      return "none";
    case NotifyReason::kFirstNotification:
      return "first notification";
    case NotifyReason::kNewAlerts:
      return "new alerts added";
    case NotifyReason::kAllResolved:
      return "all alerts resolved";
    case NotifyReason::kSomeResolved:
      return "some alerts resolved";
    case NotifyReason::kRepeat:
      return "repeat interval elapsed";
  }
  return "";
}

std::string_view to_string(AlertChange change) {
  switch (change) {
    case AlertChange::kUnchanged:
      return "unchanged";
    case AlertChange::kNew:
      return "new";
    case AlertChange::kResolved:
      return "resolved";
  }
  return "";
}

AlertChange Notification::change_of(std::size_t index) const {
  if (index < changes.size()) return changes[index];
  if (alerts[index].resolved_at(at)) return AlertChange::kResolved;
  return reason == NotifyReason::kFirstNotification ? AlertChange::kNew : AlertChange::kUnchanged;
}

bool Notification::firing() const {
  return std::any_of(alerts.begin(), alerts.end(), [](const Alert& alert) { return !is_set(alert.ends_at); });
}

}  // namespace tocsin
