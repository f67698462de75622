#include "receivers/webex.h"

#include "receivers/text_limits.h"
#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;
using Outcome = DeliveryResult::Outcome;

namespace {
const std::string kRoom = "room_id: R1, http_config: {authorization: {credentials: bot}}";

Result<BuiltRequest> built_with(const std::string& block, const Notification& what = many_alerts(1),
                                const std::string& global = "{}") {
  const ReadReceiver team = read("webex_configs", block, global);
  CHECK_MESSAGE(!team.problems.has_errors(), team.problems.to_string());
  return build(team.only(), what, templates());
}
}  // namespace

TEST_CASE("Webex gets Alertmanager's bytes") {
  CHECK(read("webex_configs", "{" + kRoom + "}").only().wants_resolved());
  const HttpRequest request = http(built_with("{" + kRoom + "}", golden_notification()));
  CHECK(request.url == "https://webexapis.com/v1/messages");
  CHECK(request.config->authorization->credentials.text == "bot");
  CHECK(request.body ==
        R"({"markdown":"r\n\nAlerts Firing:\nLabels:\n - alertname = Down\n - cluster = eu\n - job = a\n)"
        R"(Annotations:\n - runbook = r\n - summary = x \u003c y \u0026 \"z\"\n)"
        R"(Source: http://prometheus:9090/graph?g0.expr=up\u0026g0.tab=1\n\n\n\nAlerts Resolved:\nLabels:\n)"
        R"( - alertname = Down\n - cluster = eu\n - job = b\nAnnotations:\n - runbook = r\n)"
        R"(Source: http://prometheus:9090/graph?g0.expr=up\u0026g0.tab=1\n\n\n","roomId":"R1"})"
        "\n");
  CHECK(http(built_with("{room_id: '{{ .CommonLabels.cluster }}', message: '{{ .Status }}', "
                        "http_config: {bearer_token: b}}",
                        golden_resolved()))
            .body == "{\"markdown\":\"resolved\",\"roomId\":\"eu\"}\n");
  CHECK(http(built_with("{" + kRoom + "}", many_alerts(1), "{webex_api_url: 'http://g'}")).url == "http://g");
  CHECK(
      http(built_with("{" + kRoom + ", api_url: 'http://l'}", many_alerts(1), "{webex_api_url: 'http://g'}"))
          .url == "http://l");
}

TEST_CASE("a Webex message is cut at 7439 bytes, between characters, and not before") {
  const auto message_of = [](const std::string& text) {
    return json(http(built_with("{" + kRoom + ", message: '" + text + "'}")).body).text("markdown");
  };
  CHECK(message_of(std::string(7439, 'm')) == std::string(7439, 'm'));
  CHECK(message_of(std::string(7440, 'm')) == std::string(7436, 'm') + "…");
  std::string umlauts;
  for (int i = 0; i < 3720; ++i) umlauts += "ä";
  CHECK(message_of(umlauts).size() == 7439);
  CHECK(message_of("x" + umlauts).size() == 7438);
  CHECK(message_of("x" + umlauts).ends_with("ä…"));
}

TEST_CASE("without a room Webex is told nothing") {
  CHECK(built_with("{room_id: '{{ .CommonLabels.room }}', http_config: {authorization: {credentials: b}}}")
            .error()
            .message == "room_id is empty");
  CHECK_FALSE(
      built_with("{room_id: '{{ .Nope }}', http_config: {authorization: {credentials: b}}}").has_value());
}

TEST_CASE("a webex block is checked as Alertmanager checks it") {
  const std::string global = "{http_config: {authorization: {credentials: c}}}";
  check_loading("webex_configs",
                {{"{http_config: {authorization: {credentials: c}}}", "{}", "a webex config needs room_id"},
                 {"{room_id: r}", "{}", "needs an authorization in its own http_config"},
                 {"{room_id: r}", global, "needs an authorization in its own http_config"},
                 {"{room_id: r, http_config: {follow_redirects: true}}", global, "needs an authorization"},
                 {"{room_id: r, http_config: {basic_auth: {username: u, password: p}}}", "{}",
                  "needs an authorization"},
                 {"~", global, "missing webex config"},
                 {"{" + kRoom + ", api_url: x}", "{}", "api_url is not a URL"},
                 {"{" + kRoom + "}", "{webex_api_url: x}", "webex_api_url is not a URL"},
                 {"{" + kRoom + ", text: x}", "{}", "text"},
                 {"{room_id: r, http_config: {authorization: {credentials_file: f}}}", "{}", ""},
                 {"{room_id: r, http_config: {bearer_token_file: f}}", "{}", ""}});
}

TEST_CASE("a failing template costs Webex's wording, not the page") {
  const auto built = built_with("{" + kRoom + ", message: '{{ .Nope }}'}");
  const std::string message = json(http(built).body).text("markdown");
  CHECK(message.find("[FIRING:1] Down (host-0)\n\nfiring: Down") == 0);
  CHECK(message.find("Tocsin: the template of message failed") != std::string::npos);
}

TEST_CASE("Webex's answers are judged by their status") {
  std::vector<AnswerRow> rows = common_answers();
  rows.push_back({answer(200, "{}"), Outcome::kDelivered, ""});
  check_answers(read("webex_configs", "{" + kRoom + "}").only(), rows);
}

}  // namespace tocsin
