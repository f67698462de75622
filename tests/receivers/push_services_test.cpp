// Google Chat, Matrix, ntfy and Gotify: the presets of the http receiver.
#include "core/utf8.h"
#include "receivers/sha256.h"
#include "receivers/urgency.h"
#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;
using Outcome = DeliveryResult::Outcome;

namespace {

const std::string kChat = "url: 'https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t'";
const std::string kMatrix =
    "homeserver_url: 'https://m.example/', room_id: '!r/1:m.example', access_token_file: key";
const std::string kNtfy = "url: 'https://ntfy.example', topic: pages";
const std::string kGotify = "url: 'https://g.example/base/', token: T";

HttpRequest request_for(const std::string& kind, const std::string& block, const Notification& what) {
  return http(build(read(kind, "{" + block + "}").only(), what, templates()));
}

std::string header(const HttpRequest& request, const std::string& name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return "(none)";
}

Notification with_severity(const std::string& severity) {
  return notification({firing({{"alertname", "Down"}, {"severity", "info"}}),
                       firing({{"alertname", "Down"}, {"instance", "b"}, {"severity", severity}})});
}

}  // namespace

TEST_CASE("Google Chat gets a text in the group's thread, under a key that makes a repetition harmless") {
  const Notification what = many_alerts(2);
  const HttpRequest request = request_for("googlechat_configs", kChat, what);
  CHECK(request.method == "POST");
  CHECK(request.url.find("https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t&messageReplyOption="
                         "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD&requestId=") == 0);
  const JsonValue body = json(request.body);
  CHECK(body.find("thread").text("threadKey") == sha256_hex(what.group_key));
  CHECK(body.text("text") ==
        "*[FIRING:2] Down *\nDown (instance=host-0)\nDown (instance=host-1)\n"
        "<http://tocsin:9093/#/alerts?receiver=team|all alerts>");

  const HttpRequest plain = request_for(
      "googlechat_configs", kChat + ", thread: false, text: hi, cards: [{cardId: '{{ .Status }}'}]", what);
  CHECK(plain.body == R"({"text":"hi","cardsV2":[{"cardId":"firing"}]})");
  CHECK(plain.url.find("messageReplyOption") == std::string::npos);
  const ReadReceiver team = read("googlechat_configs", "{" + kChat + "}");
  check_common_answers(team.only(), answer(200, R"({"name":"spaces/A/messages/B"})"));
  CHECK(team.only().read(what, answer(200, R"({"name":"spaces/A/messages/B"})")).message_ref ==
        "spaces/A/messages/B");
  CHECK(team.only().read(what, answer(400, R"({"error":{"message":"bad card"}})")).message ==
        "HTTP 400: bad card");
}

TEST_CASE("the key of a message is stable over retries, and another one for newer state") {
  const auto url_of = [](const Notification& what) {
    return request_for("matrix_configs", kMatrix, what).url;
  };
  const Notification what = many_alerts(2);
  Notification retried = what;
  retried.at += std::chrono::minutes(1);
  CHECK(url_of(retried) == url_of(what));
  Notification ended = what;
  ended.alerts[1].ends_at = kNow;
  Notification later = what;
  later.id = "n-2";
  CHECK(url_of(ended) != url_of(what));
  CHECK(url_of(later) != url_of(what));
  CHECK(url_of(many_alerts(3)) != url_of(what));
}

TEST_CASE("Matrix gets text and HTML into its room") {
  const HttpRequest request = request_for("matrix_configs", kMatrix, golden_notification());
  CHECK(request.method == "PUT");
  CHECK(request.url.find(
            "https://m.example/_matrix/client/v3/rooms/%21r%2F1%3Am.example/send/m.room.message/") == 0);
  CHECK(header(request, "Authorization") == "Bearer key-from-file");
  const JsonValue body = json(request.body);
  CHECK(body.text("msgtype") == "m.text");
  CHECK(body.text("body") == "[FIRING:1] Down (eu)\nx < y & \"z\" (job=a)\nresolved: Down (job=b)");
  CHECK(body.text("format") == "org.matrix.custom.html");
  CHECK(body.text("formatted_body") ==
        "<strong>[FIRING:1] Down (eu)</strong><ul><li>x &lt; y &amp; &#34;z&#34; (<code>job=a</code>)</li>"
        "<li>resolved: Down (<code>job=b</code>)</li></ul>"
        "<a href=\"http://tocsin:9093/#/alerts?receiver=team\">all alerts</a>");

  const ReadReceiver team = read("matrix_configs", "{" + kMatrix + "}");
  check_common_answers(team.only(), answer(200, R"({"event_id":"$e"})"));
  check_answers(team.only(),
                {{answer(429, R"({"errcode":"M_LIMIT_EXCEEDED","error":"slow","retry_after_ms":1500})"),
                  Outcome::kFailed, "rateLimited", std::chrono::milliseconds(1500)}});
  CHECK(team.only().read(many_alerts(1), answer(200, R"({"event_id":"$e"})")).message_ref == "$e");
}

