#include "receivers/route_labels.h"

#include <algorithm>

#include "receivers/notification_templates.h"
#include "receivers/text_limits.h"

namespace tocsin {
namespace {

RenderedRouteLabels rendered(NotificationData data, const NotificationTemplates& templates, TimePoint now) {
  if (data.route_labels.empty() || data.route_labels_rendered) return {data.route_labels, {}};
  data.reason = "unknown";
  return templates.route_labels({std::move(data), now});
}

// On how many of the samples a label fails, and how it does on the first.
struct Failure {
  std::size_t count = 0;
  std::string reason;
};

std::map<std::string, Failure> failures_on_samples(const KeyValues& labels,
                                                   const NotificationTemplates& templates) {
  std::map<std::string, Failure> out;
  for (const NotificationView& sample : NotificationTemplates::samples()) {
    NotificationData data = sample.data();
    data.route_labels = labels;
    data.route_labels_rendered = false;
    for (auto& [name, reason] : rendered(std::move(data), templates, sample.now()).failures) {
      Failure& failure = out[name];
      if (failure.count++ == 0) failure.reason = reason;
    }
  }
  return out;
}

}  // namespace

Result<std::string> RouteLabelResolver::value(const std::string& name) {
  const auto label = data_.route_labels.find(name);
  if (label == data_.route_labels.end()) return std::string();
  if (data_.route_labels_rendered) return label->second;
  if (const auto done = done_.find(name); done != done_.end()) return done->second;
  if (std::find(in_progress_.begin(), in_progress_.end(), name) != in_progress_.end()) {
    std::string circle;
    for (const std::string& step : in_progress_) circle += step + " -> ";
    return fail("route labels refer to one another in a circle: " + circle + name);
  }
  in_progress_.push_back(name);
  Result<std::string> out = expand_(label->second);
  in_progress_.pop_back();
  if (out) done_.emplace(name, *out);
  return out;
}

RenderedRouteLabels render_route_labels(const Notification& notification,
                                        const NotificationTemplates& templates,
                                        const std::string& external_url, TimePoint now) {
  if (notification.route_labels.empty() || notification.alerts.empty()) return {};
  return rendered(notification_data(notification, external_url), templates, now);
}

std::string render_route_labels(NotificationData& data, const NotificationTemplates& templates,
                                TimePoint now) {
  if (data.route_labels.empty() || data.route_labels_rendered) {
    data.route_labels_rendered = true;
    return "";
  }
  RenderedRouteLabels result = rendered(data, templates, now);
  data.route_labels = std::move(result.labels);
  data.route_labels_rendered = true;
  std::string warning;
  for (const auto& [name, reason] : result.failures) {
    warning += (warning.empty() ? "" : "; ") + ("the route label " + name + " failed and is left out: ") +
               cut_to_runes(on_one_line(reason), 300);
  }
  return warning;
}

void check_route_labels(const KeyValues& own, const KeyValues& inherited, const std::string& file,
                        Position position, const NotificationTemplates& templates, Problems& problems) {
  if (own.empty()) return;
  KeyValues all = own;
  all.insert(inherited.begin(), inherited.end());
  const auto of_parent = failures_on_samples(inherited, templates);
  for (const auto& [name, failure] : failures_on_samples(all, templates)) {
    const auto known = of_parent.find(name);
    if (!own.contains(name) && known != of_parent.end() && known->second.reason == failure.reason) continue;
    const std::string what = "the route label " + name + " fails on sample alerts: " + failure.reason;
    // As with receivers: what fails on some only (say, on an alert that is not there) is the user's risk.
    if (failure.count == NotificationTemplates::samples().size()) {
      problems.error(file, position, what);
    } else {
      problems.warning(file, position, what);
    }
  }
}

}  // namespace tocsin
