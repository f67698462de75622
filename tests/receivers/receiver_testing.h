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

// Of an hour; "▁▁…▁█ 2.4 (threshold 2, last hour)" in words.
inline std::shared_ptr<const Trend> rising_trend() {
  Trend out;
  out.begin = kNow - std::chrono::hours(1);
  out.step = std::chrono::minutes(1);
  out.values.assign(61, 1.0);
  out.values.back() = 2.4;
  out.threshold = 2;
  out.comparison = ">";
  return std::make_shared<const Trend>(std::move(out));
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

// The two alerts that the golden requests of the chat receivers are about; the second one is over.
inline Notification golden_notification() {
  Notification out =
      notification({firing({{"alertname", "Down"}, {"cluster", "eu"}, {"job", "a"}},
                           {{"runbook", "r"}, {"summary", "x < y & \"z\""}}),
                    resolved({{"alertname", "Down"}, {"cluster", "eu"}, {"job", "b"}}, {{"runbook", "r"}})});
  out.reason = NotifyReason::kSomeResolved;
  return out;
}

inline Notification golden_resolved() {
  Notification out =
      notification({resolved({{"alertname", "Down"}, {"cluster", "eu"}, {"job", "b"}}, {{"runbook", "r"}})});
  out.reason = NotifyReason::kAllResolved;
  return out;
}

// Blocks that a loader must refuse, or accept where `message` is empty.
struct LoadCheck {
  std::string block;
  std::string global;
  std::string message;
};

inline void check_loading(const std::string& kind, const std::vector<LoadCheck>& rows) {
  for (const LoadCheck& row : rows) {
    CAPTURE(row.block);
    CAPTURE(row.global);
    const ReadReceiver team = read(kind, row.block, row.global);
    const std::string found = team.problems.to_string();
    CHECK_MESSAGE(team.problems.has_errors() == !row.message.empty(), found);
    CHECK_MESSAGE(found.find(row.message) != std::string::npos, found);
    for (const Problem& problem : team.problems.all()) CHECK(problem.position.line > 0);
  }
}

struct AnswerRow {
  OutboundAnswer answer;
  DeliveryResult::Outcome outcome;
  std::string reason;
  Duration retry_after{};
};

inline void check_answers(const Integration& integration, const std::vector<AnswerRow>& rows) {
  for (const AnswerRow& row : rows) {
    CAPTURE(row.answer.status);
    CAPTURE(row.answer.body);
    const DeliveryResult result = integration.read(many_alerts(1), row.answer);
    CHECK(result.outcome == row.outcome);
    CHECK(result.reason == row.reason);
    CHECK(result.retry_after == row.retry_after);
  }
}

// What every HTTP service's answers mean.
inline std::vector<AnswerRow> common_answers() {
  using Outcome = DeliveryResult::Outcome;
  OutboundAnswer slow;
  slow.result = TransportResult::kTimedOut;
  return {
      {answer(400, "bad"), Outcome::kRejected, "clientError"},
      {answer(401), Outcome::kRejected, "authError"},
      {answer(404), Outcome::kRejected, "clientError"},
      {answer(429), Outcome::kFailed, "rateLimited"},
      {answer(429, "", {{"retry-after", "30"}}), Outcome::kFailed, "rateLimited", std::chrono::seconds(30)},
      {answer(500), Outcome::kFailed, "serverError"},
      {answer(503, "", {{"retry-after", "7"}}), Outcome::kFailed, "serverError", std::chrono::seconds(7)},
      {slow, Outcome::kFailed, "contextDeadlineExceeded"}};
}

// What each kind of service answer means where the service has no oddities of its own.
inline void check_common_answers(const Integration& integration, const OutboundAnswer& accepted) {
  using Outcome = DeliveryResult::Outcome;
  const Notification what = many_alerts(1);
  CHECK(integration.read(what, accepted).outcome == Outcome::kDelivered);
  check_answers(integration, common_answers());
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
