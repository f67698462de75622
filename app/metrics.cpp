#include "app/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/summary.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>

#include "app/delivery_desk.h"
#include "app/process_values.h"
#include "core/utf8.h"

namespace tocsin {
namespace {

using SeriesLabels = std::map<std::string, std::string>;
using CounterFamily = prometheus::Family<prometheus::Counter>;
using HistogramFamily = prometheus::Family<prometheus::Histogram>;

// What Alertmanager knows as reasons of a failure (core/delivery_result.h).
constexpr std::array<std::string_view, 6> kFailureReasons = {
    "other", "clientError", "serverError", "contextDeadlineExceeded", "authError", "rateLimited"};
constexpr std::array<std::string_view, 7> kMethods = {"GET",    "HEAD",    "POST", "PUT",
                                                      "DELETE", "OPTIONS", "PATCH"};

// Alertmanager's buckets, in seconds.
const prometheus::Histogram::BucketBoundaries kDeliveryBuckets = {1, 5, 10, 15, 20};
const prometheus::Histogram::BucketBoundaries kRequestBuckets = {.05, .1, .25, .5, .75, 1, 2, 5, 20, 60};
const prometheus::Histogram::BucketBoundaries kSizeBuckets = {1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8};

template <std::size_t kSize>
std::string known(const std::array<std::string_view, kSize>& words, std::string_view word) {
  return std::string(std::find(words.begin(), words.end(), word) == words.end() ? "other" : word);
}

// One bad byte in a file's name must not make the whole text unreadable for Prometheus.
std::string as_utf8(const std::string& text) {
  if (is_valid_utf8(text)) return text;
  std::string clean;
  for (std::string_view rest = text; !rest.empty();) {
    const Rune rune = first_rune(rest);
    append_rune(clean, rune.value);
    rest.remove_prefix(rune.bytes);
  }
  return clean;
}

prometheus::MetricFamily family_of(const MetricValues& values) {
  const bool counter = values.type == MetricValues::Type::kCounter;
  prometheus::MetricFamily family;
  family.name = values.name;
  family.help = values.help;
  family.type = counter ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge;
  for (const MetricValue& value : values.values) {
    prometheus::ClientMetric metric;
    for (const auto& [name, text] : value.labels) metric.label.push_back({name, as_utf8(text)});
    std::sort(metric.label.begin(), metric.label.end());
    (counter ? metric.counter.value : metric.gauge.value) = value.value;
    family.metric.push_back(std::move(metric));
  }
  return family;
}

std::string serialized(std::vector<prometheus::MetricFamily> families) {
  std::erase_if(families, [](const auto& family) { return family.metric.empty(); });
  std::sort(families.begin(), families.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  for (auto& family : families) {
    std::sort(family.metric.begin(), family.metric.end(),
              [](const auto& a, const auto& b) { return a.label < b.label; });
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace

struct Metrics::Families {
  prometheus::Registry registry;

  CounterFamily& counters(const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  }
  HistogramFamily& histograms(const char* name, const char* help) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
  }

  CounterFamily& received = counters("alertmanager_alerts_received_total", "Valid alerts posted to the API.");
  CounterFamily& invalid = counters("alertmanager_alerts_invalid_total", "Invalid alerts posted to the API.");
  CounterFamily& notifications = counters("alertmanager_notifications_total", "Notifications tried.");
  CounterFamily& failed = counters("alertmanager_notifications_failed_total", "Notifications that failed.");
  CounterFamily& limited = counters("alertmanager_alerts_limited_total",
                                    "Alerts not taken because of --alerts.per-alertname-limit.");
  CounterFamily& suppressed = counters("alertmanager_notifications_suppressed_total",
                                       "Alerts that flushes left out, by what muted them.");
  CounterFamily& requests = counters("alertmanager_notification_requests_total", "Requests to deliver.");
  CounterFamily& failed_requests =
      counters("alertmanager_notification_requests_failed_total", "Requests to deliver that failed.");
  HistogramFamily& latency =
      histograms("alertmanager_notification_latency_seconds", "How long a request to deliver took.");
  HistogramFamily& http =
      histograms("alertmanager_http_request_duration_seconds", "How long an answer took.");
  HistogramFamily& sizes =
      histograms("alertmanager_http_response_size_bytes", "How large an answer was, before compression.");
  prometheus::Summary& processing =
      prometheus::BuildSummary()
          .Name("alertmanager_dispatcher_alert_processing_duration_seconds")
          .Help("How long posted alerts took until they were routed and stored, by request.")
          .Register(registry)
          .Add({}, prometheus::Summary::Quantiles{});
  CounterFamily& notices = counters("tocsin_notices_total", "Facts about the program's own doing, by kind.");
  std::vector<prometheus::Counter*> by_kind;  // of `notices`, by NoticeKind: looked up once, not per notice
  CounterFamily& template_failures = counters("prometheus_template_text_expansion_failures_total",
                                              "Templates of rules that failed to expand.");
  CounterFamily& rule_template_failures =
      counters("tocsin_rule_template_failures_total", "Templates that failed to expand, by rule.");
  CounterFamily& built_in_texts =
      counters("tocsin_notification_template_failures_total", "Notifications sent with the built-in text.");
};

namespace {

// In Alertmanager's words.
std::string suppression_reason(MutedBy by) {
  switch (by) {
    case MutedBy::kInhibition:
      return "inhibition";
    case MutedBy::kActiveTime:
      return "active_time_interval";
    case MutedBy::kMuteTime:
      return "mute_time_interval";
    case MutedBy::kSilence:
    case MutedBy::kNothing:
      break;
  }
  return "silence";
}

SeriesLabels with(SeriesLabels labels, const std::string& name, std::string value) {
  labels[name] = std::move(value);
  return labels;
}

SeriesLabels labels_of(const IntegrationId& integration, Metrics::NotificationLabels which) {
  SeriesLabels labels = {{"integration", integration.kind}};
  if (which == Metrics::NotificationLabels::kIntegrationAndReceiver) {
    labels["receiver_name"] = as_utf8(integration.receiver);
  }
  return labels;
}

}  // namespace

Metrics::Metrics(NotificationLabels notification_labels)
    : families_(std::make_unique<Families>()), notification_labels_(notification_labels) {
  for (const char* status : {"firing", "resolved"})
    families_->received.Add({{"status", status}, {"version", "v2"}});
  families_->invalid.Add({{"version", "v2"}});
  families_->template_failures.Add({});
  families_->limited.Add({});
  for (const MutedBy by :
       {MutedBy::kInhibition, MutedBy::kActiveTime, MutedBy::kMuteTime, MutedBy::kSilence}) {
    families_->suppressed.Add({{"reason", suppression_reason(by)}});
  }
  for (int kind = 0; kind <= static_cast<int>(NoticeKind::kHeartbeatResumed); ++kind) {
    families_->by_kind.push_back(
        &families_->notices.Add({{"kind", std::string(to_string(static_cast<NoticeKind>(kind)))}}));
  }
}

Metrics::~Metrics() = default;

void Metrics::expect(std::span<const IntegrationId> integrations) {
  for (const IntegrationId& integration : integrations) {
    const SeriesLabels labels = labels_of(integration, notification_labels_);
    for (CounterFamily* family :
         {&families_->notifications, &families_->requests, &families_->failed_requests}) {
      family->Add(labels);
    }
    for (const std::string_view reason : kFailureReasons) {
      families_->failed.Add(with(labels, "reason", std::string(reason)));
    }
    families_->latency.Add(labels, kDeliveryBuckets);
  }
}

void Metrics::observe(std::span<const Notice> notices) {
  for (const Notice& notice : notices) {
    families_->by_kind[static_cast<std::size_t>(notice.kind)]->Increment();
    if (notice.kind != NoticeKind::kTemplateFailed) continue;
    families_->template_failures.Add({}).Increment();
    families_->rule_template_failures.Add({{"rule", as_utf8(notice.detail("rule"))}}).Increment();
  }
}

// Alertmanager counts a notification as failed when it gives up after the group's interval. Ours are tried
// until they arrive, so that moment never comes: every attempt counts as one notification, and each that
// fails as a failed one. The ratio, by which people are alerted, is the same while a service is down.
void Metrics::observe_attempt(const Attempt& attempt) {
  const SeriesLabels labels = labels_of(attempt.integration, notification_labels_);
  families_->notifications.Add(labels).Increment();
  families_->requests.Add(labels).Increment();
  families_->latency.Add(labels, kDeliveryBuckets).Observe(to_seconds(attempt.took));
  if (!attempt.warning.empty()) families_->built_in_texts.Add(labels).Increment();
  if (attempt.result.outcome == DeliveryResult::Outcome::kDelivered) return;
  families_->failed_requests.Add(labels).Increment();
  families_->failed.Add(with(labels, "reason", known(kFailureReasons, attempt.result.reason))).Increment();
}

void Metrics::observe_posted(const PostedCounts& posted) {
  families_->received.Add({{"status", "firing"}, {"version", "v2"}})
      .Increment(static_cast<double>(posted.firing));
  families_->received.Add({{"status", "resolved"}, {"version", "v2"}})
      .Increment(static_cast<double>(posted.resolved));
  families_->invalid.Add({{"version", "v2"}}).Increment(static_cast<double>(posted.invalid));
}

void Metrics::observe_muted(const std::map<MutedBy, std::size_t>& muted) {
  for (const auto& [by, count] : muted) {
    families_->suppressed.Add({{"reason", suppression_reason(by)}}).Increment(static_cast<double>(count));
  }
}

void Metrics::observe_limited(std::size_t alerts) {
  families_->limited.Add({}).Increment(static_cast<double>(alerts));
}

void Metrics::observe_processed(double seconds) {
  families_->processing.Observe(seconds);
}

void Metrics::observe_http(std::string_view handler, std::string_view method, const HttpAnswer& answer,
                           double seconds) {
  const SeriesLabels labels = {{"handler", std::string(handler)}, {"method", known(kMethods, method)}};
  families_->sizes.Add(labels, kSizeBuckets).Observe(static_cast<double>(answer.body.size()));
  families_->http.Add(with(labels, "code", std::to_string(answer.status)), kRequestBuckets).Observe(seconds);
}

std::string Metrics::text(const MetricsSnapshot& snapshot) const {
  std::vector<prometheus::MetricFamily> families = families_->registry.Collect();
  for (const MetricValues& values : snapshot_values(snapshot)) families.push_back(family_of(values));
  for (const MetricValues& values : process_values()) families.push_back(family_of(values));
  return serialized(std::move(families));
}

}  // namespace tocsin
