#include "evaluator/trend_query.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "core/duration.h"
#include "core/json.h"
#include "evaluator/prometheus_client.h"
#include "rules/watched_value.h"

namespace tocsin {
namespace {

constexpr int kSteps = 60;
constexpr Duration kTimeout = std::chrono::seconds(3);
constexpr std::size_t kMaxAnswerBytes = std::size_t{4} << 20;  // some two thousand series

RangeQuery query_of(const TrendQuestion& question, Duration clock_ahead) {
  const GroupPlan& plan = *question.plan;
  RangeQuery query;
  query.expression = watched_value(plan.group.rules[question.rule].expression).expression;
  query.end = question.at - clock_ahead - plan.query_offset;
  query.begin = query.end - plan.server->trend_span;
  query.step = std::max<Duration>(plan.server->trend_span / kSteps, std::chrono::milliseconds(1));
  query.timeout = std::min(kTimeout, plan.server->timeout);
  return query;
}

double number_of(const std::string& text) {
  double value = std::numeric_limits<double>::quiet_NaN();
  if (text == "+Inf") return std::numeric_limits<double>::infinity();
  if (text == "-Inf") return -std::numeric_limits<double>::infinity();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value
                                                                  : std::numeric_limits<double>::quiet_NaN();
}

// [[time, "value"], …] on the steps from `begin` on; from the first value on, so that a young series fills
// its trend.
bool read_values(const JsonValue& list, TimePoint begin, Duration step, Trend& out) {
  out.step = step;
  for (const JsonValue& point : list.array()) {
    if (point.kind() != JsonValue::Kind::kArray || point.array().size() != 2) return false;
    const auto since = std::chrono::duration<double>(point.array()[0].number()) - begin.time_since_epoch();
    const auto place = std::llround(since / std::chrono::duration<double>(step));
    if (place < 0 || place > kSteps) continue;
    if (out.values.empty()) out.begin = begin + place * step;
    const auto index = static_cast<std::size_t>(place - (out.begin - begin) / step);
    if (index < out.values.size()) continue;
    out.values.resize(index, std::numeric_limits<double>::quiet_NaN());
    out.values.push_back(number_of(point.array()[1].string()));
  }
  return !out.values.empty();
}

}  // namespace

HttpRequest trend_request(const TrendQuestion& question, Duration clock_ahead) {
  return range_query_request(*question.plan->server, query_of(question, clock_ahead), kMaxAnswerBytes);
}

HttpRequest trend_get_request(const TrendQuestion& question, Duration clock_ahead) {
  return range_query_get_request(*question.plan->server, query_of(question, clock_ahead), kMaxAnswerBytes);
}

TrendArrived read_trend_answer(const TrendQuestion& question, Duration clock_ahead,
                               const OutboundAnswer& answer) {
  TrendArrived out{question.plan, question.rule, {}};
  if (answer.result != TransportResult::kAnswered || answer.status != 200) return out;
  const auto json = JsonValue::parse(answer.body);
  if (!json || json->text("status") != "success" || json->find("data").text("resultType") != "matrix")
    return out;
  const JsonValue& result = json->find("data").find("result");
  if (result.kind() != JsonValue::Kind::kArray) return out;
  const RangeQuery query = query_of(question, clock_ahead);
  const WatchedValue watched = watched_value(question.plan->group.rules[question.rule].expression);
  for (const JsonValue& series : result.array()) {
    TrendSeries read{series.labels("metric"), {}};
    read.trend.threshold = watched.threshold;
    read.trend.comparison = watched.comparison;
    const JsonValue& values = series.find("values");
    if (values.kind() != JsonValue::Kind::kArray) continue;  // native histograms have no values to show
    if (read_values(values, query.begin, query.step, read.trend)) out.series.push_back(std::move(read));
  }
  return out;
}

const TrendSeries* find_series(const Rule& rule, const std::vector<TrendSeries>& all,
                               const Labels& alert_labels) {
  const TrendSeries* best = nullptr;
  std::size_t most = 0;
  bool alone = true;
  for (const TrendSeries& series : all) {
    std::size_t same = 0;
    bool other = false;
    for (const Label& label : series.labels) {
      if (label.name == "__name__" || rule.labels.contains(std::string(label.name))) continue;
      if (!alert_labels.has(label.name)) continue;
      const bool equal = alert_labels.value(label.name) == label.value;
      same += equal ? 1 : 0;
      other = other || !equal;
    }
    if (other || (best != nullptr && same < most)) continue;
    alone = best == nullptr || same > most;
    best = &series;
    most = same;
  }
  return alone ? best : nullptr;
}

}  // namespace tocsin
