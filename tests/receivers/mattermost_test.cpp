#include "receivers/mattermost.h"

#include "receivers/text_limits.h"
#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;
using Outcome = DeliveryResult::Outcome;

namespace {
const std::string kUrl = "webhook_url: 'https://mattermost.example/hooks/x'";

HttpRequest request_of(const std::string& block, const Notification& what = many_alerts(1),
                       const std::string& global = "{}") {
  const ReadReceiver team = read("mattermost_configs", block, global);
  CHECK_MESSAGE(!team.problems.has_errors(), team.problems.to_string());
  return http(build(team.only(), what, templates()));
}

// Every wording set to nothing, so that what is left is what a test is about.
const std::string kBare =
    kUrl + ", username: '', fallback: '', color: '', text: '', title: '', title_link: ''";
}  // namespace

TEST_CASE("Mattermost gets Alertmanager's bytes") {
  CHECK(read("mattermost_configs", "{" + kUrl + "}").only().wants_resolved());
  const HttpRequest request = request_of("{" + kUrl + ", channel: ops}", golden_notification());
  CHECK(request.url == "https://mattermost.example/hooks/x");
  CHECK(
      request.body ==
      R"({"channel":"ops","username":"Alertmanager","attachments":[{"fallback":)"
      R"("[FIRING:1] Down (eu) | http://tocsin:9093/#/alerts?receiver=team","color":"danger","text":)"
      R"("\n\n# Alerts Firing:\n\nLabels:\n  - alertname = Down\n  - cluster = eu\n  - job = a\n\nAnnotations:\n)"
      R"(  - runbook = r\n  - summary = x \u003c y \u0026 \"z\"\n\nSource: )"
      R"(http://prometheus:9090/graph?g0.expr=up\u0026g0.tab=1\n\n\n\n\n# Alerts Resolved:\n\nLabels:\n)"
      R"(  - alertname = Down\n  - cluster = eu\n  - job = b\n\nAnnotations:\n  - runbook = r\n\nSource: )"
      R"j(http://prometheus:9090/graph?g0.expr=up\u0026g0.tab=1\n\n\n\n","title":"[FIRING:1] Down (eu)",)j"
      R"("title_link":"http://tocsin:9093/#/alerts?receiver=team"}]})"
      "\n");
  CHECK(request_of("{" + kUrl + ", text: '{{ .Status }}'}", golden_resolved()).body ==
        R"({"username":"Alertmanager","attachments":[{"fallback":)"
        R"("[RESOLVED] Down (eu b) | http://tocsin:9093/#/alerts?receiver=team","color":"good",)"
        R"j("text":"resolved","title":"[RESOLVED] Down (eu b)",)j"
        R"("title_link":"http://tocsin:9093/#/alerts?receiver=team"}]})"
        "\n");
}

TEST_CASE("every part of a Mattermost message stands where Mattermost looks for it") {
  CHECK(
      request_of(
          "{" + kUrl +
          ", channel: c, username: u, icon_url: iu, icon_emoji: ie, type: ty, fallback: fb, color: co, "
          "pretext: p, text: te, author_name: an, author_link: al, author_icon: ai, title: ti, "
          "title_link: tl, thumb_url: th, footer: fo, footer_icon: fi, image_url: im, "
          "fields: [{title: '{{ .Status }}', value: v, short: true}, {title: T, value: V, short: false}, "
          "{title: x, value: y}], props: {card: ca}, priority: {priority: urgent, requested_ack: true, "
          "persistent_notifications: true}}")
          .body ==
      R"({"channel":"c","username":"u","icon_url":"iu","icon_emoji":"ie","attachments":[{"fallback":"fb",)"
      R"("color":"co","pretext":"p","text":"te","author_name":"an","author_link":"al","author_icon":"ai",)"
      R"("title":"ti","title_link":"tl","fields":[{"title":"firing","value":"v","short":true},)"
      R"({"title":"T","value":"V","short":false},{"title":"x","value":"y"}],"thumb_url":"th","footer":"fo",)"
      R"("footer_icon":"fi","image_url":"im"}],"type":"ty","props":{"card":"ca"},"priority":)"
      R"({"priority":"urgent","requested_ack":true,"persistent_notifications":true}})"
      "\n");
}

TEST_CASE("attachments that are listed take the place of the one of the block") {
  CHECK(request_of("{" + kUrl +
                   ", username: '', text: top, attachments: [{title: a, text: '{{ .Status }}'}, {color: red, "
                   "fields: [{title: t, value: v}]}]}")
            .body == R"({"text":"top","attachments":[{"text":"firing","title":"a"},)"
                     R"({"color":"red","fields":[{"title":"t","value":"v"}]}]})"
                     "\n");
  const ReadReceiver team =
      read("mattermost_configs", "{" + kUrl + ", color: red, attachments: [{title: a}]}");
  CHECK(team.problems.to_string().find("color has no effect next to attachments") != std::string::npos);
  CHECK(request_of("{" + kBare + ", attachments: []}").body == "{\"attachments\":[{}]}\n");
}

