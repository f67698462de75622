// Windows, offsets and `for` beside how often a server scrapes, and how long it keeps samples.
#include <doctest/doctest.h>

#include "tests/rules/online_testing.h"

using namespace tocsin;
using namespace tocsin::testing;

TEST_CASE("promql/rate: windows beside the scrape interval") {
  struct Case {
    std::string expression;
    std::string codes;
  };
  Server server;
  server.series["x_total"] = {{"api", 4}};
  server.series["slow_total"] = {{"slow", 1}};
  server.series["mixed_total"] = {{"api", 1}, {"slow", 1}};
  for (const Case& one : std::initializer_list<Case>{
           {"rate(x_total[29s]) > 0", "promql/rate"},
           {"rate(x_total[30s]) > 0", "promql/rate note"},
           {"rate(x_total[59s]) > 0", "promql/rate note"},
           {"rate(x_total[1m]) > 0", ""},
           {"rate(slow_total[3m]) > 0", "promql/rate"},
           {"increase(slow_total[5m]) > 0", "promql/rate note"},
           {"irate(mixed_total[1m]) > 0", "promql/rate"},
           {"predict_linear(slow_total[1m], 3600) > 0", "promql/rate"},
           {"max_over_time(slow_total[1m]) > 0", ""},
           {"max_over_time(rate(slow_total[10m])[1h:1m]) > 0", ""},
       }) {
    CAPTURE(one.expression);
    CHECK(ask_alert(one.expression, server).codes() == one.codes);
  }
  CHECK(ask_alert("rate(slow_total[3m]) > 0", server).message() ==
        "alert A: rate() needs two samples, and a window of 3m cannot be sure to hold them: job slow is "
        "scraped every 2m "
        "(write a window of four intervals, 8m)");
}

TEST_CASE("promql/rate: without targets the configuration tells the interval, or the samples do") {
  Server server;
  server.series["x_total"] = {{"api", 4}};
  server.silent[Kind::kTargets] = {NoAnswerReason::kNotFound, "HTTP status 404"};
  server.config.by_job_name = {{"api", 1min}};
  CHECK(ask_alert("rate(x_total[1m]) > 0", server).codes() == "promql/rate");
  server.config.by_job_name = {};
  server.values["max(count_over_time(x_total[1h]) and x_total offset 1h)"] = 60;
  CHECK(contains(ask_alert("rate(x_total[1m]) > 0", server).message(), "it has a new sample every 1m"));
  // One sample more or less is no reason to complain.
  server.values["max(count_over_time(x_total[1h]) and x_total offset 1h)"] = 59;
  CHECK(ask_alert("rate(x_total[4m]) > 0", server).codes() == "");
  CHECK(ask_alert("rate(x_total[2m]) > 0", server).codes() == "promql/rate note");
  // Nobody knows: nothing is said.
  server.values.clear();
  const Checked checked = ask_alert("rate(x_total[1m]) > 0", server);
  CHECK(checked.codes() == "");
  CHECK(checked.open.empty());
}

TEST_CASE("alerts/absent: a `for` shorter than two scrapes") {
  Server server;
  const auto codes = [&](const std::string& expression, const std::string& hold) {
    return ask_alert(expression, server, "    for: " + hold + "\n").codes();
  };
  CHECK(codes("absent(up{job=\"slow\"})", "3m") == "alerts/absent");
  CHECK(codes("absent(up{job=\"slow\"})", "4m") == "");
  CHECK(codes("absent(up{job=\"api\"})", "30s") == "");
  CHECK(codes("absent(up{job=\"gone\"})", "90s") == "alerts/absent");  // by the interval that is usual
  CHECK(codes("absent(up{job=\"slow\"} or vector(0))", "3m") == "");
}

TEST_CASE("promql/range_query and promql/offset: further back than samples are kept") {
  Server server;
  server.series["x"] = {{"api", 4}};
  const auto codes = [&](const std::string& expression) { return ask_alert(expression, server).codes(); };
  CHECK(codes("max_over_time(x[30d]) > 0") == "promql/range_query");
  CHECK(codes("max_over_time(x[14d]) > 0") == "");
  CHECK(codes("max_over_time(x[1d] offset 14d) > 0") == "");
  CHECK(codes("x / x offset 3w > 0") == "promql/offset");
  CHECK(codes("x / x offset 2w > 0") == "");
  CHECK(codes("max_over_time(x[2d:1h] offset 14d) > 0") == "promql/range_query");
  server.config.reads_remotely = true;
  CHECK(codes("max_over_time(x[30d]) > 0") == "");
  server.config.reads_remotely = false;
  server.runtime.retention = {};
  CHECK(codes("max_over_time(x[30d]) > 0") == "");
}
