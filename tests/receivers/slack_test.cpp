#include "receivers/slack.h"

#include "receivers/text_limits.h"
#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;
using Outcome = DeliveryResult::Outcome;

namespace {
JsonValue body_of(const ReadReceiver& team, const Notification& what, const std::string& file = "") {
  return json(http(build(team.only(), what, templates(file))).body);
}
JsonValue attachment_of(const JsonValue& body) {
  return body.find("attachments").array().at(0);
}
}  // namespace

TEST_CASE("Slack's default message shows each alert's summary, its own labels and its link") {
  const ReadReceiver team = read("slack_configs", "{api_url: 'https://hooks.slack.com/x', channel: '#ops'}");
  const Notification what =
      notification({firing({{"alertname", "Down"}, {"cluster", "eu"}, {"instance", "a<1>"}},
                           {{"summary", "It is & down"}}),
                    resolved({{"alertname", "Down"}, {"cluster", "eu"}, {"instance", "b"}},
                             {{"description", "was down"}})});
  const JsonValue body = body_of(team, what);
  CHECK(body.text("channel") == "#ops");
  CHECK(body.text("username") == "Alertmanager");
  const JsonValue attachment = attachment_of(body);
  CHECK(attachment.text("title") == "[FIRING:1] Down (eu)");
  CHECK(
      attachment.text("text") ==
      "It is &amp; down (instance=a&lt;1&gt;) <http://prometheus:9090/graph?g0.expr=up&amp;g0.tab=1|source>\n"
      "resolved: was down (instance=b) <http://prometheus:9090/graph?g0.expr=up&amp;g0.tab=1|source>");
  CHECK(attachment.text("color") == "danger");
  CHECK(attachment.text("fallback") == "[FIRING:1] Down (eu) | http://tocsin:9093/#/alerts?receiver=team");
  CHECK(attachment.find("mrkdwn_in").array().size() == 3);
  CHECK(attachment.find("footer").kind() == JsonValue::Kind::kString);
}

TEST_CASE("Slack's default text shows ten alerts and counts the rest") {
  const ReadReceiver team = read("slack_configs", "{api_url: 'https://hooks.slack.com/x'}");
  const std::string ten = attachment_of(body_of(team, many_alerts(10))).text("text");
  CHECK(ten.find("more") == std::string::npos);
  const std::string text = attachment_of(body_of(team, many_alerts(12))).text("text");
  CHECK(text.find("host-9") != std::string::npos);
  CHECK(text.find("host-10") == std::string::npos);
  CHECK(text.ends_with("\n… 2 more"));
}

TEST_CASE("a Slack title is cut at 1024 characters and not before") {
  const std::string kept = "{api_url: 'https://hooks.slack.com/x', title: '" + std::string(1024, 't') + "'}";
  CHECK(attachment_of(body_of(read("slack_configs", kept), many_alerts(1))).text("title") ==
        std::string(1024, 't'));
  const std::string longer =
      "{api_url: 'https://hooks.slack.com/x', title: '" + std::string(1025, 't') + "'}";
  const std::string cut = attachment_of(body_of(read("slack_configs", longer), many_alerts(1))).text("title");
  CHECK(count_runes(cut) == 1024);
  CHECK(cut.ends_with("t…"));
}

TEST_CASE("fields, actions and flags reach Slack as configured") {
  const ReadReceiver team =
      read("slack_configs",
           "{api_url: 'https://hooks.slack.com/x', link_names: true, short_fields: true, message_text: 'hi', "
           "mrkdwn_in: [text], "
           "fields: [{title: T, value: '{{ .Status }}'}, {title: U, value: v, short: false}], "
           "actions: [{type: button, text: Go, url: 'http://x', name: n, confirm: {text: sure}}, "
           "{type: button, text: Ack, name: ack, value: '1', confirm: {text: 'Sure?', ok_text: 'Yes'}}]}");
  CHECK_MESSAGE(!team.problems.has_errors(), team.problems.to_string());
  const JsonValue body = body_of(team, many_alerts(1));
  CHECK(body.boolean("link_names"));
  CHECK(body.text("text") == "hi");
  const JsonValue attachment = attachment_of(body);
  CHECK(attachment.find("fields").array().at(0).text("value") == "firing");
  CHECK(attachment.find("fields").array().at(0).boolean("short"));
  CHECK_FALSE(attachment.find("fields").array().at(1).boolean("short"));
  const auto& actions = attachment.find("actions").array();
  CHECK(actions.at(0).text("url") == "http://x");
  CHECK(actions.at(0).text("name").empty());
  CHECK(actions.at(0).find("confirm").is_null());
  CHECK(actions.at(1).find("confirm").text("ok_text") == "Yes");
}

