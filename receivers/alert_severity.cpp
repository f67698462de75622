#include "receivers/alert_severity.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/letter_case.h"

namespace tocsin {

std::string_view to_string(AlertSeverity severity) {
  switch (severity) {
    case AlertSeverity::kInfo:
      return "info";
    case AlertSeverity::kWarning:
      return "warning";
    case AlertSeverity::kError:
      return "error";
    case AlertSeverity::kCritical:
      return "critical";
  }
  return "error";
}

std::optional<AlertSeverity> parse_severity(std::string_view word) {
  static constexpr std::pair<std::string_view, AlertSeverity> kWords[] = {
      {"critical", AlertSeverity::kCritical},
      {"crit", AlertSeverity::kCritical},
      {"page", AlertSeverity::kCritical},
      {"fatal", AlertSeverity::kCritical},
      {"emergency", AlertSeverity::kCritical},
      {"disaster", AlertSeverity::kCritical},
      {"alert", AlertSeverity::kCritical},
      {"p0", AlertSeverity::kCritical},
      {"p1", AlertSeverity::kCritical},
      {"sev0", AlertSeverity::kCritical},
      {"sev1", AlertSeverity::kCritical},
      {"error", AlertSeverity::kError},
      {"err", AlertSeverity::kError},
      {"high", AlertSeverity::kError},
      {"major", AlertSeverity::kError},
      {"p2", AlertSeverity::kError},
      {"sev2", AlertSeverity::kError},
      {"warning", AlertSeverity::kWarning},
      {"warn", AlertSeverity::kWarning},
      {"medium", AlertSeverity::kWarning},
      {"moderate", AlertSeverity::kWarning},
      {"minor", AlertSeverity::kWarning},
      {"ticket", AlertSeverity::kWarning},
      {"p3", AlertSeverity::kWarning},
      {"sev3", AlertSeverity::kWarning},
      {"info", AlertSeverity::kInfo},
      {"information", AlertSeverity::kInfo},
      {"informational", AlertSeverity::kInfo},
      {"notice", AlertSeverity::kInfo},
      {"low", AlertSeverity::kInfo},
      {"debug", AlertSeverity::kInfo},
      {"none", AlertSeverity::kInfo},
      {"ok", AlertSeverity::kInfo},
      {"p4", AlertSeverity::kInfo},
      {"p5", AlertSeverity::kInfo},
      {"sev4", AlertSeverity::kInfo},
      {"sev5", AlertSeverity::kInfo},
  };
  const std::string lower = lower_case(std::string(word));
  for (const auto& [known, severity] : kWords) {
    if (lower == known) return severity;
  }
  return std::nullopt;
}

AlertSeverity severity_of(const AlertData& alert) {
  const auto label = alert.labels.find("severity");
  return label == alert.labels.end() ? AlertSeverity::kError
                                     : parse_severity(label->second).value_or(AlertSeverity::kError);
}

AlertSeverity worst_severity(const NotificationData& data) {
  AlertSeverity worst = AlertSeverity::kInfo;
  for (const AlertData& alert : data.alerts) {
    if (data.firing && !alert.firing) continue;
    worst = std::max(worst, severity_of(alert));
    if (worst == AlertSeverity::kCritical) break;
  }
  return worst;
}

}  // namespace tocsin
