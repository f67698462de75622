#include "app/api_rules.h"

#include <doctest/doctest.h>

#include <limits>

#include "tests/support/fake_api_backend.h"

using namespace tocsin;

namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

Rule alerting(std::string name, std::map<std::string, std::string> labels = {}) {
  Rule rule;
  rule.name = std::move(name);
  rule.expression = "up == 0";
  rule.hold_for = minutes(5);
  rule.labels = std::move(labels);
  return rule;
}

Rule recording(std::string name) {
  Rule rule = alerting(std::move(name));
  rule.kind = Rule::Kind::kRecording;
  return rule;
}

RuleGroupSnapshot group(std::string file, std::string name, std::vector<Rule> rules,
                        std::string server = "main") {
  RuleGroupSnapshot snapshot;
  RuleGroup read;
  read.file = std::move(file);
  read.name = std::move(name);
  snapshot.rules.resize(rules.size());
  read.rules = std::move(rules);
  snapshot.id = server + ";" + read.file + ";" + read.name;
  snapshot.server = std::move(server);
  snapshot.group = std::make_shared<const RuleGroup>(std::move(read));
  snapshot.interval = minutes(1);
  return snapshot;
}

Instance instance(Instance::State state, double value) {
  Instance made;
  made.state = state;
  made.labels = {{"alertname", "Down"}, {"job", "db"}};
  made.annotations = {{"summary", "db is down"}};
  made.value = value;
  made.active_at = kApiNow - minutes(7) - milliseconds(500);
  return made;
}

// Groups a;first (Down, Slow, rec), a;second (Full), b;first (Up) and the same file and group of another
// server.
FakeApiBackend four_groups() {
  FakeApiBackend backend;
  backend.rules_snapshot.groups = {
      group("a.yml", "first",
            {alerting("Down", {{"severity", "page"}}), alerting("Slow", {{"team", "{{ $labels.team }}"}}),
             recording("job:up:sum")}),
      group("a.yml", "second", {alerting("Full", {{"severity", "mail"}})}),
      group("b.yml", "first", {alerting("Up")}, "eu"),
      group("b.yml", "first", {alerting("Up")}, "us"),
  };
  return backend;
}

// "first:Down,Slow first:Up": the groups and rules that an answer lists.
std::string listed(const HttpAnswer& answer) {
  std::string text;
  const JsonValue json = json_of(answer);
  for (const JsonValue& found : json.find("data").find("groups").array()) {
    text += (text.empty() ? "" : " ") + found.text("name") + ":";
    std::string names;
    for (const JsonValue& rule : found.find("rules").array()) {
      names += (names.empty() ? "" : ",") + rule.text("name");
    }
    text += names;
  }
  return text;
}

}  // namespace

TEST_CASE("rules are written as Prometheus writes them") {
  FakeApiBackend backend;
  Rule down = alerting("Down", {{"severity", "page"}});
  down.annotations = {{"summary", "{{ $labels.job }} is down"}};
  RuleGroupSnapshot shown = group("a.yml", "g", {down, recording("job:up:sum")});
  shown.last_evaluation = kApiNow;
  shown.evaluation_took = milliseconds(2);
  shown.rules[0].last_evaluation = kApiNow;
  shown.rules[0].evaluation_took = milliseconds(1);
  shown.rules[0].instances = {instance(Instance::State::kFiring, 1500)};
  shown.rules[0].instances[0].keep_firing_since = kApiNow;
  shown.rules[1].last_evaluation = kApiNow;
  shown.rules[1].last_error = "no such function";
  backend.rules_snapshot.groups = {shown};
  CHECK(
      ask(backend, "GET", "/api/v1/rules").body ==
      R"({"status":"success","data":{"groups":[{"name":"g","file":"a.yml","server":"main","rules":[)"
      R"({"state":"firing","name":"Down","query":"up == 0","duration":300,"keepFiringFor":0,)"
      R"("labels":{"severity":"page"},"annotations":{"summary":"{{ $labels.job }} is down"},"alerts":[)"
      R"({"labels":{"alertname":"Down","job":"db"},"annotations":{"summary":"db is down"},"state":"firing",)"
      R"("activeAt":"2026-01-02T02:57:04.5Z","keepFiringSince":"2026-01-02T03:04:05Z","value":"1.5e+03"}],)"
      R"("health":"ok","evaluationTime":0.001,"lastEvaluation":"2026-01-02T03:04:05Z","type":"alerting"},)"
      R"({"name":"job:up:sum","query":"up == 0","labels":{},"health":"err","lastError":"no such function",)"
      R"("evaluationTime":0,"lastEvaluation":"2026-01-02T03:04:05Z","type":"recording"}],)"
      R"("interval":60,"limit":0,"evaluationTime":0.002,"lastEvaluation":"2026-01-02T03:04:05Z"}]}})");
}

