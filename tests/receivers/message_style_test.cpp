// message_style: which default texts a receiver has, and that Tocsin's keep to every service's limit.
#include <algorithm>

#include "receivers/text_limits.h"
#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;

namespace {

constexpr const char* kTocsin = "{message_style: tocsin}";

// A group of `count` alerts whose labels and annotations hold what each service has to escape.
Notification storm(int count, std::size_t summary = 0) {
  std::vector<Alert> alerts;
  for (int i = 0; i < count; ++i) {
    alerts.push_back(firing({{"alertname", "Down"}, {"instance", "höst-<" + std::to_string(i) + ">&`\""}},
                            {{"summary", "„Slow“ & <old>: " + std::string(summary, 's')},
                             {"runbook_url", "https://runbooks.example.com/down"}}));
  }
  return notification(std::move(alerts));
}

std::string body(const std::string& kind, const std::string& block, const std::string& global,
                 const Notification& what) {
  const ReadReceiver team = read(kind, block, global);
  REQUIRE_MESSAGE(!team.problems.has_errors(), team.problems.to_string());
  const auto built = build(team.only(), what, templates());
  REQUIRE_MESSAGE(built.has_value(), (built ? "" : built.error().message));
  CHECK_MESSAGE(built->warning.empty(), built->warning);
  if (const auto* mail = std::get_if<MailRequest>(&built->request)) return mail->message;
  return std::get<HttpRequest>(built->request).body;
}

struct Kind {
  std::string name, block;
  // Where the title stands in the body; empty: elsewhere than in a JSON body.
  std::vector<std::string> title;
  std::vector<std::string> text;
  std::size_t longest_title = 0, longest_text = 0;  // code points
};

std::string at(const JsonValue& json, const std::vector<std::string>& path) {
  JsonValue here = json;
  for (const std::string& step : path)
    here = step == "0" || step == "1" ? here.array().at(static_cast<std::size_t>(step[0] - '0'))
                                      : here.find(step);
  return here.string();
}

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> kKinds = {
      {"discord_configs",
       "{webhook_url: 'https://x'}",
       {"embeds", "0", "title"},
       {"embeds", "0", "description"},
       256,
       4096},
      {"mattermost_configs",
       "{webhook_url: 'https://x'}",
       {"attachments", "0", "title"},
       {"attachments", "0", "text"},
       256,
       16'383},
      {"msteams_configs", "{webhook_url: 'https://x'}", {"title"}, {"text"}, 256, 8000},
      {"msteamsv2_configs",
       "{webhook_url: 'https://x'}",
       {"attachments", "0", "content", "body", "0", "text"},
       {"attachments", "0", "content", "body", "1", "text"},
       256,
       8000},
      {"rocketchat_configs",
       "{token: t, token_id: i}",
       {"attachments", "0", "title"},
       {"attachments", "0", "text"},
       256,
       5000},
      {"opsgenie_configs", "{api_key: k}", {"message"}, {"description"}, 130, 15'000},
      {"victorops_configs",
       "{api_key: k, routing_key: r}",
       {"entity_display_name"},
       {"state_message"},
       256,
       20'480},
      {"telegram_configs", "{bot_token: t, chat_id: 1}", {"text"}, {"text"}, 4096, 4096},
      {"telegram_configs", "{bot_token: t, chat_id: 1, parse_mode: ''}", {"text"}, {"text"}, 4096, 4096},
      {"webex_configs",
       "{room_id: r, http_config: {authorization: {credentials: x}}}",
       {"markdown"},
       {"markdown"},
       7439,
       7439},
      {"pagerduty_configs",
       "{routing_key: k}",
       {"payload", "summary"},
       {"payload", "custom_details", "summary"},
       1024,
       10'000},
  };
  return kKinds;
}

}  // namespace

TEST_CASE("message_style tocsin gives every kind its own title and text, within the service's limits") {
  for (const Kind& kind : kinds()) {
    CAPTURE(kind.name);
    for (const int count : {1, 2, 20, 21, 101, 300}) {
      CAPTURE(count);
      const JsonValue json = testing::json(body(kind.name, kind.block, kTocsin, storm(count)));
      const std::string title = at(json, kind.title);
      CHECK(title.find("[FIRING") != std::string::npos);
      CHECK(title.find("🟠") != std::string::npos);
      CHECK(count_runes(title) <= kind.longest_title);
      const std::string text = at(json, kind.text);
      CHECK(text.find("„Slow“") != std::string::npos);
      CHECK(count_runes(text) <= kind.longest_text);
    }
    // A summary longer than any limit costs its end and nothing else.
    body(kind.name, kind.block, kTocsin, storm(30, 9000));
  }
}

TEST_CASE("titles are whole up to each service's limit, and cut visibly beyond it") {
  const std::size_t around = count_runes("🟠 [FIRING] ");
  for (const Kind& kind : kinds()) {
    if (kind.title == kind.text) continue;  // one text holds both
    for (const int off : {-1, 0, 1}) {
      CAPTURE(kind.name);
      CAPTURE(off);
      const std::string name(kind.longest_title + static_cast<std::size_t>(off) - around, 'A');
      const Labels labels{{"alertname", name}};
      const std::string title =
          at(json(body(kind.name, kind.block, kTocsin, notification({firing(labels)}, labels))), kind.title);
      CHECK(count_runes(title) == std::min(kind.longest_title, around + name.size()));
      CHECK(title.ends_with("…") == (off > 0));
    }
  }
}

TEST_CASE("texts are whole up to the limit; one character more costs a link, not the message") {
  struct Row {
    const char* kind;
    std::size_t limit;
  };
  for (const Row& row : {Row{"discord_configs", 4096},
                         {"mattermost_configs", 12'000},
                         {"msteamsv2_configs", 8000},
                         {"rocketchat_configs", 4500},
                         {"opsgenie_configs", 15'000},
                         {"victorops_configs", 20'480}}) {
    const auto kind = std::ranges::find(kinds(), std::string(row.kind), &Kind::name);
    const auto text_of = [&](std::size_t summary) {
      const Notification what =
          notification({firing({{"alertname", "A"}}, {{"summary", std::string(summary, 's')}})});
      return at(json(body(kind->name, kind->block, kTocsin, what)), kind->text);
    };
    const std::size_t around = count_runes(text_of(1)) - 1;
    for (const int off : {-1, 0, 1}) {
      CAPTURE(row.kind);
      CAPTURE(off);
      const std::size_t summary = row.limit + static_cast<std::size_t>(off) - around;
      const std::string text = text_of(summary);
      CHECK(text.find(std::string(summary, 's')) != std::string::npos);
      CHECK((count_runes(text) == summary + around) == (off <= 0));
      CHECK(count_runes(text) <= row.limit);
      CHECK(text.find("Graph") != std::string::npos);
    }
  }
}

TEST_CASE("a long list is cut by alerts, and the rest counted") {
  const std::string text = at(json(body("discord_configs", "{webhook_url: 'https://x'}", kTocsin, storm(57))),
                              {"embeds", "0", "description"});
  CHECK(text.find("[… 37 more](http://tocsin:9093/#/alerts?receiver=team") != std::string::npos);
  CHECK(text.find("[Runbook](https://runbooks.example.com/down)") != std::string::npos);
}

TEST_CASE("Telegram's tags stay whole whatever the labels hold") {
  for (const int count : {1, 5, 20, 200}) {
    const std::string text =
        json(body("telegram_configs", "{bot_token: t, chat_id: 1}", kTocsin, storm(count, 50))).text("text");
    for (const std::string tag : {"b", "pre", "a"}) {
      std::size_t opened = 0, closed = 0;
      for (std::size_t at = 0; (at = text.find("<" + tag, at)) != std::string::npos; ++at) ++opened;
      for (std::size_t at = 0; (at = text.find("</" + tag + ">", at)) != std::string::npos; ++at) ++closed;
      CHECK(opened == closed);
    }
  }
}

TEST_CASE("Telegram looks for no Markdown in a text that has none") {
  const std::string own = "{bot_token: t, chat_id: 1, parse_mode: MarkdownV2";
  CHECK(json(body("telegram_configs", own + "}", kTocsin, storm(2))).text("parse_mode").empty());
  CHECK(json(body("telegram_configs", own + ", message: x}", kTocsin, storm(2))).text("parse_mode") ==
        "MarkdownV2");
}

TEST_CASE("an e-mail has the page as text and as HTML, and a subject of its own") {
  const std::string block = "{to: a@x.org, from: b@x.org, smarthost: 'x:25'}";
  const std::string mail = body("email_configs", block, kTocsin, many_alerts(3));
  CHECK(mail.find("Subject: =?") != std::string::npos);
  CHECK(mail.find("Tocsin =C2=B7 receiver team") != std::string::npos);
  CHECK(mail.find("max-width:720px") != std::string::npos);
  const std::string own =
      body("email_configs", "{to: a@x.org, from: b@x.org, smarthost: 'x:25', headers: {subject: mine}}",
           kTocsin, many_alerts(3));
  CHECK(own.find("Subject: mine\r\n") != std::string::npos);
}

TEST_CASE("what the user wrote stands, whatever the style") {
  const std::string block = "{webhook_url: 'https://x', title: '{{ .Status }}', message: mine}";
  CHECK(body("discord_configs", block, kTocsin, many_alerts(3)) ==
        body("discord_configs", block, "{}", many_alerts(3)));
}

TEST_CASE("without message_style, texts are Alertmanager's; a receiver's own goes before the global one") {
  const auto title = [](const std::string& own, const std::string& global) {
    return at(json(body("discord_configs", "{webhook_url: 'https://x'" + own + "}", global, many_alerts(1))),
              {"embeds", "0", "title"});
  };
  const std::string theirs = "[FIRING:1] Down (host-0)";
  CHECK(title("", "{}") == theirs);
  CHECK(title("", kTocsin).find("🟠 [FIRING] Down — instance=host-0") == 0);
  CHECK(title(", message_style: alertmanager", kTocsin) == theirs);
  CHECK(title(", message_style: tocsin", "{}").find("🟠") == 0);
}

TEST_CASE("message_style is one of two words") {
  check_loading(
      "discord_configs",
      {{"{webhook_url: 'https://x', message_style: pretty}", "{}",
        "message_style must be tocsin or alertmanager"},
       {"{webhook_url: 'https://x'}", "{message_style: x}", "message_style must be tocsin or alertmanager"},
       {"{webhook_url: 'https://x', message_style: tocsin}", "{message_style: alertmanager}", ""}});
}

TEST_CASE("a user's definition of a default text is noticed") {
  CHECK_FALSE(templates("{{ define \"mine\" }}x{{ end }}").replaces_defaults());
  CHECK(templates("{{ define \"slack.default.title\" }}x{{ end }}").replaces_defaults());
  CHECK(templates("{{ define \"__subject\" }}x{{ end }}").replaces_defaults());
  CHECK_FALSE(templates("{{ define \"discord.tocsin.title\" }}x{{ end }}").replaces_defaults());
}

}  // namespace tocsin
