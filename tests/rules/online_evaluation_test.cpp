// What a server makes of an expression: what it costs, what it refuses, and sides that never meet.
#include <doctest/doctest.h>

#include "tests/rules/online_testing.h"

using namespace tocsin;
using namespace tocsin::testing;

TEST_CASE("query/cost: what is over a limit, and what the server refuses as too much") {
  Server server;
  server.series["x"] = {{"api", 4}};
  Evaluated cost;
  cost.series = {{"", 4}};
  cost.samples = 100;
  cost.seconds = 9.5;
  server.costs["count(x > 1)"] = cost;
  CHECK(ask_alert("x > 1", server).codes() == "");
  server.costs["count(x > 1)"].seconds = 12.25;
  CHECK(ask_alert("x > 1", server).message() ==
        "alert A: each evaluation costs the server more than 10 seconds (it took 12.25 seconds: select fewer "
        "series, look "
        "back less far, or record a part of it)");
  server.costs["count(x > 1)"] =
      failure("execution", "query processing would load too many samples into memory in query execution");
  CHECK(ask_alert("x > 1", server).codes() == "query/cost");
}

TEST_CASE("what the server answers to an expression that fails is said in its words") {
  Server server;
  server.series["x"] = server.series["y"] = {{"api", 4}};
  server.values["count((x\n) and on (job) (y\n)\n)"] = 1;
  const std::string expression = "x * on (job) y > 1";
  server.costs["count(" + expression + ")"] = failure(
      "execution",
      "found duplicate series for the match group {job=\"api\"} on the right hand-side of the operation: "
      "[{__name__=\"y\", a=\"1\"}, {__name__=\"y\", a=\"2\"}];many-to-many matching not allowed: matching "
      "labels must "
      "be unique on one side");
  Checked checked = ask_alert(expression, server);
  CHECK(checked.codes() == "promql/vector_matching");
  CHECK(contains(checked.message(),
                 "the server cannot match the two sides of an operator (match by more labels"));
  CHECK(contains(checked.message(),
                 "on the right hand-side of the operation: […];many-to-many matching not allowed"));
  server.costs["count(" + expression + ")"] = failure(
      "bad_data", "invalid parameter \"query\": 1:7: parse error: unknown function with name \"foo\"");
  checked = ask_alert(expression, server);
  CHECK(checked.codes() == "promql/features");
  CHECK(contains(checked.message(), "the server does not take the expression: unknown function with name"));
  server.costs["count(" + expression + ")"] = failure("execution", "something else");
  CHECK(ask_alert(expression, server).codes() == "query/error");
}

TEST_CASE("promql/features: by version and feature flags of the server, before it is asked for the cost") {
  Server server;
  server.series["up"] = {{"api", 4}};
  const std::string expression = "limitk(3, up) > 0";
  const Checked checked = ask_alert(expression, server);
  CHECK(checked.codes() == "promql/features");
  CHECK(contains(checked.message(), "the server, Prometheus 3.5.0, does not take it: "));
  CHECK(std::ranges::none_of(server.asked,
                             [](const Question& question) { return question.kind == Kind::kCost; }));
  server.flags.values["enable-feature"] = "promql-experimental-functions";
  CHECK(ask_alert(expression, server).codes() == "");
  // Others number their versions in their own way.
  server.flags.values = {{"storage.tsdb.path", "data"}};
  server.build = {"2.45.0", "Mimir"};
  CHECK(ask_alert(expression, server).codes() == "");
  server.build = {"3.5.0", ""};
  server.flags.values = {{"retentionPeriod", "1y"}};
  CHECK(ask_alert(expression, server).codes() == "");
}

TEST_CASE("promql/vector_matching: sides that never meet on the series that there are") {
  Server server;
  server.series["a"] = {{"api", 4}};
  server.series["b"] = {{"api", 2}};
  const std::string both = "count((a\n) and on (pod) (b\n)\n)";
  server.values = {{"count(a\n)", 4}, {"count(b\n)", 2}};
  const auto codes = [&](const std::string& expression) { return ask_alert(expression, server).codes(); };
  CHECK(codes("a / on (pod) b > 1") == "promql/vector_matching");
  // What thresholds leave out is no reason.
  CHECK(codes("(a > 5) / on (pod) (1 < b) > 1") == "promql/vector_matching");
  CHECK(codes("a > on (pod) b") == "promql/vector_matching");
  CHECK(codes("a and on (pod) b") == "");
  CHECK(codes("(a and b) / on (pod) b > 0") == "");
  server.values[both] = 1;
  CHECK(codes("a / on (pod) b > 1") == "");
  server.values = {{"count(a\n)", 4}};
  CHECK(codes("a / on (pod) b > 1") == "");
}
