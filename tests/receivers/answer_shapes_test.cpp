// Every receiver survives whatever a service, a proxy before it or a captive portal may answer, and says what
// its templates cannot say.
#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;

namespace {

struct Kind {
  std::string key;
  std::string block;  // `%s`, where there is one, is a template of its wording
  std::string global;
};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = {
      {"discord_configs", "{webhook_url: 'http://h', message: '%s'}", "{}"},
      {"email_configs", "{to: 'a@b.c', text: '%s'}", "{smtp_smarthost: 'h:25', smtp_from: 'a@b.c'}"},
      {"incidentio_configs", "{url: 'http://h', alert_source_token: t}", "{}"},
      {"jira_configs", "{api_url: 'http://h', project: P, issue_type: Bug, summary: '%s'}", "{}"},
      {"mattermost_configs", "{webhook_url: 'http://h', text: '%s'}", "{}"},
      {"msteams_configs", "{webhook_url: 'http://h', text: '%s'}", "{}"},
      {"msteamsv2_configs", "{webhook_url: 'http://h', text: '%s'}", "{}"},
      {"opsgenie_configs", "{api_key: k, message: '%s'}", "{}"},
      {"pagerduty_configs", "{routing_key: k, description: '%s'}", "{}"},
      {"pagerduty_configs", "{service_key: k, description: '%s'}", "{}"},
      {"pushover_configs", "{user_key: u, token: t, message: '%s'}", "{}"},
      {"rocketchat_configs", "{token: t, token_id: i, text: '%s'}", "{}"},
      {"slack_configs", "{api_url: 'http://h', channel: c, text: '%s'}", "{}"},
      {"slack_configs", "{app_token: t, channel: c, update_message: true, text: '%s'}", "{}"},
      {"sns_configs",
       "{topic_arn: 'arn:aws:sns:eu-central-1:1:t', sigv4: {region: eu-central-1, access_key: a, secret_key: "
       "s}, "
       "message: '%s'}",
       "{}"},
      {"telegram_configs", "{bot_token: t, chat_id: 1, message: '%s'}", "{}"},
      {"victorops_configs", "{api_key: k, routing_key: r, state_message: '%s'}", "{}"},
      {"webex_configs", "{room_id: r, message: '%s', http_config: {authorization: {credentials: t}}}", "{}"},
      {"webhook_configs", "{url: 'http://h'}", "{}"},
      {"webhook_configs", "{url: 'http://h', payload: {text: '%s'}}", "{}"},
      {"wechat_configs", "{api_secret: s, corp_id: c, to_user: u, message: '%s'}", "{}"},
  };
  return all;
}

ReadReceiver read_kind(const Kind& kind, const std::string& wording) {
  std::string block = kind.block;
  if (const auto place = block.find("%s"); place != std::string::npos) block.replace(place, 2, wording);
  ReadReceiver team = read(kind.key, block, kind.global);
  CHECK_MESSAGE(!team.problems.has_errors(), team.problems.to_string());
  return team;
}

