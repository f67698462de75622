#include "receivers/wechat.h"

#include "receivers/text_limits.h"
#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;
using Outcome = DeliveryResult::Outcome;

namespace {
const std::string kAccount = "{api_secret: s, corp_id: c";
const OutboundAnswer kToken =
    answer(200, R"({"errcode":0,"errmsg":"ok","access_token":"tok","expires_in":7200})");
const OutboundAnswer kExpired = answer(200, R"({"errcode":42001,"errmsg":"access_token expired"})");

std::string body_of(const std::string& more, const Notification& what) {
  const ReadReceiver team = read("wechat_configs", kAccount + more + "}");
  CHECK_MESSAGE(!team.problems.has_errors(), team.problems.to_string());
  return http(next(team.only(), what, {kToken})).body;
}
}  // namespace

TEST_CASE("WeChat is asked for a token, then told with it, and the token is kept") {
  const ReadReceiver team = read("wechat_configs", "{api_secret: 's&', corp_id: '{{ .Receiver }}'}");
  const HttpRequest ask = http(build(team.only(), sample(), templates()));
  CHECK(ask.method == "GET");
  CHECK(ask.url == "https://qyapi.weixin.qq.com/cgi-bin/gettoken?corpid=team&corpsecret=s%26");
  const NextStep step = next(team.only(), sample(), {kToken});
  const HttpRequest message = http(step);
  CHECK(message.method == "POST");
  CHECK(message.url == "https://qyapi.weixin.qq.com/cgi-bin/message/send?access_token=tok");
  const auto& keep = std::get<BuiltRequest>(step).keep;
  REQUIRE(keep.has_value());
  CHECK(keep->text == "tok");
  CHECK(keep->until == kNow + std::chrono::minutes(115));
  CHECK(
      message.body ==
      R"-({"safe":"0","msgtype":"text","text":{"content":"[FIRING:1] Down (critical)\nIt is\nAlerts Firing:\n)-"
      R"-(Labels:\n - alertname = Down\n - job = api\n - severity = critical\nAnnotations:\n)-"
      R"-( - runbook = http://r\n - summary = It is\nSource: http://prometheus:9090/graph?g0.expr=up\u0026g0.tab=1\n\n)-"
      R"-(Alerts Resolved:\nLabels:\n - alertname = Down\n - job = db\n - severity = critical\nAnnotations:\n)-"
      R"-( - summary = It is\nSource: http://prometheus:9090/graph?g0.expr=b\n\nAlertmanagerUrl:\n)-"
      R"-(http://tocsin:9093/#/alerts?receiver=team"}})-"
      "\n");
  CHECK(result(next(team.only(), sample(), {kToken, answer(200, R"({"errcode":0,"msgid":"m"})")}))
            .message_ref == "m");
}

TEST_CASE("a resolved group's WeChat message says so") {
  CHECK(
      json(body_of("", all_resolved())).find("text").text("content").starts_with("[RESOLVED] Down (api)\n"));
  CHECK_FALSE(read("wechat_configs", kAccount + "}").only().wants_resolved());
}

TEST_CASE("whom WeChat tells, and how, is configured") {
  const JsonValue body =
      json(body_of(", to_user: '@all', to_party: '1', to_tag: '{{ .Status }}', agent_id: '7', "
                   "message_type: markdown, message: '**m**'",
                   many_alerts(1)));
  CHECK(json_text(body) ==
        R"({"touser":"@all","toparty":"1","totag":"firing","agentid":"7","safe":"0","msgtype":"markdown",)"
        R"("markdown":{"content":"**m**"}})");
}

TEST_CASE("a WeChat message is cut at 2048 bytes and not before") {
  const auto content_of = [](const std::string& text) {
    return json(body_of(", message: '" + text + "'", many_alerts(1))).find("text").text("content");
  };
  CHECK(content_of(std::string(2048, 'm')) == std::string(2048, 'm'));
  CHECK(content_of(std::string(2049, 'm')) == std::string(2045, 'm') + "…");
  CHECK(content_of(std::string(2044, 'm') + "ää…") == std::string(2044, 'm') + "…");
}

