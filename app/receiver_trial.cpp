#include "app/receiver_trial.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "app/posted_alerts_reader.h"
#include "core/json.h"
#include "core/nearest_name.h"
#include "router/alert_order.h"
#include "router/group.h"

namespace tocsin {
namespace {

constexpr std::string_view kTestMark = "this is a test";

Alert made_up_alert(const std::string& receiver, TimePoint now) {
  Alert alert;
  alert.labels = {{"alertname", "TocsinTest"}, {"severity", "info"}};
  alert.annotations = {{"description", "Somebody ran `tocsin receiver` to see whether pages arrive."},
                       {"summary", "This is a test of the receiver " + receiver + ": nothing is wrong"}};
  alert.starts_at = now;
  return alert;
}

Result<std::vector<std::shared_ptr<const Integration>>> find_integrations(
    const Receiver& receiver, const std::vector<std::string>& wanted) {
  if (wanted.empty()) return receiver.integrations;
  std::vector<std::string> names;
  for (const auto& integration : receiver.integrations)
    names.push_back(fmt::format("{}[{}]", integration->id().kind, integration->id().index));
  std::vector<std::shared_ptr<const Integration>> out;
  for (const std::string& name : wanted) {
    const std::size_t before = out.size();
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto& integration = receiver.integrations[i];
      const bool meant = names[i] == name || integration->id().kind == name;
      if (meant && std::ranges::find(out, integration) == out.end()) out.push_back(integration);
    }
    if (out.size() == before) {
      return fail(fmt::format("receiver {} has no integration {}: it has {}", go_quote(receiver.name), name,
                              names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "))));
    }
  }
  return out;
}

Result<const Receiver*> find_receiver(const Configuration& configuration, const std::string& name) {
  std::vector<std::string> names;
  for (const Receiver& receiver : configuration.receivers) {
    if (receiver.name == name) return &receiver;
    names.push_back(receiver.name);
  }
  const std::string hint = did_you_mean(name, names);
  return fail(fmt::format("there is no receiver {}{}: the configuration has {}", go_quote(name),
                          hint.empty() ? "" : ", " + hint, fmt::join(names, ", ")));
}

// The first route that leads there, else the root.
const Route& route_to(const std::string& receiver, const RoutingConfig& routing, std::string& note) {
  for (const Route* route : all_routes(routing.root)) {
    if (route->receiver == receiver) return *route;
  }
  note = "no route leads to this receiver; grouped as the root route says";
  return routing.root;
}

// As the route groups them; alerts of several groups share what is the same in all.
Labels common_group_labels(const Route& route, const std::vector<Alert>& alerts) {
  const Labels first = route.group_labels(alerts.front().labels);
  LabelsBuilder out;
  for (const Label& label : first) {
    const bool common = std::ranges::all_of(
        alerts, [&](const Alert& alert) { return alert.labels.value(label.name) == label.value; });
    if (common) out.set(label.name, label.value);
  }
  return out.build();
}

}  // namespace

Result<std::vector<Alert>> read_trial_alerts(std::string_view json, Duration resolve_timeout, TimePoint now) {
  std::string array(json);
  const auto parsed = JsonValue::parse(json);
  if (parsed && parsed->kind() == JsonValue::Kind::kObject) array = json_text(parsed->find("alerts"));
  const auto batch = read_posted_batch(array);
  if (!batch) return fail(batch.error().message);
  std::string problems;
  for (const PostedMistake& mistake : batch->mistakes)
    problems +=
        fmt::format("{}alert {}: {}", problems.empty() ? "" : "; ", mistake.index + 1, mistake.message);
  PostedAlerts posted = read_posted_alerts(batch->alerts, resolve_timeout, NameScheme::kUtf8, now);
  for (const PostedError& error : posted.errors)
    problems += fmt::format("{}alert {}: {}", problems.empty() ? "" : "; ", error.index + 1, error.message);
  if (!problems.empty()) return fail(problems);
  if (posted.alerts.empty()) return fail("it holds no alerts");
  return std::move(posted.alerts);
}

std::shared_ptr<const Trend> read_trial_trend(std::string_view json, TimePoint now) {
  const auto parsed = JsonValue::parse(json);
  if (!parsed || parsed->find("trend").kind() != JsonValue::Kind::kObject) return nullptr;
  const JsonValue& given = parsed->find("trend");
  auto out = std::make_shared<Trend>();
  if (given.find("values").kind() != JsonValue::Kind::kArray) return nullptr;
  for (const JsonValue& value : given.find("values").array())
    out->values.push_back(value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.number());
  out->step = std::chrono::seconds(std::max<std::int64_t>(given.integer("step_seconds"), 1));
  out->begin = now - out->step * static_cast<std::int64_t>(out->values.size());
  if (!given.find("threshold").is_null()) {
    out->threshold = given.find("threshold").number();
    out->comparison = given.find("comparison").is_null() ? ">" : given.text("comparison");
  }
  return out;
}

Result<ReceiverTrial> ReceiverTrial::make(const Configuration& configuration,
                                          const ReceiverTrialOptions& options, const std::string& alerts_json,
                                          TrialKind kind, TimePoint now) {
  const auto receiver = find_receiver(configuration, options.receiver);
  if (!receiver) return fail(receiver.error().message);
  auto integrations = find_integrations(**receiver, options.integrations);
  if (!integrations) return fail(integrations.error().message);
  std::vector<Alert> alerts = {made_up_alert(options.receiver, now)};
  if (!alerts_json.empty()) {
    auto read = read_trial_alerts(alerts_json, configuration.resolve_timeout, now);
    if (!read) return fail(options.alerts_file + ": " + read.error().message);
    alerts = std::move(*read);
  }
  for (Alert& alert : alerts) {
    const bool mark = kind == TrialKind::kTest || alerts_json.empty();
    if (mark) {
      LabelsBuilder labels(alert.labels);
      labels.set("test", std::string(kTestMark));
      alert.labels = labels.build();
    }
  }
  ReceiverTrial out;
  out.integrations_ = std::move(*integrations);
  const Route& route = route_to(options.receiver, *configuration.engine.routing, out.note_);
  Notification& common = out.common_;
  common.route_id = route.id;
  common.group_labels = common_group_labels(route, alerts);
  common.group_key = kind == TrialKind::kTest
                         ? "{}/{test=\"tocsin receiver test\"}:" + common.group_labels.to_string()
                         : group_key(route, common.group_labels);
  common.route_labels = route.labels;
  common.repeat_interval = route.repeat_interval;
  std::ranges::sort(alerts, notified_before, &Alert::labels);
  for (const Alert& alert : alerts) {
    if (!is_set(common.first_fired_at) || alert.starts_at < common.first_fired_at)
      common.first_fired_at = alert.starts_at;
  }
  common.trend = read_trial_trend(alerts_json, now);
  common.alerts = std::move(alerts);
  common.at = now;
  return out;
}

Notification ReceiverTrial::notification(const Integration& integration, std::string id, TimePoint at) const {
  Notification out = common_;
  out.id = std::move(id);
  out.integration = integration.id();
  out.integration_fingerprint = integration.fingerprint();
  out.at = at;
  return out;
}

Notification ReceiverTrial::firing(const Integration& integration, std::string id) const {
  Notification out = notification(integration, std::move(id), common_.at);
  for (Alert& alert : out.alerts) {
    if (!alert.resolved_at(out.at)) alert.ends_at = kNoTime;
  }
  if (!integration.wants_resolved() && out.firing())
    std::erase_if(out.alerts, [&](const Alert& alert) { return alert.resolved_at(out.at); });
  out.reason = out.firing() ? NotifyReason::kFirstNotification : NotifyReason::kAllResolved;
  return out;
}

Notification ReceiverTrial::resolved(const Integration& integration, std::string id, TimePoint now,
                                     std::string message_ref) const {
  Notification out = notification(integration, std::move(id), now);
  for (Alert& alert : out.alerts) {
    if (!alert.resolved_at(now)) alert.ends_at = now;
  }
  out.reason = NotifyReason::kAllResolved;
  out.times_notified = 1;
  out.message_ref = std::move(message_ref);
  return out;
}

}  // namespace tocsin