std::vector<std::string> bodies() {
  std::string deep(2'000, '[');
  std::string huge = "{\"ok\":true,\"result\":\"" + std::string(100'000, 'x') + "\"}";
  return {"",
          " ",
          "ok",
          "null",
          "true",
          "0",
          "[]",
          "{}",
          "\"\"",
          "{\"ok\":true,\"result\":{}}",
          "{\"ok\":true,\"result\":null}",
          "{\"ok\":true,\"result\":[]}",
          "{\"ok\":\"yes\",\"error\":7,\"ts\":1,\"channel\":{}}",
          "{\"ok\":false}",
          "{\"ok\":false,\"error\":null,\"parameters\":{\"retry_after\":\"soon\"}}",
          "{\"ok\":false,\"parameters\":{\"retry_after\":-1e300}}",
          "{\"retry_after\":1e999}",
          "{\"retry_after\":{\"a\":[]}}",
          "{\"errcode\":\"x\",\"access_token\":7,\"expires_in\":\"long\"}",
          "{\"errcode\":0,\"access_token\":\"\",\"expires_in\":-5}",
          "{\"issues\":7}",
          "{\"issues\":[7]}",
          "{\"issues\":[{\"key\":7,\"fields\":[]}]}",
          "{\"issues\":[{\"key\":\"\",\"fields\":{\"status\":{\"statusCategory\":7}}}]}",
          "{\"success\":7}",
          "{\"success\":false,\"error\":{}}",
          "{\"status\":1,\"errors\":[\"a\",{}]}",
          "{\"status\":0,\"errors\":\"text\"}",
          "{\"ok\":true,\"result\":{\"message_id\":",
          "<html><body>Welcome to the hotel network</body></html>",
          "<PublishResponse><PublishResult><MessageId></PublishResult>",
          "<Error><Code>Throttling</Code>",
          std::string("\0\x01\xff\xfe\x80 bytes", 10),
          "\xef\xbb\xbf{\"ok\":true}",
          deep,
          huge};
}

void check_shape(const DeliveryResult& result) {
  CHECK(result.message.size() < 2000);
  CHECK(result.message.find('\n') == std::string::npos);
  CHECK(result.retry_after >= Duration::zero());
  CHECK(result.retry_after <= std::chrono::hours(24));
  if (result.outcome != DeliveryResult::Outcome::kDelivered) CHECK_FALSE(result.message.empty());
}

// Whatever the body is, an HTTP service that is down or busy may work later.
void check_shape(const Kind& kind, const DeliveryResult& result, int status) {
  check_shape(result);
  if (kind.key == "email_configs") return;  // SMTP has codes of its own
  if (status >= 500 || status == 429) CHECK(result.outcome == DeliveryResult::Outcome::kFailed);
}

}  // namespace

TEST_CASE("every receiver survives answers of any shape") {
  const std::vector<std::string> shapes = bodies();
  const Notification what = many_alerts(1);
  const NotificationTemplates with = templates();
  const BuildContext context{with, "http://tocsin:9093", kNow, read_secret_text, ""};
  for (const Kind& kind : kinds()) {
    CAPTURE(kind.key);
    const ReadReceiver team = read_kind(kind, "text");
    for (const int status : {200, 302, 401, 429, 503}) {
      for (const std::string& body : shapes) {
        CAPTURE(status);
        CAPTURE(body.substr(0, 100));
        const OutboundAnswer one = answer(status, body);
        check_shape(kind, team.only().read(what, one), status);
        if (!team.only().takes_several_requests()) continue;
        for (const std::vector<OutboundAnswer>& so_far :
             {std::vector{one}, std::vector{answer(200, "{\"access_token\":\"t\"}"), one},
              std::vector{answer(200, "{\"issues\":[]}"), one},
              std::vector{answer(200, "{\"issues\":[{\"key\":\"A-1\"}]}"), answer(204), one}}) {
          const NextStep step = team.only().next(what, context, so_far);
          if (const auto* result = std::get_if<DeliveryResult>(&step)) check_shape(kind, *result, status);
        }
      }
    }
  }
}

TEST_CASE("every way in which a transport fails is one that passes, or that people must repair") {
  using Outcome = DeliveryResult::Outcome;
  for (const Kind& kind : kinds()) {
    CAPTURE(kind.key);
    const ReadReceiver team = read_kind(kind, "text");
    for (const auto how :
         {TransportResult::kUnreachable, TransportResult::kTimedOut, TransportResult::kClosedEarly,
          TransportResult::kTlsFailed, TransportResult::kMisconfigured}) {
      OutboundAnswer none;
      none.result = how;
      none.error = "words";
      const bool misconfigured = how == TransportResult::kMisconfigured;
      CHECK(team.only().read(many_alerts(1), none).outcome ==
            (misconfigured ? Outcome::kRejected : Outcome::kFailed));
    }
  }
}

TEST_CASE("a template that fails costs the wording and is told of, never the page") {
  const NotificationTemplates with = templates();
  const Notification what = many_alerts(2);
  for (const Kind& kind : kinds()) {
    if (kind.block.find("%s") == std::string::npos) continue;
    CAPTURE(kind.block);
    const ReadReceiver team = read_kind(kind, "{{ index .Alerts 99 }}");
    std::vector<std::string> noted;
    BuildContext context{with, "http://tocsin:9093", kNow, read_secret_text};
    if (kind.key == "wechat_configs") context.kept = "token";
    context.note_template_failure = [&](const std::string& failed) { noted.push_back(failed); };
    Result<BuiltRequest> built = team.only().build(what, context);
    REQUIRE_MESSAGE(built.has_value(), built.error().message);
    if (kind.key == "jira_configs") {  // its first request only searches
      NextStep step = team.only().next(what, context, {answer(200, "{\"issues\":[]}")});
      REQUIRE(std::holds_alternative<BuiltRequest>(step));
      built = std::move(std::get<BuiltRequest>(step));
    }
    REQUIRE_FALSE(noted.empty());
    CHECK(noted.front().find("failed") != std::string::npos);
    CHECK(built->warning.find("failed") != std::string::npos);
    const auto* http = std::get_if<HttpRequest>(&built->request);
    const std::string sent =
        http != nullptr ? http->body + http->url : std::get<MailRequest>(built->request).message;
    CHECK_MESSAGE(sent.find("Down") != std::string::npos, sent);
  }
}

TEST_CASE("mailboxes that were refused are named though the mail was taken") {
  const ReadReceiver team = read_kind(kinds()[1], "text");
  OutboundAnswer taken = answer(250);
  taken.error = "smtp://h:25: refused recipients: a@b.c (550 no such user)";
  const DeliveryResult result = team.only().read(many_alerts(1), taken);
  CHECK(result.outcome == DeliveryResult::Outcome::kDelivered);
  CHECK(result.message.find("a@b.c (550 no such user)") != std::string::npos);
}

}  // namespace tocsin
