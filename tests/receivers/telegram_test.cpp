#include "receivers/telegram.h"

#include "receivers/text_limits.h"
#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;
using Outcome = DeliveryResult::Outcome;

namespace {
HttpRequest request_of(const std::string& more, const Notification& what, const std::string& global = "{}") {
  const ReadReceiver team = read("telegram_configs", "{chat_id: -100123" + more + "}", global);
  CHECK_MESSAGE(!team.problems.has_errors(), team.problems.to_string());
  return http(build(team.only(), what, templates()));
}
const std::string kToken = ", bot_token: '7:abc'";
}  // namespace

TEST_CASE("a notification becomes a Telegram message with the default wording as HTML") {
  const HttpRequest request = request_of(kToken, sample());
  CHECK(request.method == "POST");
  CHECK(request.url == "https://api.telegram.org/bot7:abc/sendMessage");
  CHECK(
      request.body ==
      R"({"chat_id":"-100123","disable_web_page_preview":"true","parse_mode":"HTML","text":"\n\nAlerts Firing:\n)"
      R"(Labels:\n - alertname = Down\n - job = api\n - severity = critical\nAnnotations:\n - runbook = http://r\n)"
      R"( - summary = It is\nSource: http://prometheus:9090/graph?g0.expr=up\u0026amp;g0.tab=1\n\n\n\n)"
      R"(Alerts Resolved:\nLabels:\n - alertname = Down\n - job = db\n - severity = critical\nAnnotations:\n)"
      R"( - summary = It is\nSource: http://prometheus:9090/graph?g0.expr=b\n\n\n"})"
      "\n");
}

TEST_CASE("a resolved group's Telegram message lists what is resolved") {
  const std::string text = json(request_of(kToken, all_resolved()).body).text("text");
  CHECK(text.starts_with("\n\n\nAlerts Resolved:\n"));
}

TEST_CASE("Telegram's options reach it as configured") {
  const JsonValue body =
      json(request_of(kToken + ", message_thread_id: 5, disable_notifications: true, "
                               "parse_mode: MarkdownV2, message: '*{{ .Status }}* {{ \"<\" }}'",
                      many_alerts(1))
               .body);
  CHECK(body.text("message_thread_id") == "5");
  CHECK(body.text("disable_notification") == "true");
  CHECK(body.text("parse_mode") == "MarkdownV2");
  CHECK(body.text("text") == "*firing* <");
  const JsonValue plain = json(request_of(kToken + ", parse_mode: ''", many_alerts(1)).body);
  CHECK(plain.find("parse_mode").is_null());
  CHECK(plain.find("disable_notification").is_null());
  CHECK(json(request_of(kToken + ", message: '<b>{{ \"<\" }}</b>'", many_alerts(1)).body).text("text") ==
        "<b>&lt;</b>");
}

TEST_CASE("a Telegram message is cut at 4096 characters and not before") {
  const auto text_of = [](std::size_t length, const std::string& mode) {
    const std::string more =
        kToken + ", parse_mode: '" + mode + "', message: '" + std::string(length, 'm') + "'";
    return json(request_of(more, many_alerts(1)).body).text("text");
  };
  for (const char* mode : {"", "Markdown", "MarkdownV2", "HTML"}) {
    CHECK(text_of(4096, mode) == std::string(4096, 'm'));
  }
  for (const char* mode : {"", "Markdown", "MarkdownV2"}) {
    CHECK(text_of(4097, mode) == std::string(4095, 'm') + "…");
  }
}

TEST_CASE("HTML that is too long for Telegram becomes a short message, never cut in a tag") {
  const std::string block = kToken + ", message: '" + std::string(5000, 'm') + "'";
  const std::string text = json(request_of(block, many_alerts(30, "")).body).text("text");
  CHECK(text.starts_with("[FIRING:30] Down\nfiring: Down (instance=host-0)\n"));
  CHECK(text.ends_with(
      "its 5000 characters exceed Telegram&#39;s limit of 4096. All alerts: http://tocsin:9093"));
  std::vector<Alert> alerts;
  for (int i = 0; i < 12; ++i)
    alerts.push_back(
        firing({{"alertname", "D"}, {"i", std::to_string(i)}}, {{"summary", std::string(900, '<')}}));
  const ReadReceiver team = read("telegram_configs", "{chat_id: 1" + block + "}");
  const auto built = build(team.only(), notification(alerts), templates());
  const std::string worst = json(http(built).body).text("text");
  CHECK(count_runes(worst) <= 4096);
  CHECK(worst.find('<') == std::string::npos);
  CHECK(built->warning.find("longer than 4096") != std::string::npos);
}