TEST_CASE("a kept token saves the first request, and a new one is fetched where it has ended") {
  const ReadReceiver team = read("wechat_configs", kAccount + "}");
  const NotificationTemplates with = templates();
  const BuildContext context{with, "http://tocsin:9093", kNow, read_secret_text, "old"};
  CHECK(http(team.only().build(many_alerts(1), context)).url.ends_with("message/send?access_token=old"));
  CHECK(result(next(team.only(), many_alerts(1), {answer(200, R"({"errcode":0})")}, "old")).outcome ==
        Outcome::kDelivered);
  const NextStep again = next(team.only(), many_alerts(1), {kExpired}, "old");
  CHECK(http(again).url.find("gettoken") != std::string::npos);
  CHECK(std::get<BuiltRequest>(again).keep->text.empty());
  CHECK(http(next(team.only(), many_alerts(1), {kExpired, kToken}, "old")).url.ends_with("access_token=tok"));
  CHECK(result(next(team.only(), many_alerts(1), {kExpired, kToken, kExpired}, "old")).outcome ==
        Outcome::kFailed);
  CHECK(result(next(team.only(), many_alerts(1), {answer(500)}, "old")).outcome == Outcome::kFailed);
}

TEST_CASE("without a token nothing is sent, and it is said why") {
  const ReadReceiver team = read("wechat_configs", kAccount + "}");
  const DeliveryResult wrong = result(
      next(team.only(), many_alerts(1), {answer(200, R"({"errcode":40001,"errmsg":"invalid credential"})")}));
  CHECK(wrong.outcome == Outcome::kRejected);
  CHECK(wrong.reason == "authError");
  CHECK(wrong.message == "no access token: error 40001: invalid credential");
  CHECK(result(next(team.only(), many_alerts(1), {answer(200, R"({"errcode":0})")})).outcome ==
        Outcome::kRejected);
  CHECK(result(next(team.only(), many_alerts(1), {answer(503)})).outcome == Outcome::kFailed);
  CHECK(result(next(team.only(), many_alerts(1), {answer(200, "<html>")})).outcome == Outcome::kFailed);
}

TEST_CASE("a WeChat secret of the receiver wins over the global one, inline or by file") {
  const auto url_of = [](const std::string& block, const std::string& global) {
    return http(build(read("wechat_configs", block, global).only(), many_alerts(1), templates())).url;
  };
  CHECK(url_of("{}", "{wechat_api_secret: g, wechat_api_corp_id: c, wechat_api_url: 'http://w/x'}") ==
        "http://w/x/gettoken?corpid=c&corpsecret=g");
  CHECK(url_of("{api_secret_file: key, corp_id: own}", "{wechat_api_secret: g, wechat_api_corp_id: c}")
            .ends_with("corpid=own&corpsecret=key-from-file"));
}

TEST_CASE("what a WeChat config cannot be is said with its place") {
  check_loading("wechat_configs",
                 {{"{corp_id: c}", "{}", "there is no WeChat API secret"},
                  {"{api_secret: s}", "{}", "there is no WeChat corp id"},
                  {"{api_secret: s, api_secret_file: f, corp_id: c}", "{}", "api_secret"},
                  {"{corp_id: c}", "{wechat_api_secret: s, wechat_api_secret_file: f}", "wechat_api_secret"},
                  {kAccount + ", message_type: image}", "{}", "must be text or markdown"},
                  {kAccount + ", api_url: x}", "{}", "api_url is not a URL"},
                  {kAccount + ", user: x}", "{}", "user"},
                  {"~", "{wechat_api_secret: s, wechat_api_corp_id: c}", "missing wechat config"}});
}

TEST_CASE("WeChat's answers mean what its error codes say") {
  const ReadReceiver team = read("wechat_configs", kAccount + "}");
  check_common_answers(team.only(), answer(200, R"({"errcode":0,"errmsg":"ok"})"));
  struct Row {
    int code;
    Outcome outcome;
    std::string reason;
  };
  for (const Row& row :
       {Row{-1, Outcome::kFailed, "serverError"}, Row{45009, Outcome::kFailed, "rateLimited"},
        Row{40014, Outcome::kFailed, "clientError"}, Row{81013, Outcome::kRejected, "clientError"},
        Row{60020, Outcome::kRejected, "authError"}}) {
    CAPTURE(row.code);
    const DeliveryResult out = team.only().read(
        many_alerts(1), answer(200, "{\"errcode\":" + std::to_string(row.code) + ",\"errmsg\":\"m\"}"));
    CHECK(out.outcome == row.outcome);
    CHECK(out.reason == row.reason);
  }
  const DeliveryResult partly =
      team.only().read(many_alerts(1), answer(200, R"({"errcode":0,"invaliduser":"a|b"})"));
  CHECK(partly.outcome == Outcome::kDelivered);
  CHECK(partly.message == "invaliduser: a|b");
}

}  // namespace tocsin
