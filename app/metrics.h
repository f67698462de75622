// Metrics: the program's own metrics as text for Prometheus, under the names that Alertmanager and Prometheus
// use where they have one, so that their dashboards and alerts go on working. It counts notices, attempts and
// requests as they happen; what can be looked at when it is asked for comes with the MetricsSnapshot. Safe to
// call from any thread. It does not serve: that is the Api.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "app/api_backend.h"
#include "app/http_message.h"
#include "app/metrics_snapshot.h"
#include "core/notice.h"
#include "core/notification.h"
#include "router/muted_by.h"

namespace tocsin {

struct Attempt;

class Metrics {
 public:
  // Which labels notification metrics carry: Alertmanager adds the receiver's name behind a feature flag.
  enum class NotificationLabels { kIntegration, kIntegrationAndReceiver };

  explicit Metrics(NotificationLabels = NotificationLabels::kIntegration);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // The configured integrations: their counters start at 0 instead of with the first event, which rate()
  // would miss.
  void expect(std::span<const IntegrationId>);

  void observe(std::span<const Notice>);
  void observe_attempt(const Attempt&);
  void observe_posted(const PostedCounts&);
  // Alerts of one request: how long until they were routed and stored.
  void observe_processed(double seconds);
  // Alerts that flushes left out.
  void observe_muted(const std::map<MutedBy, std::size_t>&);
  // Alerts that were one too many of their name.
  void observe_limited(std::size_t);
  // `handler` is Api::handler_name(); a made-up method is counted as "other".
  void observe_http(std::string_view handler, std::string_view method, const HttpAnswer&, double seconds);

  // Prometheus' text format, version 0.0.4: metrics and series in order of name and labels.
  std::string text(const MetricsSnapshot&) const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
  NotificationLabels notification_labels_;
};

}  // namespace tocsin
