#include "receivers/answer_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/check.h"
#include "core/go_regex.h"
#include "receivers/payload_value.h"
#include "receivers/service_answer.h"

namespace tocsin {
namespace {

using Outcome = DeliveryResult::Outcome;

constexpr double kLongestWaitSeconds = 86'400;

bool matches(const std::string& pattern, std::string_view text) {
  return regex_matches(pattern, text).value_or(false);
}

bool holds(const AnswerRules::JsonTest& test, const JsonValue& body) {
  const JsonValue& value = test.path.in(body);
  if (test.equals) return json_text(value) == *test.equals;
  return !value.is_null() && (value.kind() != JsonValue::Kind::kBoolean || value.boolean());
}

// Why an answer of the right status is no success all the same; empty: it is one.
std::string doubt(const AnswerRules& rules, const OutboundAnswer& answer, const Result<JsonValue>& body) {
  if (rules.json && !body) return "the answer is not JSON";
  if (rules.json && !holds(*rules.json, *body)) {
    return fmt::format("{} of the answer is {}", rules.json->path.text(),
                       answer_excerpt(json_text(rules.json->path.in(*body))));
  }
  if (!rules.body_matches.empty() && !matches(rules.body_matches, answer.body)) {
    return "the answer does not match what a success looks like";
  }
  return "";
}

Duration wait_of(const AnswerRules& rules, const OutboundAnswer& answer, const Result<JsonValue>& body,
                 TimePoint sent_at) {
  const Duration asked = read_retry_after(answer, sent_at);
  if (asked > Duration{} || !rules.wait || !body) return asked;
  const double seconds = rules.wait->path.in(*body).number() * to_seconds(rules.wait->unit);
  if (!(seconds > 0)) return Duration{};
  return std::chrono::milliseconds(
      static_cast<std::int64_t>(std::ceil(std::min(seconds, kLongestWaitSeconds) * 1000)));
}

std::string words_of(const AnswerRules& rules, const OutboundAnswer& answer, const Result<JsonValue>& body,
                     const std::string& why) {
  std::string said = rules.error && body ? plain_text(rules.error->in(*body)) : "";
  if (said.empty()) said = answer.body;
  std::string out = fmt::format("HTTP {}", answer.status);
  if (!why.empty()) out += ": " + why;
  if (const std::string excerpt = answer_excerpt(said); !excerpt.empty()) out += ": " + excerpt;
  return out;
}

std::string reason_of(int status) {
  if (status == 429) return "rateLimited";
  if (status == 401 || status == 403) return "authError";
  if (status >= 500) return "serverError";
  return status >= 400 ? "clientError" : "other";
}

void read_statuses(YamlObject& object, std::string_view key, StatusSet& out) {
  std::vector<YamlNode> nodes;
  const YamlNode node = object.child(key);
  if (node.null()) return;
  if (node.kind() == YamlNode::Kind::kScalar) nodes = {node};
  if (node.kind() == YamlNode::Kind::kList) nodes = node.items();
  std::vector<std::pair<int, int>> ranges;
  for (const YamlNode& item : nodes) {
    const auto range = StatusSet::parse(item.text());
    if (range) {
      ranges.push_back(*range);
    } else {
      object.problems().error(item.file(), item.position(), range.error().message,
                              "write 200, 2xx or 500-599");
    }
  }
  if (nodes.empty()) object.error(key, std::string(key) + " names no HTTP status", "write [200, 202] or 2xx");
  out = StatusSet(std::move(ranges));
}

void read_path(YamlObject& object, std::string_view key, std::optional<JsonPath>& out) {
  std::string text;
  if (!object.text(key, text)) return;
  auto path = JsonPath::parse(text);
  if (!path) return object.error(key, path.error().message, "write it as .error.message or .items[0].id");
  out = std::move(*path);
}

void read_pattern(YamlObject& object, std::string_view key, std::string& out) {
  if (!object.text(key, out)) return;
  if (const auto tried = regex_matches(out, ""); !tried) {
    object.error(key, std::string(key) + ": " + tried.error().message, "it is a regular expression (RE2)");
    out.clear();
  }
}

void read_success(YamlObject& success, AnswerRules& out) {
  read_statuses(success, "status", out.success);
  read_pattern(success, "body_matches", out.body_matches);
  if (const YamlNode node = success.child("json"); !node.null()) {
    YamlObject test(node, "json test", success.problems());
    std::optional<JsonPath> path;
    read_path(test, "path", path);
    if (!test.has("path")) test.error("path", "a json test needs a path", "for instance path: .ok");
    std::optional<std::string> equals;
    if (const YamlNode value = test.child("equals"); !value.absent()) {
      JsonWriter json;
      write_json(json, PayloadValue::from(value));
      equals = json.take();
    }
    if (path) out.json = AnswerRules::JsonTest{std::move(*path), std::move(equals)};
    test.refuse_unknown_keys();
  }
  success.refuse_unknown_keys();
}

void read_retry(YamlObject& retry, AnswerRules& out) {
  read_statuses(retry, "status", out.retry);
  read_pattern(retry, "body_matches", out.retry_body_matches);
  std::optional<JsonPath> seconds, milliseconds;
  read_path(retry, "after", seconds);
  read_path(retry, "after_ms", milliseconds);
  if (seconds && milliseconds) {
    retry.error("after_ms", "at most one of after and after_ms can be set",
                "after is in seconds, after_ms in milliseconds");
  } else if (seconds) {
    out.wait = AnswerRules::Wait{std::move(*seconds), std::chrono::seconds(1)};
  } else if (milliseconds) {
    out.wait = AnswerRules::Wait{std::move(*milliseconds), std::chrono::milliseconds(1)};
  }
  retry.refuse_unknown_keys();
}

}  // namespace

Result<std::pair<int, int>> StatusSet::parse(std::string_view text) {
  const auto number = [](std::string_view digits) {
    int value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return read.ec == std::errc() && read.ptr == digits.data() + digits.size() ? value : 0;
  };
  std::pair<int, int> out{0, 0};
  if (text.size() == 3 && text.substr(1) == "xx") {
    out.first = number(text.substr(0, 1)) * 100;
    out.second = out.first + 99;
  } else if (const std::size_t dash = text.find('-'); dash != std::string_view::npos) {
    out = {number(text.substr(0, dash)), number(text.substr(dash + 1))};
  } else {
    out.first = out.second = number(text);
  }
  if (out.first < 100 || out.second > 599 || out.first > out.second)
    return fail("\"" + std::string(text) + "\" is not an HTTP status or a range of them");
  return out;
}

bool StatusSet::contains(int status) const {
  return std::ranges::any_of(
      ranges_, [&](const auto& range) { return status >= range.first && status <= range.second; });
}

JsonPath known_path(std::string_view text) {
  auto path = JsonPath::parse(text);
  TOCSIN_CHECK(path.has_value(), "a path of ours is one");
  return std::move(*path);
}

AnswerRules read_answer_rules(YamlObject& block) {
  AnswerRules out;
  if (const YamlNode node = block.child("success"); !node.null()) {
    YamlObject success(node, "success", block.problems());
    read_success(success, out);
  }
  if (const YamlNode node = block.child("retry"); !node.null()) {
    YamlObject retry(node, "retry", block.problems());
    read_retry(retry, out);
  }
  read_path(block, "message_ref", out.message_ref);
  read_path(block, "error", out.error);
  read_statuses(block, "message_gone", out.gone);
  return out;
}

DeliveryResult read_answer(const AnswerRules& rules, const OutboundAnswer& answer,
                           const std::string& message_ref, TimePoint sent_at) {
  DeliveryResult out = read_service_answer(answer, sent_at);
  if (answer.result != TransportResult::kAnswered) return out;
  const Result<JsonValue> body = JsonValue::parse(answer.body);
  const bool right_status = rules.success.contains(answer.status);
  const std::string why = right_status ? doubt(rules, answer, body) : "";
  out = {};
  out.status = answer.status;
  if (right_status && why.empty()) {
    if (rules.message_ref && body) out.message_ref = plain_text(rules.message_ref->in(*body));
    return out;
  }
  out.message_ref_is_gone = !message_ref.empty() && rules.gone.contains(answer.status);
  // An answer that was garbled on its way says nothing about the next one.
  const bool garbled = right_status && rules.json && !body;
  const bool worth_a_try =
      garbled || out.message_ref_is_gone || (!right_status && rules.retry.contains(answer.status)) ||
      (!rules.retry_body_matches.empty() && matches(rules.retry_body_matches, answer.body));
  out.outcome = worth_a_try ? Outcome::kFailed : Outcome::kRejected;
  out.reason = reason_of(answer.status);
  if (worth_a_try) out.retry_after = wait_of(rules, answer, body, sent_at);
  out.message = words_of(rules, answer, body, why);
  return out;
}

}  // namespace tocsin
