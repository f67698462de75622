// Series that a server has, has no more, comes to have now and then, or never had.
#include <doctest/doctest.h>

#include "tests/rules/online_testing.h"

using namespace tocsin;
using namespace tocsin::testing;

TEST_CASE("promql/series: what is there is asked about once and not complained of") {
  Server server;
  server.series["errors_total"] = {{"api", 3}};
  CHECK(ask_alert("rate(errors_total[5m]) > 0 and rate(errors_total[10m]) > 0", server).codes() == "");
  const auto counts = std::ranges::count_if(server.asked, [](const Question& question) {
    return question.text == "count by (job) (errors_total)";
  });
  CHECK(counts == 1);
  CHECK(std::ranges::none_of(server.asked,
                             [](const Question& question) { return question.kind == Kind::kExists; }));
}

TEST_CASE("promql/series: a metric that was never there is named, with a near one") {
  Server server;
  server.metrics = {"up", "errors_total", "requests_total"};
  const Checked checked = ask_alert("errors_totl > 0", server);
  CHECK(checked.codes() == "promql/series");
  CHECK(checked.message() ==
        "alert A: the server has no metric errors_totl (nor had it one in the last 7d: did you mean "
        "\"errors_total\"?)");
  CHECK(contains(ask_alert("something_else > 0", server).message(), "is it exported, and scraped?"));
  server.up = steps(30min, 0min);
  CHECK(contains(ask_alert("errors_totl > 0", server).message(), "nor had it one in the last 35m: "));
}

TEST_CASE("promql/series: the matcher that leaves nothing is named") {
  Server server;
  server.exists = {"errors_total"};
  server.labels["errors_total"] = {"__name__", "job", "code"};
  server.label_values[{"errors_total", "code"}] = {"500", "503"};
  server.label_values[{"errors_total", "job"}] = {"api", "web"};
  const auto message = [&](const std::string& expression) { return ask_alert(expression, server).message(); };
  CHECK(message("errors_total{cod=\"500\"} > 0") ==
        "alert A: no series of errors_total has a label cod (nor had one in the last 7d: did you mean "
        "\"code\"?)");
  CHECK(message("errors_total{code=\"5xx\"} > 0") ==
        "alert A: no series of errors_total has code=\"5xx\" (nor had one in the last 7d: it has \"500\", "
        "\"503\")");
  CHECK(message("errors_total{job=\"apl\"} > 0") ==
        "alert A: no series of errors_total has job=\"apl\" (nor had one in the last 7d: did you mean "
        "\"api\"?)");
  CHECK(message("errors_total{code=~\"4..\"} > 0") ==
        "alert A: no series of errors_total has code=~\"4..\" (nor had one in the last 7d: it has \"500\", "
        "\"503\")");
  // A matcher that lets series without the label pass is not at fault.
  CHECK(contains(message("errors_total{team!=\"x\", code=\"500\", job=\"web\"} > 0"),
                 "no single series of errors_total matches all of"));
  const Checked checked = ask_alert("errors_total{job=\"api\",code=\"5xx\"} > 0", server);
  CHECK(checked.problems.all().front().position.column == 35);
}

TEST_CASE("promql/series: what has gone, and what comes and goes") {
  Server server;
  server.exists = {"jobs"};
  server.seen["jobs"] = steps(7 * 24h, 3 * 24h);
  Checked checked = ask_alert("jobs > 0", server);
  CHECK(checked.codes() == "promql/series");
  CHECK(contains(checked.message(),
                 "there are no series `jobs` any more (the last were seen 3d ago, at 2026-06-12T12:00:00Z, "
                 "looking every 5m: "));
  // Gone a short while ago: it may be a restart.
  server.seen["jobs"] = steps(7 * 24h, 30min);
  CHECK(ask_alert("jobs > 0", server).codes() == "promql/series note");
  // Still within what the rule looks back at.
  CHECK(ask_alert("max_over_time(jobs[1h]) > 0", server).codes() == "");
  CHECK(ask_alert("max_over_time(max_over_time(jobs[20m])[20m:1m]) > 0", server).codes() == "");
  CHECK(ask_alert("jobs offset 1h > 0", server).codes() == "");
  CHECK(ask_alert("jobs @ 1700000000 > 0", server).codes() == "");
  // In pieces.
  server.seen["jobs"] = steps(6 * 24h, 5 * 24h);
  std::ranges::copy(steps(2 * 24h, 24h), std::back_inserter(server.seen["jobs"]));
  checked = ask_alert("jobs > 0", server);
  CHECK(checked.codes() == "promql/series note");
  CHECK(contains(checked.message(), "only now and then (29% of the time in the last 7d, in 2 pieces"));
  // The gap is that of the server itself.
  server.up = steps(7 * 24h, 5 * 24h);
  std::ranges::copy(steps(2 * 24h, 0h), std::back_inserter(server.up));
  CHECK(contains(ask_alert("jobs > 0", server).message(), "the last were seen 1d ago"));
  server.seen["jobs"] = {};
  CHECK(contains(ask_alert("jobs > 0", server).message(),
                 "none at any of the times looked at, every 5m in the last 7d"));
}

TEST_CASE("promql/series: what may be absent is left alone") {
  Server server;
  server.series["up"] = {{"api", 1}};
  for (const char* expression :
       {"absent(missing)", "absent_over_time(missing[5m])", "up == 0 unless on (job) missing",
        "(missing or vector(0)) > 1", "sum(missing or on() vector(0)) > 1", "ALERTS{alertname=\"B\"} > 0",
        "up == 0 or absent(missing{a=\"b\"})"}) {
    CAPTURE(expression);
    CHECK(ask_alert(expression, server).codes() == "");
  }
  CHECK(ask_alert("up == 0 unless on (job) missing > 5", server).codes() == "promql/series");
  CHECK(ask_alert("up == 0 and on (job) missing", server).codes() == "promql/series");
  // One of the names that a metric has had.
  CHECK(ask_alert("(new_name or old_name) > 5", server).codes() == "promql/series note, promql/series note");
}

TEST_CASE("promql/series: what a recording rule of the checked files makes is not missing") {
  Server server;
  server.series["up"] = {{"api", 1}};
  const std::string rules =
      "groups:\n- name: g\n  rules:\n  - {record: 'job:up:sum', expr: sum by (job) (up)}\n"
      "  - {alert: A, expr: 'job:up:sum{job=\"x\"} < 1', for: 5m}\n";
  CHECK(ask(rules, server).codes() == "");
  // But what the server has of it counts.
  server.exists = {"job:up:sum"};
  server.labels["job:up:sum"] = {"job"};
  server.label_values[{"job:up:sum", "job"}] = {"api"};
  CHECK(ask(rules, server).codes() == "promql/series");
}