TEST_CASE("a rule is in the highest state of its instances") {
  using State = Instance::State;
  struct Row {
    std::vector<State> instances;
    bool evaluated;
    std::string_view state;
    std::string_view health;
  };
  for (const Row& row : {Row{{}, false, "unknown", "unknown"}, Row{{}, true, "inactive", "ok"},
                         Row{{State::kPending}, true, "pending", "ok"},
                         Row{{State::kPending, State::kFiring, State::kPending}, true, "firing", "ok"},
                         Row{{State::kFiring}, false, "firing", "unknown"}}) {
    FakeApiBackend backend;
    backend.rules_snapshot.groups = {group("a", "g", {alerting("A")})};
    RuleSnapshot& rule = backend.rules_snapshot.groups[0].rules[0];
    for (const State state : row.instances) rule.instances.push_back(instance(state, 1));
    if (row.evaluated) rule.last_evaluation = kApiNow;
    const JsonValue json = json_of(ask(backend, "GET", "/api/v1/rules"));
    const JsonValue& shown = json.find("data").find("groups").array()[0].find("rules").array()[0];
    CHECK(shown.text("state") == row.state);
    CHECK(shown.text("health") == row.health);
    CHECK(shown.find("alerts").array().size() == row.instances.size());
    if (!row.evaluated) CHECK(shown.text("lastEvaluation") == "0001-01-01T00:00:00Z");
  }
}

TEST_CASE("parameters choose rules, and groups left without any are not listed") {
  struct Row {
    std::string_view query;
    std::string_view listed;
  };
  for (const Row& row : {
           Row{"", "first:Down,Slow,job:up:sum second:Full first:Up first:Up"},
           Row{"type=alert", "first:Down,Slow second:Full first:Up first:Up"},
           Row{"type=RECORD", "first:job:up:sum"},
           Row{"rule_name[]=Down&rule_name[]=Full", "first:Down second:Full"},
           Row{"rule_group[]=second", "second:Full"},
           Row{"file[]=b.yml", "first:Up first:Up"},
           Row{"rule_group[]=first&file[]=a.yml&type=alert", "first:Down,Slow"},
           Row{"rule_name[]=Down&file[]=b.yml", ""},
           Row{"match[]=%7Bseverity%3D%22page%22%7D", "first:Down"},
           Row{"match[]=%7Bseverity%3D~%22.%2B%22%7D", "first:Down second:Full"},
           Row{"match[]=%7Bseverity%3D%22page%22%7D&match[]=%7Bseverity%3D%22mail%22%7D",
               "first:Down second:Full"},
           Row{"match[]=%7Bteam%3D~%22.*labels.*%22%2Cteam!%3D%22%22%7D", "first:Slow"},
           Row{"match[]=%7Bnot%3D%22there%22%7D", ""},
           Row{"group_limit=2", "first:Down,Slow,job:up:sum second:Full"},
           Row{"group_limit=9", "first:Down,Slow,job:up:sum second:Full first:Up first:Up"},
       }) {
    CAPTURE(row.query);
    FakeApiBackend backend = four_groups();
    const HttpAnswer answer = ask(backend, "GET", "/api/v1/rules?" + std::string(row.query));
    CHECK(answer.status == 200);
    CHECK(listed(answer) == row.listed);
  }
}

