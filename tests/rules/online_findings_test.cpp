// Checks against a server, without one: each rule beside a table of what the server says, and what is found.
#include "rules/online/online_findings.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "rules/checked_rule_file.h"

using namespace tocsin;
using namespace std::chrono_literals;

namespace {

using Kind = Question::Kind;

const TimePoint kNow = *parse_rfc3339("2026-06-15T12:00:00Z");

std::int64_t second_of(Duration ago) {
  return std::chrono::duration_cast<std::chrono::seconds>((kNow - ago).time_since_epoch()).count();
}

// Every five minutes from so long ago until so long ago.
std::vector<std::int64_t> steps(Duration from, Duration until) {
  std::vector<std::int64_t> at;
  for (Duration ago = from; ago >= until; ago -= 5min) at.push_back(second_of(ago));
  return at;
}

// A server that has what a test gives it, and otherwise nothing.
struct Server {
  std::map<std::string, std::map<std::string, double>> series;  // now: of a selector, how many of each job
  std::map<std::string, double> values;                         // of an expression
  std::map<std::string, std::vector<std::int64_t>> seen;        // of a selector
  std::vector<std::string> exists;                              // selectors with series in the last week
  std::vector<std::string> metrics;
  std::map<std::string, std::vector<std::string>> labels;  // of a metric
  std::map<std::pair<std::string, std::string>, std::vector<std::string>>
      label_values;                        // of metric and label
  std::map<std::string, Evaluated> costs;  // of an expression
  std::vector<std::int64_t> up = steps(7 * 24h, 0min);
  Metadata metadata;
  ScrapeIntervals targets{{{"api", 15s}, {"slow", 2min}}};
  ServerConfig config;
  ServerFlags flags{{{"storage.tsdb.path", "data"}, {"enable-feature", ""}}};
  ServerBuild build{"3.5.0", ""};
  ServerRuntime runtime{15 * 24h};
  std::map<Kind, NoAnswer> silent;  // what it does not tell
  std::vector<Question> asked{};

  Answer answer(const Question& question) {
    asked.push_back(question);
    if (const auto found = silent.find(question.kind); found != silent.end()) return found->second;
    switch (question.kind) {
      case Kind::kBuild:
        return build;
      case Kind::kTime:
        return Evaluated{};
      case Kind::kFlags:
        return flags;
      case Kind::kRuntime:
        return runtime;
      case Kind::kConfig:
        return config;
      case Kind::kTargets:
        return targets;
      case Kind::kMetadata:
        return metadata;
      case Kind::kMetrics:
        return Names{metrics};
      case Kind::kUp:
        return Seen{up};
      case Kind::kCost:
        return costs[question.text];
      case Kind::kValue:
        return value(question.text);
      case Kind::kExists:
        return Names{std::ranges::find(exists, question.text) == exists.end()
                         ? std::vector<std::string>()
                         : std::vector<std::string>{"it"}};
      case Kind::kSeen:
        return Seen{seen[question.text]};
      case Kind::kLabels:
        return Names{labels[question.text]};
      case Kind::kLabelValues:
        return Names{label_values[{question.text, question.label}]};
    }
    return NoAnswer{};
  }

  Evaluated value(const std::string& text) {
    Evaluated out;
    for (const auto& [selector, jobs] : series) {
      if (text != "count by (job) (" + selector + ")") continue;
      for (const auto& [job, count] : jobs) out.series.push_back({job, count});
    }
    if (const auto found = values.find(text); found != values.end())
      out.series.push_back({"", found->second});
    return out;
  }
};

struct Checked {
  Problems problems;
  std::map<NoAnswerReason, Inquiry::Open> open;