TEST_CASE("ntfy gets a JSON message whose priority and tags say how urgent it is") {
  const HttpRequest request = request_for("ntfy_configs", kNtfy + ", token: tk_1", with_severity("critical"));
  CHECK(request.method == "POST");
  CHECK(request.url == "https://ntfy.example");
  CHECK(header(request, "Authorization") == "Bearer tk_1");
  const JsonValue body = json(request.body);
  CHECK(body.text("topic") == "pages");
  CHECK(body.text("title") == "[FIRING:2] Down");
  CHECK(body.text("message") == "Down (severity=info)\nDown (instance=b, severity=critical)");
  CHECK(body.integer("priority") == 5);
  CHECK(body.find("tags").array().at(0).string() == "rotating_light");
  CHECK(body.text("click") == "http://tocsin:9093/#/alerts?receiver=team");

  const JsonValue own = json(
      request_for("ntfy_configs",
                  kNtfy + ", tags: ['{{ .Status }}', '', db], priority: '{{ len .Alerts }}', markdown: true, "
                          "click: '', icon: 'http://i'",
                  with_severity("x"))
          .body);
  CHECK(own.integer("priority") == 2);
  CHECK(json_text(own.find("tags")) == R"(["firing","db"])");
  CHECK(own.boolean("markdown"));
  CHECK(own.find("click").is_null());

  const HttpRequest login =
      request_for("ntfy_configs", kNtfy + ", username: u, password: p", with_severity("x"));
  REQUIRE(login.config);
  CHECK(login.config->basic->username == "u");
  CHECK(login.config->basic->password.text == "p");
  check_common_answers(read("ntfy_configs", "{" + kNtfy + "}").only(), answer(200, R"({"id":"x"})"));
  const auto odd = build(read("ntfy_configs", "{" + kNtfy + ", priority: loud}").only(),
                         with_severity("critical"), templates());
  CHECK(json(http(odd).body).integer("priority") == 5);
  CHECK(odd->warning == "priority is \"loud\", not a number from 1 to 5");
}