TEST_CASE("with an app token Slack gets chat.postMessage with a bearer token") {
  const ReadReceiver team = read("slack_configs", "{app_token: xoxb-1, channel: C1}");
  CHECK_MESSAGE(!team.problems.has_errors(), team.problems.to_string());
  const HttpRequest request = http(build(team.only(), many_alerts(1), templates()));
  CHECK(request.url == "https://slack.com/api/chat.postMessage");
  REQUIRE(request.config->authorization.has_value());
  CHECK(request.config->authorization->type == "Bearer");
  CHECK(request.config->authorization->credentials.text == "xoxb-1");
  const ReadReceiver nowhere = read("slack_configs", "{app_token: xoxb-1}");
  CHECK_FALSE(build(nowhere.only(), many_alerts(1), templates()).has_value());
}

TEST_CASE("a Slack app token takes the place of a global basic_auth, which Slack would refuse") {
  const ReadReceiver team =
      read("slack_configs", "{channel: C1}",
           "{slack_app_token: xoxb-1, http_config: {basic_auth: {username: u, password: p}}}");
  CHECK_MESSAGE(!team.problems.has_errors(), team.problems.to_string());
  CHECK(team.problems.to_string().find("takes the place of http_config's basic_auth") != std::string::npos);
  const HttpRequest request = http(build(team.only(), many_alerts(1), templates()));
  CHECK_FALSE(request.config->basic.has_value());
  CHECK(request.config->authorization->credentials.text == "xoxb-1");
}

TEST_CASE("a failing template costs the wording, not the page") {
  const ReadReceiver team =
      read("slack_configs",
           "{api_url: 'https://hooks.slack.com/x', title: '{{ .Nope }}', text: '{{ template \"gone\" . }}'}");
  const auto built = build(team.only(), many_alerts(2), templates());
  const JsonValue attachment = attachment_of(json(http(built).body));
  CHECK(attachment.text("title") == "[FIRING:2] Down");
  CHECK(attachment.text("text").find("firing: Down (instance=host-0)") == 0);
  CHECK(attachment.text("text").find("Tocsin: the template of title failed") != std::string::npos);
  CHECK(built->warning.find("the template of text failed") != std::string::npos);
}

TEST_CASE("Slack's answers mean what Slack documents") {
  const ReadReceiver team = read("slack_configs", "{api_url_file: key}");
  const Notification what = many_alerts(1);
  const std::vector<std::pair<std::string, std::string>> as_json = {
      {"content-type", "application/json; charset=utf-8"}};
  struct Row {
    OutboundAnswer answer;
    Outcome outcome;
    std::string reason;
  };
  const std::vector<Row> rows = {
      {answer(200, "ok"), Outcome::kDelivered, ""},
      {answer(200, "ok\n"), Outcome::kRejected, "clientError"},
      {answer(200, "invalid_payload"), Outcome::kRejected, "clientError"},
      {answer(200, R"({"ok":true,"ts":"1.2","channel":"C"})", as_json), Outcome::kDelivered, ""},
      {answer(200, R"({"ok":false,"error":"channel_not_found"})", as_json), Outcome::kRejected,
       "clientError"},
      {answer(200, R"({"ok":false,"error":"ratelimited"})", as_json), Outcome::kFailed, "rateLimited"},
      {answer(200, "{", as_json), Outcome::kFailed, "clientError"},
      {answer(429, "", {{"retry-after", "30"}}), Outcome::kFailed, "rateLimited"},
      {answer(404, "no_service"), Outcome::kRejected, "clientError"},
      {answer(403, "invalid_token"), Outcome::kRejected, "authError"},
      {answer(503), Outcome::kFailed, "serverError"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.answer.body);
    CAPTURE(row.answer.status);
    const DeliveryResult result = team.only().read(what, row.answer);
    CHECK(result.outcome == row.outcome);
    CHECK(result.reason == row.reason);
  }
  CHECK(team.only().read(what, rows[3].answer).message_ref == "C 1.2");
  CHECK(team.only().read(what, rows[7].answer).retry_after == std::chrono::seconds(30));
}

TEST_CASE("Slack's bytes are Alertmanager's, but for the text") {
  const ReadReceiver team = read("slack_configs",
                                 "{api_url: 'https://hooks.slack.com/x', channel: c, text: '{{ .Status }}', "
                                 "message_text: m, image_url: i, actions: [{type: b, text: t, name: n}]}");
  CHECK(
      http(build(team.only(), golden_notification(), templates())).body ==
      R"j({"channel":"c","username":"Alertmanager","text":"m","attachments":[{"title":"[FIRING:1] Down (eu)",)j"
      R"("title_link":"http://tocsin:9093/#/alerts?receiver=team","text":"firing",)"
      R"("fallback":"[FIRING:1] Down (eu) | http://tocsin:9093/#/alerts?receiver=team","callback_id":"",)"
      R"("actions":[{"type":"b","text":"t","name":"n"}],"image_url":"i","footer":"","color":"danger",)"
      R"("mrkdwn_in":["fallback","pretext","text"]}]})"
      "\n");
}