  // "promql/series warning 5:11", in order of place.
  std::string codes() const {
    std::string text;
    for (const Problem* problem : problems.in_order()) {
      text +=
          (text.empty() ? "" : ", ") + problem->code + (problem->severity == Severity::kNote ? " note" : "");
    }
    return text;
  }
  std::string message(std::size_t index = 0) const {
    const auto ordered = problems.in_order();
    return index < ordered.size() ? ordered[index]->message + " (" + ordered[index]->hint + ")" : "nothing";
  }
};

Checked ask(const std::string& text, Server& server, bool evaluated_by_server = true) {
  Problems loading;
  const CheckedRuleFile file = read_checked_rule_file(text, "r.yml", loading);
  CHECK_MESSAGE(!loading.has_errors(), loading.to_string());
  OnlineOptions options;
  options.time.now = kNow;
  add_recorded(file, options.recorded);
  Answers answers;
  for (int round = 0; round < 20; ++round) {
    Inquiry inquiry(answers);
    Checked checked;
    find_online(file, options, evaluated_by_server, inquiry, checked.problems);
    if (inquiry.wanted().empty()) {
      checked.open = inquiry.open();
      return checked;
    }
    for (const Question& question : inquiry.wanted()) {
      CHECK_MESSAGE(!answers.contains(question), "asked twice: " << question.text);
      answers.emplace(question, server.answer(question));
    }
  }
  FAIL("the checks never have enough");
  return {};
}

std::string quoted(const std::string& expression) {
  std::string text;
  for (const char c : expression) text += c == '\'' ? "''" : std::string(1, c);
  return "'" + text + "'";
}

Checked ask_alert(const std::string& expression, Server& server, const std::string& more = "    for: 5m\n") {
  return ask("groups:\n- name: g\n  rules:\n  - alert: A\n    expr: " + quoted(expression) + "\n" + more,
             server);
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

Evaluated failure(const std::string& type, const std::string& words) {
  Evaluated out;
  out.error_type = type;
  out.error = words;
  return out;
}

}  // namespace

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

TEST_CASE("promql/rate and promql/counter: the type that an exporter declares decides") {
  Server server;
  server.metadata.types = {{"queue", {"gauge"}},           {"hits", {"counter"}}, {"latency", {"histogram"}},
                           {"both", {"gauge", "counter"}}, {"om", {"counter"}},   {"rpc", {"summary"}},
                           {"nothing", {"unknown"}}};
  for (const char* metric :
       {"queue", "hits", "latency", "both", "om_total", "rpc_count", "latency_sum", "nothing", "x"})
    server.series[metric] = {{"api", 1}};
  struct Case {
    std::string expression;
    std::string codes;
  };
  for (const Case& one : std::initializer_list<Case>{
           {"rate(queue[5m]) > 0", "promql/rate"},
           {"increase(queue[5m]) > 0", "promql/rate"},
           {"deriv(queue[5m]) > 0", ""},
           {"rate(hits[5m]) > 0", ""},
           {"hits > 0", "promql/counter"},
           {"delta(hits[5m]) > 0", "promql/counter"},
           {"om_total > 5", "promql/counter"},
           {"rpc_count > 5", "promql/counter"},
           {"latency_sum > 5", "promql/counter"},
           {"count(hits) > 5", ""},
           {"both > 5", ""},
           {"rate(both[5m]) > 5", ""},
           {"nothing > 5", ""},
           {"x > 5", ""},
           {"histogram_quantile(0.9, rate(latency[5m])) > 1", ""},
           {"histogram_quantile(0.9, rate(hits[5m])) > 1", "promql/rate"},
       }) {
    CAPTURE(one.expression);
    CHECK(ask_alert(one.expression, server).codes() == one.codes);
  }
}

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

TEST_CASE("labels/conflict and alerts/external_labels: beside what the server adds") {
  Server server;
  server.series["x"] = {{"api", 4}};
  server.config.external_labels = {{"cluster", "eu-1"}};
  const std::string more =
      "    for: 5m\n    labels: {cluster: us-1, team: db}\n"
      "    annotations: {a: '{{ $externalLabels.clutser }} {{ .ExternalLabels.cluster }} {{ $labels.job "
      "}}'}\n";
  const Checked checked = ask_alert("x > 0", server, more);
  CHECK(checked.codes() == "labels/conflict, alerts/external_labels");
  CHECK(contains(checked.message(0),
                 "the label cluster hides the external label cluster=\"eu-1\" of the server"));
  CHECK(contains(checked.message(1),
                 "the server has no external label clutser: nothing is shown (did you mean \"cluster\"?)"));
  CHECK(checked.problems.in_order()[0]->position == Position{7, 23});
  const std::string rules = "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: x > 0\n" + more;
  CHECK(ask(rules, server, false).codes() == "");
}

TEST_CASE("the server is not asked about rules that are left out") {
  Problems problems;
  const CheckedRuleFile file = read_checked_rule_file(
      "groups:\n- name: g\n  rules:\n  - {alert: A, expr: a > 0}\n  - {alert: B, expr: b > 0}\n", "r.yml",
      problems);
  OnlineOptions options;
  options.left_out.insert(&file.groups[0].rules[0]);
  const Answers nothing;
  Inquiry inquiry(nothing);
  find_online(file, options, true, inquiry, problems);
  const auto about = [&](std::string_view part) {
    return std::ranges::any_of(inquiry.wanted(),
                               [&](const Question& one) { return contains(one.text, part); });
  };
  CHECK(about("(b)"));
  CHECK(!about("(a)"));
}

TEST_CASE("what the server does not tell is no finding, and is counted") {
  const NoAnswer failed{NoAnswerReason::kServerFailed, "the server answers HTTP status 500: boom"};
  for (const Kind kind : {Kind::kValue, Kind::kExists, Kind::kSeen, Kind::kLabels, Kind::kLabelValues,
                          Kind::kCost, Kind::kMetadata, Kind::kConfig, Kind::kRuntime}) {
    CAPTURE(static_cast<int>(kind));
    Server server;
    server.exists = {"gone", "labelled", "valued"};
    server.labels["labelled"] = {"job"};
    server.labels["valued"] = {"job"};
    server.silent[kind] = failed;
    const std::map<Kind, std::string> expressions = {{Kind::kSeen, "gone > 0"},
                                                     {Kind::kLabels, "labelled{a=\"b\"} > 0"},
                                                     {Kind::kLabelValues, "valued{job=\"b\"} > 0"}};
    const auto chosen = expressions.find(kind);
    const std::string expression =
        chosen != expressions.end() ? chosen->second : "max_over_time(gone[40d]) > 0";
    const Checked checked = ask_alert(expression, server);
    CHECK(checked.open.size() == 1);
    CHECK(checked.open.begin()->second.words == failed.words);
    if (kind != Kind::kCost && kind != Kind::kMetadata && kind != Kind::kConfig && kind != Kind::kRuntime)
      CHECK(!contains(checked.codes(), "promql/series"));
    if (kind == Kind::kConfig || kind == Kind::kRuntime)
      CHECK(!contains(checked.codes(), "promql/range_query"));
  }
  Problems problems;
  add_unknown({{NoAnswerReason::kQuerySpent, {3, "the budget of 3 questions is spent"}},
               {NoAnswerReason::kTimedOut, {1, "no"}}},
              "r.yml", problems);
  CHECK(problems.to_string() ==
        "r.yml: note: not everything was checked against the server: no (1 check not made; "
        "--prometheus-timeout gives "
        "each question longer) [server/unknown]\n"
        "r.yml: note: not everything was checked against the server: the budget of 3 questions is spent (3 "
        "checks not "
        "made; --prometheus-max-queries allows more) [server/unknown]\n");
}