TEST_CASE("Gotify gets message, priority and extras") {
  const HttpRequest request =
      request_for("gotify_configs", kGotify + ", markdown: true", with_severity("critical"));
  CHECK(request.url == "https://g.example/base/message");
  CHECK(header(request, "X-Gotify-Key") == "T");
  CHECK(request.body ==
        R"j({"title":"[FIRING:2] Down","message":"Down (severity=info)\nDown (instance=b, severity=critical)",)j"
        R"j("priority":9,"extras":{"client::display":{"contentType":"text/markdown"},)j"
        R"j("client::notification":{"click":{"url":"http://tocsin:9093/#/alerts?receiver=team"}}}})j");
  const JsonValue bare =
      json(request_for("gotify_configs", kGotify + ", click: '', message: '', priority: '0'", all_resolved())
               .body);
  CHECK(bare.find("extras").is_null());
  CHECK(bare.integer("priority") == 0);
  CHECK(bare.text("message").find("[RESOLVED]") == 0);
  const ReadReceiver team = read("gotify_configs", "{" + kGotify + "}");
  check_common_answers(team.only(), answer(200, R"({"id":25})"));
  CHECK(team.only().read(many_alerts(1), answer(401, R"({"errorDescription":"no token"})")).message ==
        "HTTP 401: no token");
}

TEST_CASE("the worst severity that fires decides how urgent a notification is") {
  struct Row {
    std::string severity;
    Urgency urgency;
  };
  for (const Row& row :
       {Row{"critical", Urgency::kCritical}, Row{"Page", Urgency::kCritical}, Row{"error", Urgency::kError},
        Row{"warning", Urgency::kWarning}, Row{"", Urgency::kWarning}, Row{"sev-0", Urgency::kWarning},
        Row{"info", Urgency::kInfo}}) {
    CAPTURE(row.severity);
    CHECK(urgency_of(notification_data(with_severity(row.severity), "")) == row.urgency);
  }
  CHECK(urgency_of(notification_data(all_resolved(), "")) == Urgency::kResolved);
}

TEST_CASE("texts are cut at the limits of their services and not before") {
  struct Row {
    std::string kind, block, key;
    std::size_t limit;  // code points; "ä" is two bytes
  };
  const std::vector<Row> rows = {{"googlechat_configs", kChat + ", text: ", "text", 4096},
                                 {"matrix_configs", kMatrix + ", html: '', message: ", "body", 29'985},
                                 {"ntfy_configs", kNtfy + ", title: ", "title", 250},
                                 {"ntfy_configs", kNtfy + ", message: ", "message", 2048},
                                 {"gotify_configs", kGotify + ", title: ", "title", 250},
                                 {"gotify_configs", kGotify + ", message: ", "message", 32'767}};
  for (const Row& row : rows) {
    CAPTURE(row.kind);
    CAPTURE(row.key);
    const auto text_of = [&](std::size_t length) {
      std::string text;
      for (std::size_t i = 0; i < length; ++i) text += "ä";
      return json(request_for(row.kind, row.block + text, many_alerts(1)).body).text(row.key);
    };
    CHECK(count_runes(text_of(row.limit)) == row.limit);
    CHECK(text_of(row.limit).ends_with("ä"));
    const std::string cut = text_of(row.limit + 1);
    CHECK(std::min(count_runes(cut), cut.size() / 2) <= row.limit);
    CHECK(cut.find("ä…") != std::string::npos);
  }
}

TEST_CASE("whole alerts are left out before a text is cut, and the message says how many") {
  for (const auto& [kind, block, key] :
       {std::tuple{"googlechat_configs", kChat, "text"}, std::tuple{"ntfy_configs", kNtfy, "message"}}) {
    CAPTURE(kind);
    const std::string keys = block;
    const auto built = build(read(kind, "{" + keys + "}").only(), many_alerts(400), templates());
    const std::string text = json(http(built).body).text(key);
    CHECK(text.size() <= 4096);
    CHECK(text.size() > 3900);
    CHECK(text.find("more alerts, full list: http://tocsin:9093") != std::string::npos);
    CHECK(built->warning.find("did not fit") != std::string::npos);
  }
}

TEST_CASE("cards that are too large cost Google Chat's cards, not the text") {
  const std::string large(17'000, 'x');
  const auto built = build(read("googlechat_configs", "{" + kChat + ", cards: [{a: " + large + "}]}").only(),
                           many_alerts(1), templates());
  CHECK(json(http(built).body).find("cardsV2").is_null());
  CHECK(built->warning.find("the cards were left out") != std::string::npos);
}

TEST_CASE("mistakes in the blocks of these services are refused with a way out") {
  check_loading("googlechat_configs",
                {{"{}", "{}", "one of url and url_file must be set in a googlechat config"},
                 {"{" + kChat + ", cards: {a: b}}", "{}", "cards must be a list"},
                 {"{" + kChat + ", title: x}", "{}", "title"},
                 {"{url: '<secret>'}", "{}", ""}});
  check_loading("matrix_configs",
                {{"{room_id: '!a:b', access_token: t}", "{}", "a matrix config needs homeserver_url"},
                 {"{homeserver_url: 'http://m', access_token: t}", "{}", "a matrix config needs room_id"},
                 {"{homeserver_url: 'http://m', access_token: t, room_id: '#a:b'}", "{}", "is an alias"},
                 {"{homeserver_url: 'http://m', access_token: t, room_id: 'a:b'}", "{}", "must begin with !"},
                 {"{homeserver_url: 'http://m', room_id: '!a:b'}", "{}", "one of access_token"},
                 {"{" + kMatrix + ", access_token: t}", "{}", "access_token"},
                 {"{" + kMatrix + ", msgtype: m.image}", "{}", "msgtype must be m.text or m.notice"},
                 {"{" + kMatrix + ", msgtype: m.notice}", "{}", ""}});
  check_loading("ntfy_configs", {{"{}", "{}", "one of topic and topic_file must be set in an ntfy config"},
                                 {"{topic: 'a/b'}", "{}", "a topic is 1 to 64 letters"},
                                 {"{topic: a, token: t, username: u, password: p}", "{}", "at most one of"},
                                 {"{topic: a, username: u}", "{}", "username and password belong together"},
                                 {"{topic: a, password: p}", "{}", "username and password belong together"},
                                 {"{topic: a, tags: [[b]]}", "{}", "a tag is a text"},
                                 {"{topic: 'a-{{ .Status }}', tags: [x]}", "{}", ""}});
  check_loading("gotify_configs", {{"{token: t}", "{}", "a gotify config needs url"},
                                   {"{url: 'http://g'}", "{}", "one of token and token_file"},
                                   {"{url: 'g', token: t}", "{}", "url is not a URL"},
                                   {"{" + kGotify + "}", "{}", ""}});
}

}  // namespace tocsin
