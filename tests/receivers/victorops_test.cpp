#include "receivers/victorops.h"

#include "receivers/sha256.h"
#include "receivers/text_limits.h"
#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;

namespace {
HttpRequest request_of(const std::string& more, const Notification& what, const std::string& global = "{}") {
  const ReadReceiver team = read("victorops_configs", "{routing_key: ops" + more + "}", global);
  CHECK_MESSAGE(!team.problems.has_errors(), team.problems.to_string());
  return http(build(team.only(), what, templates()));
}
}  // namespace

TEST_CASE("a firing group is critical at VictorOps, with the default wording") {
  const HttpRequest request = request_of(", api_key: secret", sample());
  CHECK(request.method == "POST");
  CHECK(request.url == "https://alert.victorops.com/integrations/generic/20131114/alert/secret/ops");
  CHECK(
      request.body ==
      R"-({"entity_display_name":"[FIRING:1] Down (critical)","entity_id":")-" +
          sha256_hex("{}:{alertname=\"Down\"}") +
          R"-(","message_type":"CRITICAL","monitoring_tool":"Alertmanager","state_message":)-"
          R"-("It is\nAlerts Firing:\nLabels:\n - alertname = Down\n - job = api\n - severity = critical\n)-"
          R"-(Annotations:\n - runbook = http://r\n - summary = It is\n)-"
          R"-(Source: http://prometheus:9090/graph?g0.expr=up\u0026g0.tab=1\n\nAlerts Resolved:\nLabels:\n)-"
          R"-( - alertname = Down\n - job = db\n - severity = critical\nAnnotations:\n - summary = It is\n)-"
          R"-(Source: http://prometheus:9090/graph?g0.expr=b\n"})-"
          "\n");
}

TEST_CASE("a resolved group recovers at VictorOps whatever its message type") {
  CHECK(json(request_of(", api_key: k, message_type: INFO", all_resolved()).body).text("message_type") ==
        "RECOVERY");
}

TEST_CASE("a message type that VictorOps does not know becomes CRITICAL") {
  const auto type_of = [](const std::string& type) {
    return json(request_of(", api_key: k, message_type: '" + type + "'", many_alerts(1)).body)
        .text("message_type");
  };
  CHECK(type_of("INFO") == "INFO");
  CHECK(type_of("{{ \"WARNING\" }}") == "WARNING");
  CHECK(type_of("critical") == "CRITICAL");
  CHECK(type_of("RECOVERY") == "CRITICAL");
  CHECK(type_of("{{ .Nope }}") == "CRITICAL");
}

TEST_CASE("a VictorOps state message is cut at 20480 characters and not before") {
  const auto length_of = [](std::size_t length) {
    const std::string text = ", api_key: k, state_message: '" + std::string(length, 's') + "'";
    return json(request_of(text, many_alerts(1)).body).text("state_message");
  };
  CHECK(length_of(20'480) == std::string(20'480, 's'));
  CHECK(length_of(20'481) == std::string(20'479, 's') + "…");
}

TEST_CASE("VictorOps' routing key and custom fields are templates, its key may be a file or global") {
  const ReadReceiver routed =
      read("victorops_configs", "{routing_key: 'a/{{ .Status }} ?'}", "{victorops_api_key: g}");
  CHECK(http(build(routed.only(), many_alerts(1), templates())).url ==
        "https://alert.victorops.com/integrations/generic/20131114/alert/g/a/firing%20%3F");
  CHECK(request_of(", api_key_file: key", many_alerts(1), "{victorops_api_key: g}")
            .url.ends_with("key-from-file/ops"));
  CHECK(
      request_of("", many_alerts(1), "{victorops_api_key_file: key, victorops_api_url: 'http://v/x'}").url ==
      "http://v/x/key-from-file/ops");
  const JsonValue body = json(
      request_of(", api_key: k, custom_fields: {host: '{{ .CommonLabels.instance }}', bad: '{{ .Nope }}'}",
                 many_alerts(1))
          .body);
  CHECK(body.text("host") == "host-0");
  CHECK(body.text("bad") == "(this template failed)");
  const ReadReceiver nowhere = read("victorops_configs", "{api_key: k, routing_key: '{{ .Nope }}'}");
  CHECK_FALSE(build(nowhere.only(), many_alerts(1), templates()).has_value());
}

TEST_CASE("what a VictorOps config cannot be is said with its place") {
  std::vector<LoadCheck> mistakes = {
      {"{routing_key: r}", "{}", "there is no VictorOps API key"},
      {"{api_key: k}", "{}", "needs routing_key"},
      {"~", "{}", "missing victorops config"},
      {"{routing_key: r, api_key: k, api_key_file: f}", "{}", "api_key"},
      {"{routing_key: r}", "{victorops_api_key: k, victorops_api_key_file: f}", "victorops_api_key"},
      {"{routing_key: r, api_key: k, api_url: x}", "{}", "api_url is not a URL"},
      {"{routing_key: r}", "{victorops_api_key: k, victorops_api_url: x}", "victorops_api_url is not a URL"},
      {"{routing_key: r, api_key: k, team: t}", "{}", "team"}};
  for (const char* reserved : {"routing_key", "message_type", "state_message", "entity_display_name",
                               "monitoring_tool", "entity_id", "entity_state"}) {
    mistakes.push_back({"{routing_key: r, api_key: k, custom_fields: {" + std::string(reserved) + ": x}}",
                        "{}", "the custom field " + std::string(reserved)});
  }
  check_loading("victorops_configs", mistakes);
}

TEST_CASE("VictorOps' answers mean what they do everywhere") {
  const ReadReceiver team = read("victorops_configs", "{routing_key: r, api_key: k}");
  check_common_answers(team.only(), answer(200, R"({"result":"success","entity_id":"x"})"));
}

}  // namespace tocsin