TEST_CASE("update_message changes the message that was posted before, from the second notification on") {
  const ReadReceiver team =
      read("slack_configs", "{app_token: xoxb-1, channel: '#ops', update_message: true, timeout: 5s}");
  REQUIRE_MESSAGE(!team.problems.has_errors(), team.problems.to_string());
  const OutboundAnswer posted = answer(200, R"({"ok":true,"channel":"C024","ts":"1503435956.000247"})",
                                       {{"content-type", "application/json"}});
  Notification what = golden_notification();
  what.message_ref = team.only().read(what, posted).message_ref;
  CHECK(what.message_ref == "C024 1503435956.000247");
  const HttpRequest request = http(build(team.only(), what, templates()));
  CHECK(request.url == "https://slack.com/api/chat.update");
  CHECK(request.timeout == std::chrono::seconds(5));
  CHECK(request.config->authorization->credentials.text == "xoxb-1");
  CHECK(request.body.find(R"({"channel":"C024","ts":"1503435956.000247","username":"Alertmanager",)") == 0);

  struct Row {
    NotifyReason reason;
    std::string ref;
    std::string url;
  };
  const std::string update = "https://slack.com/api/chat.update";
  const std::string post = "https://slack.com/api/chat.postMessage";
  for (const Row& row :
       {Row{NotifyReason::kRepeat, "C 1", update}, Row{NotifyReason::kAllResolved, "C 1", update},
        Row{NotifyReason::kNewAlerts, "C 1", update}, Row{NotifyReason::kFirstNotification, "C 1", post},
        Row{NotifyReason::kRepeat, "", post}, Row{NotifyReason::kRepeat, "C", post},
        Row{NotifyReason::kRepeat, "C ", post}, Row{NotifyReason::kRepeat, " 1", post}}) {
    CAPTURE(row.ref);
    what.reason = row.reason;
    what.message_ref = row.ref;
    const HttpRequest sent = http(build(team.only(), what, templates()));
    CHECK(sent.url == row.url);
    CHECK((json(sent.body).text("channel") == "#ops") == (row.url == post));
    CHECK(json(sent.body).find("ts").is_null() == (row.url == post));
  }
  what.reason = NotifyReason::kRepeat;
  what.message_ref = "C 1";
  CHECK(http(build(read("slack_configs", "{app_token: x, channel: c}").only(), what, templates())).url ==
        post);
}

TEST_CASE("a message that is gone is forgotten, so that the next try posts a new one") {
  const ReadReceiver team = read("slack_configs", "{app_token: xoxb-1, channel: c, update_message: true}");
  Notification what = golden_notification();
  const auto result_of = [&](const std::string& error) {
    return team.only().read(what, answer(200, "{\"ok\":false,\"error\":\"" + error + "\"}",
                                         {{"content-type", "application/json"}}));
  };
  CHECK(result_of("message_not_found").outcome == Outcome::kRejected);
  what.message_ref = "C 1";
  for (const char* error : {"message_not_found", "edit_window_closed", "cant_update_message"}) {
    CHECK(result_of(error).outcome == Outcome::kFailed);
    CHECK(result_of(error).message_ref_is_gone);
  }
  CHECK(result_of("channel_not_found").outcome == Outcome::kRejected);
  CHECK_FALSE(result_of("channel_not_found").message_ref_is_gone);
}

TEST_CASE("update_message is only for Slack's own API") {
  const std::string api = "https://slack.com/api/chat.postMessage";
  const std::string message = "update_message needs Slack's API";
  const std::string bot = "http_config: {authorization: {credentials: x}}";
  check_loading(
      "slack_configs",
      {{"{update_message: true, api_url: 'https://hooks.slack.com/x'}", "{}", message},
       {"{update_message: true, api_url: '" + api + "/'}", "{}", message},
       {"{update_message: true, api_url_file: f}", "{}", message},
       {"{update_message: true, app_token: t, app_url: 'http://proxy/api/chat.postMessage'}", "{}", message},
       {"{update_message: true}", "{slack_api_url: 'https://hooks.slack.com/x'}", message},
       {"{update_message: true}", "{}", "there is no Slack URL"},
       {"{update_message: true, api_url: '" + api + "', " + bot + "}", "{}", ""},
       {"{update_message: true, app_token_file: f}", "{}", ""},
       {"{update_message: true}", "{slack_app_token: t}", ""},
       {"{update_message: true, " + bot + "}", "{slack_api_url: '" + api + "'}", ""},
       {"{update_message: false, api_url: 'https://hooks.slack.com/x'}", "{}", ""}});
}

}  // namespace tocsin
