#include "receivers/jira.h"

#include "receivers/sha256.h"
#include "receivers/text_limits.h"
#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;
using Outcome = DeliveryResult::Outcome;

namespace {
const std::string kProject = "{api_url: 'https://j.example/rest/api/2', project: P, issue_type: Bug";
const std::string kLabel = "ALERT{" + sha256_hex("{}:{alertname=\"Down\"}") + "}";
const OutboundAnswer kNone = answer(200, R"({"issues":[]})");
const OutboundAnswer kOpen = answer(
    200, R"({"issues":[{"key":"P-1","fields":{"status":{"name":"Open","statusCategory":{"key":"new"}}}}]})");
const OutboundAnswer kDone = answer(
    200,
    R"({"issues":[{"key":"P-2","fields":{"status":{"name":"x","statusCategory":{"key":"done"}}}},{"key":"P-3"}]})");
const OutboundAnswer kWritten = answer(204);
const OutboundAnswer kTransitions =
    answer(200, R"({"transitions":[{"id":"5","name":"Close"},{"id":"7","name":"Reopen"}]})");

ReadReceiver jira(const std::string& more = "") {
  ReadReceiver team = read("jira_configs", kProject + more + "}");
  CHECK_MESSAGE(!team.problems.has_errors(), team.problems.to_string());
  return team;
}

std::string jql_of(const std::string& more, const Notification& what) {
  return json(http(build(jira(more).only(), what, templates())).body).text("jql");
}

JsonValue created(const std::string& more, const Notification& what) {
  return json(http(next(jira(more).only(), what, {kNone})).body).find("fields");
}
}  // namespace

TEST_CASE("the issue of a group is looked for first, by its label") {
  const ReadReceiver team = jira();
  const HttpRequest search = http(build(team.only(), many_alerts(1), templates()));
  CHECK(search.method == "POST");
  CHECK(search.url == "https://j.example/rest/api/2/search");
  CHECK(search.body ==
        R"({"fields":["status"],"jql":"statusCategory != Done and project=\"P\" and labels=\")" + kLabel +
            R"(\" order by status ASC,resolutiondate DESC","maxResults":2})"
            "\n");
}

TEST_CASE("the search takes issues that were resolved a short while ago where they can be reopened") {
  const std::string tail =
      "project=\"P\" and labels=\"" + kLabel + "\" order by status ASC,resolutiondate DESC";
  const std::string reopen = ", reopen_transition: Reopen, reopen_duration: 1h30m";
  CHECK(jql_of(reopen, many_alerts(1)) == "(resolutiondate is EMPTY OR resolutiondate >= -90m) and " + tail);
  CHECK(jql_of(reopen, all_resolved()) == "statusCategory != Done and " + tail);
  CHECK(jql_of(", reopen_transition: Reopen", many_alerts(1)) == "statusCategory != Done and " + tail);
  CHECK(jql_of(", reopen_duration: 1h", many_alerts(1)) == "statusCategory != Done and " + tail);
  CHECK(jql_of(", wont_fix_resolution: \"Won't \\\"do\\\"\"", many_alerts(1)) ==
        "(resolution is EMPTY or resolution != \"Won't \\\"do\\\"\") and statusCategory != Done and " + tail);
}

TEST_CASE("Jira Cloud is searched under a path of its own") {
  const auto url_of = [](const std::string& url, const std::string& type) {
    const std::string block = "{api_url: '" + url + "', project: P, issue_type: Bug, api_type: " + type + "}";
    return http(build(read("jira_configs", block).only(), many_alerts(1), templates())).url;
  };
  CHECK(url_of("https://x.atlassian.net/rest/api/2/", "auto") ==
        "https://x.atlassian.net/rest/api/3/search/jql");
  CHECK(url_of("https://x.atlassian.net/rest/api/3", "auto") ==
        "https://x.atlassian.net/rest/api/3/search/jql");
  CHECK(url_of("https://x.atlassian.net/rest/api/2", "datacenter") ==
        "https://x.atlassian.net/rest/api/2/search");
  CHECK(url_of("https://j.example/jira/rest/api/2", "cloud") ==
        "https://j.example/jira/rest/api/3/search/jql");
  CHECK(url_of("https://j.example/atlassian.net", "auto") == "https://j.example/atlassian.net/search");
}

