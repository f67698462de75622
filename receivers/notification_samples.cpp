// The alerts that templates are tried on when they are loaded.
#include "receivers/notification_templates.h"

namespace tocsin {
namespace {

KeyValues sample_labels(const char* instance, const char* severity) {
  return {{"alertname", "SampleAlert"}, {"cluster", "eu-1"},    {"env", "production"},
          {"instance", instance},       {"job", "api"},         {"namespace", "payments"},
          {"service", "checkout"},      {"severity", severity}, {"team", "sre"}};
}

AlertData sample_alert(const char* instance, const char* severity, bool firing) {
  AlertData out;
  out.firing = firing;
  out.labels = sample_labels(instance, severity);
  out.annotations = {{"dashboard", "https://grafana.example.com/d/abc"},
                     {"description", "Latency of " + std::string(instance) + " is 1.2s & above <1s>."},
                     {"runbook_url", "https://runbooks.example.com/latency"},
                     {"summary", "Latency is high"}};
  out.starts_at = TimePoint(std::chrono::seconds(1'700'000'000));
  if (!firing) out.ends_at = out.starts_at + std::chrono::minutes(18);
  out.generator_url = "https://prometheus.example.com/graph?g0.expr=up+%3D%3D+0&g0.tab=1";
  out.fingerprint = "0123456789abcdef";
  return out;
}

NotificationView sample(std::vector<AlertData> alerts, const char* reason) {
  NotificationData data;
  data.receiver = "sample";
  data.firing = alerts.front().firing;
  data.reason = reason;
  data.group_labels = {{"alertname", "SampleAlert"}, {"cluster", "eu-1"}};
  data.common_labels = alerts.front().labels;
  if (alerts.size() > 1) {
    data.common_labels.erase("instance");
    data.common_labels.erase("severity");
  }
  data.common_annotations = alerts.front().annotations;
  if (alerts.size() > 1) data.common_annotations.erase("description");
  data.external_url = "https://alerts.example.com";
  data.alerts = std::move(alerts);
  data.receiver_name = data.receiver;
  data.group_key = "{}:{alertname=\"SampleAlert\", cluster=\"eu-1\"}";
  data.times_notified = 1;
  guess_changes(data);
  return {std::move(data), TimePoint(std::chrono::seconds(1'700'003'600))};
}

}  // namespace

std::vector<NotificationView> NotificationTemplates::samples() {
  return {sample({sample_alert("api-1:9090", "critical", true), sample_alert("api-2:9090", "warning", true),
                  sample_alert("api-3:9090", "info", false)},
                 "first notification"),
          sample({sample_alert("api-3:9090", "info", false)}, "all alerts resolved")};
}

}  // namespace tocsin
