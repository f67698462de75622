// query/cost and query/error: what the server says when it evaluates the expression of a rule. Of
// promql/vector_matching what fails on the series that there are.
#include <fmt/format.h>

#include <string>

#include "core/utf8.h"
#include "rules/online/online_families.h"
#include "rules/online/server_dialect.h"
#include "rules/promql/printer.h"

namespace tocsin {
namespace {

using namespace promql;

constexpr FindingKind kKinds[] = {
    {
        "query/cost",
        Severity::kWarning,
        "the expression costs the server more than the limits that were given",
        R"(With --prometheus each expression is evaluated once, as count(…), and the server tells what it took. What is over
--cost-max-series, --cost-max-samples, --cost-max-peak-samples or --cost-max-time (10s) is reported, and so is what the
server refuses because it is too much. A rule is evaluated again at each interval: record a part of it that others
need as well, select fewer series, or look back less far.)",
    },
    {
        "query/error",
        Severity::kWarning,
        "the server cannot evaluate the expression",
        R"(With --prometheus each expression is evaluated once. Where the server answers with an error, so it will to the
rule: the alert never fires, and only the rule's health shows it. The server's words say why.)",
    },
};
constexpr const FindingKind& kCost = kKinds[0];
constexpr const FindingKind& kError = kKinds[1];
constexpr FindingKind kMatching{"promql/vector_matching", Severity::kWarning, "", ""};
constexpr FindingKind kFeatures{"promql/features", Severity::kWarning, "", ""};

constexpr std::size_t kShownRunes = 300;  // of what the server says

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// 1234567 as 1.23M.
std::string rough_number(double number) {
  constexpr std::string_view kUnits[] = {"", "k", "M", "G", "T"};
  std::size_t unit = 0;
  while (number >= 10000 && unit + 1 < std::size(kUnits)) {
    number /= 1000;
    ++unit;
  }
  return fmt::format("{:.4g}{}", number, kUnits[unit]);
}

// Without what names the parameter of the API, and the place in the text that was sent; nor the series of
// today.
std::string servers_words(std::string_view error) {
  for (const std::string_view before :
       {std::string_view("invalid parameter \"query\": "), std::string_view("parse error: ")}) {
    if (const std::size_t at = error.find(before); at != error.npos) error.remove_prefix(at + before.size());
  }
  const std::size_t list = error.find(": [{"), end = error.rfind("}]");
  if (list == error.npos || end == error.npos || end < list) return truncate_runes(error, kShownRunes);
  return truncate_runes(fmt::format("{}: […]{}", error.substr(0, list), error.substr(end + 2)), kShownRunes);
}

void say_failed(const OnlineRule& online, const Evaluated& answer) {
  const Extent whole = online.view()[0].expr->extent;
  const std::string words = servers_words(answer.error);
  const bool refused = answer.error_type == "bad_data";
  if (contains(words, "many-to-many") || contains(words, "match group") ||
      contains(words, "multiple matches for labels")) {
    online.out.at_expression(
        online.rule, kMatching, whole, "the server cannot match the two sides of an operator",
        fmt::format(
            "match by more labels, aggregate one side, or write group_left or group_right; it says: {}",
            words));
  } else if (contains(words, "too many samples") || contains(words, "too much memory")) {
    online.out.at_expression(online.rule, kCost, whole,
                             fmt::format("it is too much for the server: {}", words),
                             "select fewer series, or look back less far");
  } else if (refused) {
    online.out.at_expression(online.rule, kFeatures, whole,
                             fmt::format("the server does not take the expression: {}", words),
                             "is the server older than the rules, or does it need a feature flag?");
  } else {
    online.out.at_expression(online.rule, kError, whole,
                             fmt::format("the server cannot evaluate the expression: {}", words),
                             "so the rule will fail each time");
  }
}

// The limits stay the same from day to day, and so does the message; what it took today is in the hint.
void judge_cost(const OnlineRule& online, const Evaluated& answer, bool counted) {
  const CostLimits& limits = online.options.cost;
  std::string over, took;
  const auto compare = [&](double value, double limit, std::string_view what) {
    if (limit <= 0 || value <= limit) return;
    over += fmt::format("{}{} {}", over.empty() ? "" : ", ", rough_number(limit), what);
    took += fmt::format("{}{} {}", took.empty() ? "" : ", ", rough_number(value), what);
  };
  compare(counted ? answer.sum() : static_cast<double>(answer.series.size()), limits.series, "series");
  compare(answer.samples, limits.samples, "samples");
  compare(answer.peak_samples, limits.peak_samples, "samples at the same time");
  compare(answer.seconds, to_seconds(limits.time), "seconds");
  if (over.empty()) return;
  online.out.at_expression(
      online.rule, kCost, online.view()[0].expr->extent,
      fmt::format("each evaluation costs the server more than {}", over),
      fmt::format("it took {}: select fewer series, look back less far, or record a part of it", took));
}

void check(const OnlineRule& online) {
  if (online.view().empty()) return;
  const Expr& root = *online.view()[0].expr;
  if (root.type != ValueType::kVector && root.type != ValueType::kScalar) return;
  if (!was_asked_for_dialect(online.inquiry) || is_beyond(online)) return;  // the latter is said already
  // count() keeps the answer small, and fails where the expression does.
  const bool counted = root.type == ValueType::kVector;
  const std::string text = counted ? fmt::format("count({})", to_string(root)) : to_string(root);
  const auto* answer = online.inquiry.ask<Evaluated>({Question::Kind::kCost, text, ""});
  if (answer == nullptr) return;
  if (answer->failed()) {
    say_failed(online, *answer);
  } else {
    judge_cost(online, *answer, counted);
  }
}

}  // namespace

const OnlineCheck kOnlineCost{kKinds, check};

}  // namespace tocsin
