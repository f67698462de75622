// Verbs for the tests of receivers: a notification in a few words, a receiver from YAML, a request as JSON.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/json.h"
#include "receivers/notification_templates.h"
#include "receivers/registry.h"

namespace tocsin::testing {

inline constexpr TimePoint kNow = TimePoint(std::chrono::seconds(1'767'323'045));  // 2026-01-02T03:04:05Z

inline Alert firing(Labels labels, Labels annotations = {}) {
  Alert alert;
  alert.labels = std::move(labels);
  alert.annotations = std::move(annotations);
  alert.starts_at = kNow - std::chrono::minutes(5);
  alert.generator_url = "http://prometheus:9090/graph?g0.expr=up&g0.tab=1";
  return alert;
}

inline Alert resolved(Labels labels, Labels annotations = {}) {
  Alert alert = firing(std::move(labels), std::move(annotations));
  alert.ends_at = kNow - std::chrono::minutes(1);
  return alert;
}

inline Notification notification(std::vector<Alert> alerts, Labels group_labels = {{"alertname", "Down"}}) {
  Notification out;
  out.id = "n-1";
  out.integration = {"team", "test", 0};
  out.group_key = "{}:{alertname=\"Down\"}";
  out.group_labels = std::move(group_labels);
  out.reason = NotifyReason::kFirstNotification;
  out.at = kNow;
  out.alerts = std::move(alerts);
  return out;
}

inline Notification many_alerts(int count, const std::string& filler = "") {
  std::vector<Alert> alerts;
  for (int i = 0; i < count; ++i) {
    alerts.push_back(firing({{"alertname", "Down"}, {"instance", "host-" + std::to_string(i)}},
                            {{"description", filler}}));
  }
  return notification(std::move(alerts));
}

inline NotificationTemplates templates(const std::string& file = "") {
  Problems problems;
  NotificationTemplates out = NotificationTemplates::make({{"mine.tmpl", file}}, problems);
  CHECK_MESSAGE(!problems.has_errors(), problems.to_string());
  return out;
}

// A receiver named "team" with the block given, a list item's mapping in flow or block style indented by six.
struct ReadReceiver {
  Problems problems;
  Receiver receiver;
  const Integration& only() const {
    REQUIRE_MESSAGE(receiver.integrations.size() == 1, problems.to_string());
    return *receiver.integrations.front();
  }
};

inline ReadReceiver read(const std::string& kind, const std::string& block,
                         const std::string& global = "{}") {
  ReadReceiver out;
  const std::string text =
      "global: " + global + "\nreceivers:\n- name: team\n  " + kind + ":\n  - " + block + "\n";
  const YamlDocument document = YamlDocument::parse(text, "tocsin.yml", out.problems);
  YamlObject root(document.root(), "configuration", out.problems);
  YamlObject global_block(root.child("global"), "global", out.problems);
  const ReceiverDefaults defaults = read_receiver_defaults(global_block, "/etc/tocsin");
  global_block.refuse_unknown_keys();
  std::vector<Receiver> receivers =
      read_receivers(root.child("receivers"), defaults, "/etc/tocsin", out.problems);
  if (!receivers.empty()) out.receiver = std::move(receivers.front());
  return out;
}

inline Result<std::string> read_secret_text(const Secret& secret) {
  if (!secret.text.empty()) return secret.text;
  if (secret.file == "/etc/tocsin/key") return std::string("key-from-file");
  return fail("cannot read " + secret.file);
}

inline Result<BuiltRequest> build(const Integration& integration, const Notification& what,
                                  const NotificationTemplates& with) {
  const BuildContext context{with, "http://tocsin:9093", kNow, read_secret_text};
  return integration.build(what, context);
}

// What the integration does after these answers; `kept` is what it asked to be kept at an earlier delivery.
inline NextStep next(const Integration& integration, const Notification& what,
                     const std::vector<OutboundAnswer>& so_far, const std::string& kept = "") {
  const NotificationTemplates with = templates();
  const BuildContext context{with, "http://tocsin:9093", kNow, read_secret_text, kept};
  return integration.next(what, context, so_far);
}

inline HttpRequest http(const NextStep& step) {
  const auto* built = std::get_if<BuiltRequest>(&step);
  REQUIRE_MESSAGE(built != nullptr, std::get<DeliveryResult>(step).message);
  return std::get<HttpRequest>(built->request);
}

inline DeliveryResult result(const NextStep& step) {
  REQUIRE(std::holds_alternative<DeliveryResult>(step));
  return std::get<DeliveryResult>(step);
}

inline HttpRequest http(const Result<BuiltRequest>& built) {
  REQUIRE_MESSAGE(built.has_value(), (built ? "" : built.error().message));
  return std::get<HttpRequest>(built->request);
}

inline JsonValue json(const std::string& text) {
  const Result<JsonValue> value = JsonValue::parse(text);
  REQUIRE_MESSAGE(value.has_value(), text);
  return *value;
}

inline OutboundAnswer answer(int status, std::string body = "",
                             std::vector<std::pair<std::string, std::string>> headers = {}) {
  OutboundAnswer out;
  out.status = status;
  out.body = std::move(body);
  out.headers = std::move(headers);
  return out;
}

// A mistake in a block of a receiver, and words of the problem that it must become.
struct Mistake {
  std::string block;
  std::string global;
  std::string message;
};

inline void check_mistakes(const std::string& kind, const std::vector<Mistake>& mistakes) {
  for (const Mistake& mistake : mistakes) {
    CAPTURE(mistake.block);
    const ReadReceiver team = read(kind, mistake.block, mistake.global);
    CHECK(team.problems.has_errors());
    CHECK_MESSAGE(team.problems.to_string().find(mistake.message) != std::string::npos,
                  team.problems.to_string());
    for (const Problem& problem : team.problems.all()) CHECK(problem.position.line > 0);
  }
}

// What each kind of service answer means where the service has no oddities of its own.
inline void check_common_answers(const Integration& integration, const OutboundAnswer& accepted) {
  using Outcome = DeliveryResult::Outcome;
  const Notification what = many_alerts(1);
  CHECK(integration.read(what, accepted).outcome == Outcome::kDelivered);
  CHECK(integration.read(what, answer(400)).outcome == Outcome::kRejected);
  CHECK(integration.read(what, answer(400)).reason == "clientError");
  CHECK(integration.read(what, answer(401)).reason == "authError");
  CHECK(integration.read(what, answer(503)).outcome == Outcome::kFailed);
  CHECK(integration.read(what, answer(503)).reason == "serverError");
  const DeliveryResult limited = integration.read(what, answer(429, "", {{"retry-after", "17"}}));
  CHECK(limited.outcome == Outcome::kFailed);
  CHECK(limited.reason == "rateLimited");
  CHECK(limited.retry_after == std::chrono::seconds(17));
  OutboundAnswer gone;
  gone.result = TransportResult::kUnreachable;
  CHECK(integration.read(what, gone).outcome == Outcome::kFailed);
}

// The default templates' sample: two alerts of which one fires, with common and own labels and annotations.
inline Notification sample() {
  Alert second =
      resolved({{"alertname", "Down"}, {"job", "db"}, {"severity", "critical"}}, {{"summary", "It is"}});
  second.generator_url = "http://prometheus:9090/graph?g0.expr=b";
  return notification({firing({{"alertname", "Down"}, {"job", "api"}, {"severity", "critical"}},
                              {{"runbook", "http://r"}, {"summary", "It is"}}),
                       second});
}

inline Notification all_resolved() {
  return notification({resolved({{"alertname", "Down"}, {"job", "api"}})});
}

}  // namespace tocsin::testing