TEST_CASE("a firing group without an issue gets one, with the default wording") {
  const NextStep step = next(jira().only(), sample(), {kNone});
  const HttpRequest create = http(step);
  CHECK(create.method == "POST");
  CHECK(create.url == "https://j.example/rest/api/2/issue");
  CHECK(create.headers.back() == std::pair<std::string, std::string>("Accept-Language", "en"));
  CHECK(
      create.body ==
      R"-({"fields":{"description":"\n\n# Alerts Firing:\n\nLabels:\n  - alertname = Down\n  - job = api\n)-"
      R"-(  - severity = critical\n\nAnnotations:\n  - runbook = http://r\n  - summary = It is\n\n)-"
      R"-(Source: http://prometheus:9090/graph?g0.expr=up\u0026g0.tab=1\n\n\n\n\n# Alerts Resolved:\n\nLabels:\n)-"
      R"-(  - alertname = Down\n  - job = db\n  - severity = critical\n\nAnnotations:\n  - summary = It is\n\n)-"
      R"-(Source: http://prometheus:9090/graph?g0.expr=b\n\n\n\n","issuetype":{"name":"Bug"},"labels":[")-" +
          kLabel +
          R"-("],"priority":{"name":"High"},"project":{"key":"P"},"summary":"[FIRING:1] Down (critical)"}})-"
          "\n");
  const DeliveryResult done = result(next(jira().only(), sample(), {kNone, answer(201, R"({"key":"P-9"})")}));
  CHECK(done.outcome == Outcome::kDelivered);
  CHECK(done.message_ref == "P-9");
}

TEST_CASE("a resolved group without an issue needs none") {
  const DeliveryResult done = result(next(jira().only(), all_resolved(), {kNone}));
  CHECK(done.outcome == Outcome::kDelivered);
  CHECK(done.message_ref.empty());
}

TEST_CASE("an issue that exists is brought up to date, as far as it shall be") {
  const HttpRequest update = http(next(jira().only(), many_alerts(1), {kOpen}));
  CHECK(update.method == "PUT");
  CHECK(update.url == "https://j.example/rest/api/2/issue/P-1");
  CHECK_FALSE(json(update.body).find("fields").text("summary").empty());
  const std::string fixed =
      ", summary: {template: s, enable_update: false}, description: {enable_update: false}";
  const JsonValue kept = json(http(next(jira(fixed).only(), many_alerts(1), {kOpen})).body).find("fields");
  CHECK(kept.find("summary").is_null());
  CHECK(kept.find("description").is_null());
  const JsonValue made = created(fixed, many_alerts(1));
  CHECK(made.text("summary") == "s");
  CHECK(made.text("description").find("# Alerts Firing:") != std::string::npos);
  CHECK(result(next(jira().only(), many_alerts(1), {kOpen, kWritten})).message_ref == "P-1");
}

