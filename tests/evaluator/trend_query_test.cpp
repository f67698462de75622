#include "evaluator/trend_query.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace tocsin;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint kAt = TimePoint(1'700'003'600s);

TrendQuestion question(const std::string& expression = "x > 5") {
  auto server = std::make_shared<PrometheusServer>();
  server->name = "main";
  server->url = "http://prometheus:9090/";
  server->query_params = {{"tenant", "a"}};
  auto plan = std::make_shared<GroupPlan>();
  plan->server = server;
  Rule rule;
  rule.name = "X";
  rule.expression = expression;
  rule.labels = {{"severity", "page"}};
  plan->group.rules = {rule};
  return {plan, 0, kAt};
}

std::vector<TrendSeries> read(const std::string& result, int status = 200) {
  OutboundAnswer answer;
  answer.status = status;
  answer.body = R"({"status":"success","data":{"resultType":"matrix","result":[)" + result + "]}}";
  return read_trend_answer(question(), 0s, answer).series;
}

// A series by its labels alone.
TrendSeries series(Labels labels) {
  return {std::move(labels), {}};
}

}  // namespace

TEST_CASE("the last hour of what a rule watches is asked for in a minute's steps, and within a short time") {
  const HttpRequest request = trend_request(question("sum(x) > 5"), 0s);
  CHECK(request.method == "POST");
  CHECK(request.url == "http://prometheus:9090/api/v1/query_range?tenant=a");
  CHECK(request.body == "query=sum%28x%29&start=1700000000.000&end=1700003600.000&step=60.000&timeout=3s");
  CHECK(request.timeout < 5s);
  CHECK(request.max_answer_bytes <= std::size_t{4} << 20);
  const HttpRequest get = trend_get_request(question(), 100s);
  CHECK(get.url ==
        "http://prometheus:9090/api/v1/"
        "query_range?tenant=a&query=x&start=1699999900.000&end=1700003500.000&step=60.000&"
        "timeout=3s");
}

TEST_CASE("an answer becomes a row of values with gaps, from the first one on") {
  const auto found = read(R"({"metric":{"__name__":"x","a":"b"},
      "values":[[1700000060,"1"],[1700000120,"2.5"],[1700000240,"+Inf"],[1700003600,"NaN"]]})");
  REQUIRE(found.size() == 1);
  CHECK(found[0].labels == Labels{{"__name__", "x"}, {"a", "b"}});
  const Trend& trend = found[0].trend;
  CHECK(trend.begin == TimePoint(1'700'000'060s));
  CHECK(trend.end() == kAt);
  CHECK(trend.step == 1min);
  REQUIRE(trend.values.size() == 60);
  CHECK(trend.values[0] == 1);
  CHECK(trend.values[1] == 2.5);
  CHECK(std::isnan(trend.values[2]));
  CHECK(std::isinf(trend.values[3]));
  CHECK(std::isnan(trend.values[59]));
  CHECK(trend.threshold == 5);
  CHECK(trend.comparison == ">");
}

TEST_CASE("an answer that is none brings no series, and neither do strange points") {
  CHECK(read("", 200).empty());
  CHECK(read(R"({"metric":{},"values":[[1700000060,"1"]]})", 503).empty());
  for (const char* values : {"[]", "null", R"([["1"]])", R"([7])", R"([[1,"1"]])", R"({"a":1})"})
    CHECK(read(R"({"metric":{},"values":)" + std::string(values) + "}").empty());
  for (const char* body :
       {"", "{", "[]", R"({"status":"success"})", R"({"status":"success","data":{"resultType":"matrix"}})",
        R"({"status":"error","data":{"resultType":"matrix","result":[]}})"}) {
    OutboundAnswer answer;
    answer.status = 200;
    answer.body = body;
    CHECK(read_trend_answer(question(), 0s, answer).series.empty());
  }
}

TEST_CASE("an alert's series is the one whose labels it has, save for the rule's own") {
  const Rule rule = question().plan->group.rules[0];
  const std::vector<TrendSeries> all = {series({{"__name__", "x"}, {"instance", "a"}, {"severity", "info"}}),
                                        series({{"__name__", "x"}, {"instance", "b"}}),
                                        series({{"__name__", "x"}, {"instance", "b"}, {"mode", "idle"}})};
  const auto found = [&](Labels labels) { return find_series(rule, all, labels); };
  CHECK(found({{"alertname", "X"}, {"instance", "a"}, {"severity", "page"}}) == &all[0]);
  CHECK(found({{"instance", "b"}, {"mode", "idle"}}) == &all[2]);
  CHECK(found({{"instance", "b"}}) == nullptr);
  CHECK(found({{"instance", "c"}}) == nullptr);
  const std::vector<TrendSeries> one = {series({})};
  CHECK(find_series(rule, one, {{"alertname", "X"}, {"cluster", "eu"}}) == one.data());
}