TEST_CASE("a priority that Mattermost would refuse is put right, and said") {
  struct Row {
    std::string given;
    std::string sent;
    std::string warning;
  };
  const std::vector<Row> rows = {
      {"{priority: Important, requested_ack: true}", R"({"priority":"important","requested_ack":true})", ""},
      {"{priority: '{{ .Status }}'}", R"({"priority":"standard"})",
       "priority \"firing\" is none of Mattermost's"},
      {"{priority: standard, requested_ack: true}", R"({"priority":"standard"})",
       "requested_ack was left out"},
      {"{priority: important, persistent_notifications: true}", R"({"priority":"important"})",
       "persistent_notifications was left out"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.given);
    const ReadReceiver team = read("mattermost_configs", "{" + kUrl + ", priority: " + row.given + "}");
    const auto built = build(team.only(), many_alerts(1), templates());
    CHECK(json_text(json(http(built).body).find("priority")) == row.sent);
    CHECK(built->warning.find(row.warning) == 0);
  }
  CHECK(json(request_of("{" + kUrl + ", priority: {requested_ack: true}}").body).find("priority").is_null());
  CHECK(json(request_of("{" + kUrl + ", props: {}}").body).find("props").is_null());
}

TEST_CASE("a Mattermost text is cut at 16383 characters and not before") {
  const auto text_of = [](std::size_t length) {
    return json(
               request_of("{" + kUrl + ", attachments: [{title: a}], text: " + std::string(length, 't') + "}")
                   .body)
        .text("text");
  };
  CHECK(text_of(16'383) == std::string(16'383, 't'));
  CHECK(text_of(16'384) == std::string(16'382, 't') + "…");
}

TEST_CASE("a mattermost block is checked as Alertmanager checks it") {
  check_loading(
      "mattermost_configs",
      {{"{}", "{}", "there is no Mattermost URL, neither here nor in global"},
       {"~", "{}", "missing mattermost config"},
       {"{webhook_url: 'http://h', webhook_url_file: f}", "{}", "webhook_url"},
       {"{}", "{mattermost_webhook_url: 'http://h', mattermost_webhook_url_file: f}",
        "mattermost_webhook_url"},
       {"{}", "{mattermost_webhook_url: nonsense}", "mattermost_webhook_url is not a URL"},
       {"{webhook_url: nonsense}", "{}", "webhook_url is not a URL"},
       {"{" + kUrl + ", fields: [{title: t}]}", "{}", "a Mattermost field needs value"},
       {"{" + kUrl + ", fields: [{value: t}]}", "{}", "a Mattermost field needs title"},
       {"{" + kUrl + ", fields: [~]}", "{}", "this Mattermost field is empty"},
       {"{" + kUrl + ", attachments: [~]}", "{}", "this Mattermost attachment is empty"},
       {"{" + kUrl + ", attachments: [{fields: [{title: t}]}]}", "{}", "a Mattermost field needs value"},
       {"{" + kUrl + ", attachments: [{chanel: t}]}", "{}", "chanel"},
       {"{" + kUrl + ", props: {cards: t}}", "{}", "cards"},
       {"{" + kUrl + ", priority: {prio: t}}", "{}", "prio"},
       {"{" + kUrl + ", priority: {priority: nonsense}}", "{}", ""},
       {"{}", "{mattermost_webhook_url: 'http://h'}", ""},
       {"{}", "{mattermost_webhook_url_file: f}", ""},
       {"{webhook_url_file: f}", "{mattermost_webhook_url: 'http://h'}", ""}});
}

TEST_CASE("a Mattermost URL of the block beats a global one, whatever their forms") {
  const auto secret_of = [](const std::string& block, const std::string& global) {
    const ReadReceiver team = read("mattermost_configs", block, global);
    std::string out;
    const NotificationTemplates with = templates();
    const BuildContext context{with, "http://t", kNow, [&](const Secret& secret) -> Result<std::string> {
                                 out = secret.text + "|" + secret.file;
                                 return std::string("http://h");
                               }};
    REQUIRE(team.only().build(many_alerts(1), context).has_value());
    return out;
  };
  CHECK(secret_of("{webhook_url_file: f}", "{mattermost_webhook_url: 'http://g'}") == "|/etc/tocsin/f");
  CHECK(secret_of("{webhook_url: 'http://l'}", "{mattermost_webhook_url_file: g}") == "http://l|");
  CHECK(secret_of("{}", "{mattermost_webhook_url_file: g}") == "|/etc/tocsin/g");
}

TEST_CASE("templates of all parts of a mattermost block are tried when it is loaded") {
  const ReadReceiver team = read(
      "mattermost_configs",
      "{" + kUrl +
          ", attachments: [{text: '{{ .Nope }}', fields: [{title: t, value: '{{ .No }}'}]}], props: {card: "
          "'{{ .Nay }}'}, priority: {priority: '{{ .Not }}'}}");
  Problems problems;
  check_receiver_templates({team.receiver}, templates(), problems);
  for (const char* key :
       {"attachments[0].text", "attachments[0].fields[0].value", "props.card", "priority.priority"}) {
    CHECK_MESSAGE(problems.to_string().find(std::string("the template of ") + key) != std::string::npos,
                  problems.to_string());
  }
}

TEST_CASE("a failing template costs Mattermost's wording, not the page") {
  const auto built =
      build(read("mattermost_configs", "{" + kUrl + ", title: '{{ .Nope }}', text: '{{ .Nope }}'}").only(),
            many_alerts(1), templates());
  const JsonValue body = json(http(built).body);
  CHECK(body.text("text").find("Tocsin: the template of text failed") == 0);
  CHECK(body.find("attachments").array().at(0).text("title") == "[FIRING:1] Down (host-0)");
  CHECK(body.find("attachments").array().at(0).text("text").find("firing: Down") == 0);
}

TEST_CASE("Mattermost's answers are judged by their status") {
  std::vector<AnswerRow> rows = common_answers();
  rows.push_back({answer(200, "ok"), Outcome::kDelivered, ""});
  check_answers(read("mattermost_configs", "{" + kUrl + "}").only(), rows);
}

}  // namespace tocsin