TEST_CASE("bad parameters of rules are refused as Prometheus refuses them") {
  struct Row {
    std::string_view query;
    std::string_view error;  // how it begins
  };
  for (const Row& row : {
           Row{"type=x", R"(invalid parameter "type": not supported value "x")"},
           Row{"match[]=%7B", R"(invalid parameter "match[]": )"},
           Row{"match[]=%7B%7D", R"(invalid parameter "match[]": a selector must contain)"},
           Row{"match[]=%7Ba%3D~%22.*%22%7D", R"(invalid parameter "match[]": a selector must contain)"},
           Row{"exclude_alerts=maybe",
               R"(invalid parameter "exclude_alerts": "maybe" is neither true nor false)"},
           Row{"group_limit=0", R"(invalid parameter "group_limit": "0" is not a whole number above 0)"},
           Row{"group_limit=-1", R"(invalid parameter "group_limit": )"},
           Row{"group_limit=2x", R"(invalid parameter "group_limit": )"},
           Row{"group_next_token=abc", R"(invalid parameter "group_limit": required)"},
           Row{"group_limit=1&group_next_token=abc",
               R"(invalid parameter "group_next_token": no group has this token)"},
       }) {
    CAPTURE(row.query);
    FakeApiBackend backend = four_groups();
    const HttpAnswer answer = ask(backend, "GET", "/api/v1/rules?" + std::string(row.query));
    CHECK(answer.status == 400);
    CHECK(json_of(answer).text("status") == "error");
    CHECK(json_of(answer).text("errorType") == "bad_data");
    CHECK_MESSAGE(json_of(answer).text("error").starts_with(row.error), json_of(answer).text("error"));
  }
}

TEST_CASE("pages follow one another until the last, over groups of one name on two servers as well") {
  FakeApiBackend backend = four_groups();
  std::string seen;
  std::string token;
  int pages = 0;
  do {
    std::string target = "/api/v1/rules?type=alert&group_limit=1";
    if (!token.empty()) target += "&group_next_token=" + token;
    const HttpAnswer answer = ask(backend, "GET", target);
    seen += listed(answer) + ";";
    token = json_of(answer).find("data").text("groupNextToken");
    CHECK((token.empty() || token.size() == 64));
  } while (!token.empty() && ++pages < 10);
  CHECK(seen == "first:Down,Slow;second:Full;first:Up;first:Up;");
  // A page that ends where only groups without rules of this type follow is the last.
  const HttpAnswer records = ask(backend, "GET", "/api/v1/rules?type=record&group_limit=1");
  CHECK(json_of(records).find("data").find("groupNextToken").is_null());
}

TEST_CASE("alerts can be left out: null instead of an empty list") {
  FakeApiBackend backend = four_groups();
  const auto alerts = [&](const char* target) {
    const JsonValue json = json_of(ask(backend, "GET", target));
    return json.find("data").find("groups").array()[0].find("rules").array()[0].find("alerts").kind();
  };
  CHECK(alerts("/api/v1/rules") == JsonValue::Kind::kArray);
  CHECK(alerts("/api/v1/rules?exclude_alerts=true") == JsonValue::Kind::kNull);
  CHECK(alerts("/api/v1/rules?exclude_alerts=0") == JsonValue::Kind::kArray);
}

TEST_CASE("alerts of all rules come as one list, with values as Go prints them") {
  struct Row {
    double value;
    std::string_view text;
  };
  const std::vector<Row> rows = {{0, "0e+00"},
                                 {1, "1e+00"},
                                 {-1500, "-1.5e+03"},
                                 {0.1, "1e-01"},
                                 {1e100, "1e+100"},
                                 {std::numeric_limits<double>::quiet_NaN(), "NaN"},
                                 {std::numeric_limits<double>::infinity(), "+Inf"},
                                 {-std::numeric_limits<double>::infinity(), "-Inf"}};
  FakeApiBackend backend = four_groups();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto& groups = backend.rules_snapshot.groups;
    groups[i * groups.size() / rows.size()].rules[0].instances.push_back(
        instance(Instance::State::kPending, rows[i].value));
  }
  const JsonValue json = json_of(ask(backend, "GET", "/api/v1/alerts"));
  CHECK(json.text("status") == "success");
  const auto& alerts = json.find("data").find("alerts").array();
  REQUIRE(alerts.size() == rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CHECK(alerts[i].text("value") == rows[i].text);
    CHECK(alerts[i].text("state") == "pending");
    CHECK(alerts[i].find("keepFiringSince").is_null());
  }
}