TEST_CASE("an issue is resolved and reopened by the transition of that name") {
  const ReadReceiver team =
      jira(", resolve_transition: Close, reopen_transition: Reopen, reopen_duration: 1d");
  const HttpRequest ask = http(next(team.only(), all_resolved(), {kOpen, kWritten}));
  CHECK(ask.method == "GET");
  CHECK(ask.url == "https://j.example/rest/api/2/issue/P-1/transitions");
  CHECK(ask.body.empty());
  const HttpRequest close = http(next(team.only(), all_resolved(), {kOpen, kWritten, kTransitions}));
  CHECK(close.method == "POST");
  CHECK(close.url == "https://j.example/rest/api/2/issue/P-1/transitions");
  CHECK(close.body == "{\"transition\":{\"id\":\"5\"}}\n");
  CHECK(result(next(team.only(), all_resolved(), {kOpen, kWritten, kTransitions, kWritten})).message_ref ==
        "P-1");
  const HttpRequest reopen = http(next(team.only(), many_alerts(1), {kDone, kWritten, kTransitions}));
  CHECK(reopen.url == "https://j.example/rest/api/2/issue/P-2/transitions");
  CHECK(reopen.body == "{\"transition\":{\"id\":\"7\"}}\n");
  // Already where it should be, or no transition wanted.
  CHECK(result(next(team.only(), many_alerts(1), {kOpen, kWritten})).outcome == Outcome::kDelivered);
  CHECK(result(next(team.only(), all_resolved(), {kDone, kWritten})).outcome == Outcome::kDelivered);
  CHECK(result(next(jira().only(), all_resolved(), {kOpen, kWritten})).outcome == Outcome::kDelivered);
}

TEST_CASE("a transition that does not exist is said") {
  const ReadReceiver team = jira(", resolve_transition: Finish");
  const DeliveryResult none = result(next(team.only(), all_resolved(), {kOpen, kWritten, kTransitions}));
  CHECK(none.outcome == Outcome::kRejected);
  CHECK(none.message == "the issue P-1 was updated, but has no transition named Finish");
}

TEST_CASE("labels, priority and fields reach Jira as configured") {
  const JsonValue fields = created(
      ", labels: [z, '{{ .Status }}', '{{ .CommonLabels.none }}'], priority: '', fields: {customfield_1: "
      "{value: "
      "'{{ .Status }}'}, n: '{{ len .Alerts }}', components: [{name: a}], bad: '{{ .Nope }}'}",
      many_alerts(2));
  CHECK(json_text(fields.find("labels")) == "[\"" + kLabel + "\",\"firing\",\"z\"]");
  CHECK(fields.find("priority").is_null());
  CHECK(fields.find("customfield_1").text("value") == "firing");
  CHECK(fields.integer("n") == 2);
  CHECK(json_text(fields.find("components")) == R"([{"name":"a"}])");
  CHECK(fields.find("bad").is_null());
}

