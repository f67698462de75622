#include "receivers/opsgenie.h"

#include "receivers/sha256.h"
#include "receivers/text_limits.h"
#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;
using Outcome = DeliveryResult::Outcome;

namespace {
const std::string kAlias = sha256_hex("{}:{alertname=\"Down\"}");

HttpRequest request_of(const std::string& block, const Notification& what, const std::string& global = "{}") {
  const ReadReceiver team = read("opsgenie_configs", block, global);
  CHECK_MESSAGE(!team.problems.has_errors(), team.problems.to_string());
  return http(build(team.only(), what, templates()));
}

std::string authorization_of(const HttpRequest& request) {
  for (const auto& [name, value] : request.headers) {
    if (name == "Authorization") return value;
  }
  return "";
}
}  // namespace

TEST_CASE("a firing group creates an Opsgenie alert with the default wording") {
  const HttpRequest request = request_of("{api_key: k}", sample());
  CHECK(request.method == "POST");
  CHECK(request.url == "https://api.opsgenie.com/v2/alerts");
  CHECK(authorization_of(request) == "GenieKey k");
  CHECK(
      request.body ==
      R"-({"alias":")-" + kAlias +
          R"-(","message":"[FIRING:1] Down (critical)","description":"It is\nAlerts Firing:\nLabels:\n)-"
          R"-( - alertname = Down\n - job = api\n - severity = critical\nAnnotations:\n - runbook = http://r\n)-"
          R"-( - summary = It is\nSource: http://prometheus:9090/graph?g0.expr=up\u0026g0.tab=1\n\n)-"
          R"-(Alerts Resolved:\nLabels:\n - alertname = Down\n - job = db\n - severity = critical\n)-"
          R"-(Annotations:\n - summary = It is\nSource: http://prometheus:9090/graph?g0.expr=b\n",)-"
          R"-("details":{"alertname":"Down","severity":"critical"},)-"
          R"-("source":"http://tocsin:9093/#/alerts?receiver=team"})-"
          "\n");
}

TEST_CASE("a resolved group closes the Opsgenie alert by its alias") {
  const HttpRequest request = request_of("{api_key: k, api_url: 'https://eu.example/og'}", all_resolved());
  CHECK(request.method == "POST");
  CHECK(request.url == "https://eu.example/og/v2/alerts/" + kAlias + "/close?identifierType=alias");
  CHECK(request.body == "{\"source\":\"http://tocsin:9093/#/alerts?receiver=team\"}\n");
}

TEST_CASE("an Opsgenie message is cut at 130 characters and not before") {
  const auto message_of = [](std::size_t length) {
    const std::string block = "{api_key: k, message: '" + std::string(length, 'm') + "'}";
    return json(request_of(block, many_alerts(1)).body).text("message");
  };
  CHECK(message_of(130) == std::string(130, 'm'));
  CHECK(message_of(131) == std::string(129, 'm') + "…");
}

TEST_CASE("lists, details and responders reach Opsgenie as configured") {
  const JsonValue body =
      json(request_of(
               "{api_key: k, tags: ' a,,{{ .Status }} ', actions: 'x,y', note: n, priority: P1, entity: e, "
               "details: {alertname: mine, 'n': '{{ len .Alerts }}'}, responders: ["
               "{name: 'db, web', type: TEAMS}, {username: u, type: user}, {id: '{{ .CommonLabels.none }}', "
               "type: '{{ .CommonLabels.none }}'}, {id: '1', type: '{{ \"schedule\" }}'}]}",
               many_alerts(1))
               .body);
  CHECK(json_text(body.find("tags")) == R"(["a","firing"])");
  CHECK(json_text(body.find("actions")) == R"(["x","y"])");
  CHECK(body.text("note") == "n");
  CHECK(body.text("priority") == "P1");
  CHECK(body.text("entity") == "e");
  CHECK(json_text(body.find("details")) == R"({"alertname":"mine","instance":"host-0","n":"1"})");
  CHECK(json_text(body.find("responders")) ==
        R"([{"name":"db","type":"team"},{"name":" web","type":"team"},{"username":"u","type":"user"},)"
        R"({"id":"1","type":"schedule"}])");
}

