// How bad an alert is, read off its `severity` label whatever words a team uses for it. Four grades, those of
// PagerDuty; what is shown and coloured goes by them.
#pragma once

#include <optional>
#include <string_view>

#include "receivers/notification_data.h"

namespace tocsin {

enum class AlertSeverity { kInfo, kWarning, kError, kCritical };
std::string_view to_string(AlertSeverity);  // "critical": PagerDuty's words

// Case does not matter; nullopt where the word is none that is known.
std::optional<AlertSeverity> parse_severity(std::string_view word);
// Of its label; kError where that is missing or unknown: nobody said that it could wait.
AlertSeverity severity_of(const AlertData&);
// The worst of what fires; of all alerts where nothing does.
AlertSeverity worst_severity(const NotificationData&);

}  // namespace tocsin