TEST_CASE("a Jira summary and description are cut at their limits and not before") {
  struct Row {
    const char* key;
    std::size_t limit;
  };
  for (const Row& row : {Row{"summary", 255}, Row{"description", 32'767}}) {
    const auto text_of = [&](std::size_t length) {
      return created(", " + std::string(row.key) + ": '" + std::string(length, 'j') + "'", many_alerts(1))
          .text(row.key);
    };
    CHECK(text_of(row.limit) == std::string(row.limit, 'j'));
    CHECK(text_of(row.limit + 1) == std::string(row.limit - 1, 'j') + "…");
  }
}

TEST_CASE("version 3 of Jira's API gets a document, made of the text where that is none") {
  const auto description_of = [](const std::string& text) {
    const ReadReceiver team = read("jira_configs",
                                   "{api_url: 'https://j.example/rest/api/3/', project: P, "
                                   "issue_type: Bug, description: \"" +
                                       text + "\"}");
    const NextStep step = next(team.only(), many_alerts(1), {kNone});
    return std::pair(json_text(json(http(step).body).find("fields").find("description")),
                     std::get<BuiltRequest>(step).warning);
  };
  CHECK(description_of(R"({\"type\": \"doc\", \"version\": 1, \"content\": []})") ==
        std::pair<std::string, std::string>(R"({"content":[],"type":"doc","version":1})", ""));
  const auto [made, warning] = description_of("a\\n\\nb");
  CHECK(made == R"({"content":[{"content":[{"text":"a","type":"text"}],"type":"paragraph"},)"
                R"({"content":[{"text":"b","type":"text"}],"type":"paragraph"}],"type":"doc","version":1})");
  CHECK(warning.find("not a document") != std::string::npos);
  CHECK(description_of(" ").first == "null");
}

TEST_CASE("a failing template costs the wording of an issue; without project or type there is none") {
  const NextStep step =
      next(jira(", summary: '{{ .Nope }}', description: '{{ .Nope }}'").only(), many_alerts(2), {kNone});
  const JsonValue fields = json(http(step).body).find("fields");
  CHECK(fields.text("summary") == "[FIRING:2] Down");
  CHECK(fields.text("description").find("firing: Down (instance=host-0)") == 0);
  CHECK(std::get<BuiltRequest>(step).warning.find("summary failed") != std::string::npos);
  const std::string url = "{api_url: 'http://j', ";
  const ReadReceiver project = read("jira_configs", url + "project: '{{ .Nope }}', issue_type: Bug}");
  CHECK_FALSE(build(project.only(), many_alerts(1), templates()).has_value());
  const ReadReceiver type = read("jira_configs", url + "project: P, issue_type: '{{ .Nope }}'}");
  CHECK(result(next(type.only(), many_alerts(1), {kNone})).outcome == Outcome::kRejected);
}

TEST_CASE("what a Jira config cannot be is said with its place") {
  const std::string rest = ", project: P, issue_type: Bug";
  check_loading("jira_configs",
                 {{"{project: P, issue_type: Bug}", "{}", "there is no Jira URL"},
                  {"{api_url: 'http://j', issue_type: Bug}", "{}", "needs project"},
                  {"{api_url: 'http://j', project: P}", "{}", "needs issue_type"},
                  {"{api_url: j" + rest + "}", "{}", "api_url is not a URL"},
                  {"{project: P, issue_type: Bug}", "{jira_api_url: x}", "jira_api_url is not a URL"},
                  {kProject + ", api_type: server}", "{}", "must be auto, cloud or datacenter"},
                  {kProject + ", reopen_duration: 1.5h}", "{}", "reopen_duration"},
                  {kProject + ", fields: [a]}", "{}", "fields must be a mapping"},
                  {kProject + ", summary: {text: a}}", "{}", "text"},
                  {kProject + ", labels: {a: b}}", "{}", "labels"},
                  {kProject + ", custom_fields: {}}", "{}", "custom_fields"},
                  {"~", "{jira_api_url: 'http://j'}", "missing jira config"}});
  CHECK_FALSE(read("jira_configs", "{project: P, issue_type: Bug}", "{jira_api_url: 'http://j'}")
                  .problems.has_errors());
}

TEST_CASE("Jira's answers mean what they do everywhere, at each step") {
  const ReadReceiver team = jira(", resolve_transition: Close");
  check_common_answers(team.only(), answer(201, R"({"key":"P-1"})"));
  const std::vector<OutboundAnswer> steps = {kOpen, kWritten, kTransitions, kWritten};
  for (std::size_t step = 0; step < steps.size(); ++step) {
    CAPTURE(step);
    std::vector<OutboundAnswer> so_far(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(step));
    so_far.push_back(answer(429, "", {{"retry-after", "3"}}));
    const DeliveryResult limited = result(next(team.only(), all_resolved(), so_far));
    CHECK(limited.outcome == Outcome::kFailed);
    CHECK(limited.retry_after == std::chrono::seconds(3));
    so_far.back().result = TransportResult::kTimedOut;
    CHECK(result(next(team.only(), all_resolved(), so_far)).outcome == Outcome::kFailed);
  }
  const DeliveryResult refused =
      result(next(team.only(), many_alerts(1),
                  {kNone, answer(400, R"({"errorMessages":["no"],"errors":{"priority":"unknown"}})")}));
  CHECK(refused.outcome == Outcome::kRejected);
  CHECK(refused.message == "writing the issue: HTTP 400: no; priority: unknown");
  CHECK(result(next(team.only(), many_alerts(1), {answer(200, "<html>")})).outcome == Outcome::kFailed);
  CHECK(result(next(team.only(), all_resolved(), {kOpen, kWritten, answer(200, "{}")})).outcome ==
        Outcome::kFailed);
}

}  // namespace tocsin
