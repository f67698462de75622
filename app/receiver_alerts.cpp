#include "app/receiver_alerts.h"

#include <fmt/format.h>

#include "core/own_alert.h"

namespace tocsin {
namespace {

constexpr Duration kFailureIsNews = std::chrono::hours(1);

Labels labels_of(std::string_view name, std::string_view severity, const IntegrationId& id) {
  return Labels{{"alertname", name},
                {"severity", severity},
                {"receiver", id.receiver},
                {"integration", id.to_string()}};
}

}  // namespace

Alert receiver_failing(const IntegrationNews& news) {
  const std::string name = news.integration.to_string();
  return own_alert(
      labels_of("ReceiverFailing", "critical", news.integration),
      Labels{{"summary", fmt::format("Notifications to {} do not arrive; Tocsin keeps trying", name)},
             {"description", news.error}},
      news.failing_since);
}

std::string failing_integration(const Labels& labels) {
  return labels.value("alertname") == "ReceiverFailing" ? std::string(labels.value("integration")) : "";
}

Alert template_failing(const IntegrationId& id, const std::string& error, TimePoint now) {
  Alert alert = own_alert(
      labels_of("NotificationTemplateFailing", "warning", id),
      Labels{{"summary",
              fmt::format("A template of {} fails; its notifications go out in plain words", id.to_string())},
             {"description", error}},
      now);
  alert.ends_at = now + kFailureIsNews;
  return alert;
}

}  // namespace tocsin
