#include "receivers/discord.h"

#include "receivers/text_limits.h"
#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;
using Outcome = DeliveryResult::Outcome;

namespace {
const std::string kUrl = "webhook_url: 'https://discord.com/api/webhooks/1/t'";

JsonValue body_of(const std::string& block, const Notification& what) {
  return json(http(build(read("discord_configs", block).only(), what, templates())).body);
}
}  // namespace

TEST_CASE("Discord gets Alertmanager's bytes") {
  const ReadReceiver team = read("discord_configs", "{" + kUrl + "}");
  CHECK(team.only().wants_resolved());
  const HttpRequest request = http(build(team.only(), golden_notification(), templates()));
  CHECK(request.method == "POST");
  CHECK(request.url == "https://discord.com/api/webhooks/1/t");
  CHECK(
      request.body ==
      R"j({"content":"","embeds":[{"title":"[FIRING:1] Down (eu)","description":"\n\nAlerts Firing:\nLabels:\n)j"
      R"( - alertname = Down\n - cluster = eu\n - job = a\nAnnotations:\n - runbook = r\n)"
      R"( - summary = x \u003c y \u0026 \"z\"\nSource: http://prometheus:9090/graph?g0.expr=up\u0026g0.tab=1\n\n)"
      R"(\n\nAlerts Resolved:\nLabels:\n - alertname = Down\n - cluster = eu\n - job = b\nAnnotations:\n)"
      R"( - runbook = r\nSource: http://prometheus:9090/graph?g0.expr=up\u0026g0.tab=1\n\n\n","color":10038562}]})"
      "\n");
  const ReadReceiver named = read(
      "discord_configs", "{" + kUrl +
                             ", content: '@here {{ .Status }}', title: t, message: m, username: 'U {{ x }}', "
                             "avatar_url: 'https://h/a.png'}");
  CHECK(http(build(named.only(), golden_resolved(), templates())).body ==
        R"({"content":"@here resolved","embeds":[{"title":"t","description":"m","color":3066993}],)"
        R"("username":"U {{ x }}","avatar_url":"https://h/a.png"})"
        "\n");
}

TEST_CASE("Discord's texts are cut at its limits and not before") {
  struct Row {
    std::string key;
    std::size_t limit;
  };
  for (const Row& row : {Row{"content", 2000}, Row{"title", 256}, Row{"message", 4096}}) {
    CAPTURE(row.key);
    const auto text_of = [&](std::size_t length) {
      std::string text;
      for (std::size_t i = 0; i < length; ++i) text += "ä";
      const JsonValue body = body_of("{" + kUrl + ", " + row.key + ": " + text + "}", many_alerts(1));
      if (row.key == "content") return body.text("content");
      return body.find("embeds").array().at(0).text(row.key == "title" ? "title" : "description");
    };
    CHECK(count_runes(text_of(row.limit)) == row.limit);
    CHECK(text_of(row.limit).ends_with("ä"));
    CHECK(count_runes(text_of(row.limit + 1)) == row.limit);
    CHECK(text_of(row.limit + 1).ends_with("ä…"));
  }
  const ReadReceiver team = read("discord_configs", "{" + kUrl + "}");
  CHECK(build(team.only(), many_alerts(100), templates())->warning ==
        "the message was cut to 4096 characters");
}

TEST_CASE("a discord block needs one webhook URL") {
  check_loading("discord_configs",
                {{"{}", "{}", "one of webhook_url and webhook_url_file must be set in a discord config"},
                 {"~", "{}", "missing discord config"},
                 {"{webhook_url: 'http://h', webhook_url_file: f}", "{}", "webhook_url"},
                 {"{webhook_url: 'ftp://h'}", "{}", "webhook_url must begin with http:// or https://"},
                 {"{webhook_url: 'http://h', titel: x}", "{}", "titel"},
                 {"{webhook_url: '<secret>'}", "{}", ""},
                 {"{webhook_url_file: f, send_resolved: false}", "{}", ""},
                 {"{webhook_url: 'http://h', avatar_url: 'a.png'}", "{}", ""}});
  CHECK(read("discord_configs", "{webhook_url: 'http://h', avatar_url: 'a.png'}")
            .problems.to_string()
            .find("avatar_url") != std::string::npos);
}

TEST_CASE("the file of a Discord URL is read at use, from the configuration's folder") {
  const auto url_of = [](const std::string& content, const std::string& block) {
    const ReadReceiver team = read("discord_configs", block);
    const NotificationTemplates with = templates();
    const BuildContext context{with, "http://t", kNow, [&](const Secret& secret) -> Result<std::string> {
                                 return secret.file == "/etc/tocsin/u" ? content : "http://other";
                               }};
    const auto built = team.only().build(many_alerts(1), context);
    return built ? std::get<HttpRequest>(built->request).url : "error: " + built.error().message;
  };
  CHECK(url_of("http://h/x", "{webhook_url_file: u}") == "http://h/x");
  CHECK(url_of("nonsense", "{webhook_url_file: u}") == "error: webhook_url is not a URL");
}

TEST_CASE("a failing template costs Discord's wording, not the page") {
  const auto built = build(
      read("discord_configs", "{" + kUrl + ", title: '{{ .Nope }}', message: '{{ template \"gone\" . }}'}")
          .only(),
      many_alerts(2), templates());
  const JsonValue embed = json(http(built).body).find("embeds").array().at(0);
  CHECK(embed.text("title") == "[FIRING:2] Down");
  CHECK(embed.text("description").find("firing: Down (instance=host-0)") == 0);
  CHECK(embed.text("description").find("Tocsin: the template of title failed") != std::string::npos);
  CHECK(built->warning.find("the template of message failed") != std::string::npos);
}

TEST_CASE("Discord's answers mean what Discord documents") {
  const ReadReceiver team = read("discord_configs", "{" + kUrl + "}");
  std::vector<AnswerRow> rows = common_answers();
  rows.push_back({answer(204), Outcome::kDelivered, ""});
  const std::string limited = R"({"message":"You are being rate limited.","retry_after":1.5,"global":false})";
  rows.push_back({answer(429, limited), Outcome::kFailed, "rateLimited", std::chrono::milliseconds(1500)});
  rows.push_back({answer(429, limited, {{"retry-after", "2"}}), Outcome::kFailed, "rateLimited",
                  std::chrono::seconds(2)});
  rows.push_back({answer(429, R"({"retry_after":-1})"), Outcome::kFailed, "rateLimited"});
  check_answers(team.only(), rows);
}

}  // namespace tocsin