TEST_CASE("with update_alerts message and description of an open Opsgenie alert follow, one by one") {
  const ReadReceiver team =
      read("opsgenie_configs", "{api_key: k, update_alerts: true, description: d, message: m}");
  CHECK(team.only().takes_several_requests());
  const HttpRequest message = http(next(team.only(), many_alerts(1), {answer(202)}));
  CHECK(message.method == "PUT");
  CHECK(message.url == "https://api.opsgenie.com/v2/alerts/" + kAlias + "/message?identifierType=alias");
  CHECK(message.body == "{\"message\":\"m\"}\n");
  CHECK(authorization_of(message) == "GenieKey k");
  const HttpRequest description = http(next(team.only(), many_alerts(1), {answer(202), answer(202)}));
  CHECK(description.url ==
        "https://api.opsgenie.com/v2/alerts/" + kAlias + "/description?identifierType=alias");
  CHECK(description.body == "{\"description\":\"d\"}\n");
  const DeliveryResult done =
      result(next(team.only(), many_alerts(1), {answer(202), answer(202), answer(202)}));
  CHECK(done.outcome == Outcome::kDelivered);
  CHECK(done.message_ref == kAlias);
  CHECK(result(next(team.only(), all_resolved(), {answer(202)})).outcome == Outcome::kDelivered);
  CHECK(result(next(team.only(), many_alerts(1), {answer(503)})).outcome == Outcome::kFailed);
  const DeliveryResult half = result(next(team.only(), many_alerts(1), {answer(202), answer(422)}));
  CHECK(half.outcome == Outcome::kRejected);
  CHECK(half.message.find("its update was not") != std::string::npos);
  CHECK_FALSE(read("opsgenie_configs", "{api_key: k}").only().takes_several_requests());
}

TEST_CASE("an Opsgenie key of the receiver wins over the global one, inline or by file") {
  const auto key_of = [](const std::string& block, const std::string& global) {
    return authorization_of(request_of(block, many_alerts(1), global));
  };
  CHECK(key_of("{}", "{opsgenie_api_key: g}") == "GenieKey g");
  CHECK(key_of("{api_key_file: key}", "{opsgenie_api_key: g}") == "GenieKey key-from-file");
  CHECK(key_of("{api_key: '{{ .Status }}'}", "{opsgenie_api_key_file: key}") == "GenieKey firing");
  CHECK(request_of("{}", many_alerts(1), "{opsgenie_api_key: g, opsgenie_api_url: 'http://og/'}").url ==
        "http://og/v2/alerts");
}

TEST_CASE("a failing template costs the wording of an Opsgenie alert, not the alert") {
  const ReadReceiver team = read("opsgenie_configs",
                                 "{api_key: k, message: '{{ .Nope }}', description: '{{ .Nope }}', "
                                 "details: {x: '{{ .Nope }}'}}");
  const auto built = build(team.only(), many_alerts(2), templates());
  const JsonValue body = json(http(built).body);
  CHECK(body.text("message") == "[FIRING:2] Down");
  CHECK(body.text("description").find("firing: Down (instance=host-0)") == 0);
  CHECK(body.find("details").text("x") == "(this template failed)");
  CHECK(built->warning.find("details.x failed") != std::string::npos);
}

TEST_CASE("what an Opsgenie config cannot be is said with its place") {
  check_loading("opsgenie_configs",
                 {{"{}", "{}", "there is no Opsgenie API key"},
                  {"~", "{opsgenie_api_key: k}", "missing opsgenie config"},
                  {"{api_key: k, api_key_file: f}", "{}", "api_key"},
                  {"{}", "{opsgenie_api_key: k, opsgenie_api_key_file: f}", "opsgenie_api_key"},
                  {"{}", "{opsgenie_api_key: k, opsgenie_api_url: x}", "opsgenie_api_url is not a URL"},
                  {"{api_key: k, api_url: 'ftp://h'}", "{}", "api_url must begin with"},
                  {"{api_key: k, responders: [{type: team}]}", "{}", "needs one of id, name and username"},
                  {"{api_key: k, responders: [{name: n}]}", "{}", "must be team, teams, user"},
                  {"{api_key: k, responders: [{name: n, type: group}]}", "{}", "must be team, teams, user"},
                  {"{api_key: k, responders: [~]}", "{}", "this Opsgenie responder is empty"},
                  {"{api_key: k, responders: [{name: n, type: user, role: x}]}", "{}", "role"},
                  {"{api_key: k, details: [a]}", "{}", "details must be a mapping"},
                  {"{api_key: k, teams: a}", "{}", "teams"}});
}

TEST_CASE("Opsgenie's answers mean what they do everywhere") {
  const ReadReceiver team = read("opsgenie_configs", "{api_key: k}");
  check_common_answers(team.only(), answer(202, R"({"result":"Request will be processed"})"));
}

}  // namespace tocsin