TEST_CASE("markup that Telegram cannot read is sent again as plain text") {
  const ReadReceiver team = read("telegram_configs", "{chat_id: 1" + kToken + ", message: '<x>up'}");
  const OutboundAnswer refused = answer(
      400, R"({"ok":false,"error_code":400,"description":"Bad Request: can't parse entities: unclosed"})");
  const NextStep step = next(team.only(), many_alerts(1), {refused});
  const JsonValue body = json(http(step).body);
  CHECK(body.find("parse_mode").is_null());
  CHECK(body.text("text") == "<x>up");
  CHECK(std::get<BuiltRequest>(step).warning.find("cannot read the message as HTML") != std::string::npos);
  CHECK(result(next(team.only(), many_alerts(1), {refused, refused})).outcome == Outcome::kRejected);
  CHECK(result(next(team.only(), many_alerts(1), {refused, answer(200, R"({"ok":true})")})).outcome ==
        Outcome::kDelivered);
}

TEST_CASE("Telegram's token and chat may be files, and its own win over the global ones") {
  CHECK(request_of("", many_alerts(1), "{telegram_bot_token: g, telegram_api_url: 'http://tg/'}").url ==
        "http://tg/botg/sendMessage");
  CHECK(request_of(", bot_token_file: key", many_alerts(1), "{telegram_bot_token: g}").url ==
        "https://api.telegram.org/botkey-from-file/sendMessage");
  const ReadReceiver file = read("telegram_configs", "{chat_id_file: key" + kToken + "}");
  CHECK_MESSAGE(!file.problems.has_errors(), file.problems.to_string());
  CHECK(build(file.only(), many_alerts(1), templates()).error().message ==
        "chat_id: the file does not hold a whole number");
}

TEST_CASE("what a Telegram config cannot be is said with its place") {
  check_loading(
      "telegram_configs",
      {{"{chat_id: 1}", "{}", "there is no Telegram bot token"},
       {"{bot_token: t}", "{}", "needs chat_id or chat_id_file"},
       {"{bot_token: t, chat_id: 0}", "{}", "needs chat_id or chat_id_file"},
       {"{bot_token: t, chat_id: 1, chat_id_file: f}", "{}", "at most one of chat_id and chat_id_file"},
       {"{bot_token: t, chat_id: '@ops'}", "{}", "chat_id must be a whole number"},
       {"{bot_token: t, bot_token_file: f, chat_id: 1}", "{}", "bot_token"},
       {"{chat_id: 1}", "{telegram_bot_token: t, telegram_bot_token_file: f}", "telegram_bot_token"},
       {"{bot_token: t, chat_id: 1, parse_mode: html}", "{}", "parse_mode must be"},
       {"{bot_token: t, chat_id: 1, api_url: x}", "{}", "api_url is not a URL"},
       {"{bot_token: t, chat_id: 1, chat: x}", "{}", "chat"},
       {"~", "{}", "missing telegram config"}});
}

TEST_CASE("Telegram's answers mean what its documentation says") {
  const ReadReceiver team = read("telegram_configs", "{chat_id: 1" + kToken + "}");
  check_common_answers(team.only(), answer(200, R"({"ok":true,"result":{"message_id":42,"chat":{"id":1}}})"));
  struct Row {
    OutboundAnswer answer;
    Outcome outcome;
    std::string reason;
  };
  const std::vector<Row> rows = {
      {answer(200, R"({"ok":true,"result":true})"), Outcome::kDelivered, ""},
      {answer(200, R"({"ok":true})"), Outcome::kDelivered, ""},
      {answer(200, R"({"ok":true,"result":{}})"), Outcome::kDelivered, ""},
      {answer(200, R"({"ok":false,"description":"no"})"), Outcome::kRejected, "clientError"},
      {answer(200, "<html>"), Outcome::kFailed, "other"},
      {answer(400, R"({"ok":false,"error_code":400,"description":"Bad Request: chat not found"})"),
       Outcome::kRejected, "clientError"},
      {answer(403, R"({"ok":false,"error_code":403,"description":"bot was kicked"})"), Outcome::kRejected,
       "authError"},
      {answer(200, R"({"ok":false,"error_code":502})"), Outcome::kFailed, "serverError"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.answer.body);
    const DeliveryResult out = team.only().read(many_alerts(1), row.answer);
    CHECK(out.outcome == row.outcome);
    CHECK(out.reason == row.reason);
  }
  const DeliveryResult flood = team.only().read(
      many_alerts(1),
      answer(429,
             R"({"ok":false,"error_code":429,"description":"Too Many","parameters":{"retry_after":31}})"));
  CHECK(flood.outcome == Outcome::kFailed);
  CHECK(flood.retry_after == std::chrono::seconds(31));
  CHECK(team.only()
            .read(many_alerts(1), answer(400, R"({"ok":false,"error_code":400,"description":"upgraded",)"
                                              R"("parameters":{"migrate_to_chat_id":-1009}})"))
            .message.find("the chat is now -1009") != std::string::npos);
  CHECK(team.only()
            .read(many_alerts(1), answer(200, R"({"ok":true,"result":{"message_id":42}})"))
            .message_ref == "42");
}

}  // namespace tocsin
