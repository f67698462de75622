#include "receivers/rocketchat.h"

#include "receivers/text_limits.h"
#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;
using Outcome = DeliveryResult::Outcome;

namespace {
const std::string kKeys = "token: t0, token_id: u0";

HttpRequest request_of(const std::string& block, const Notification& what = many_alerts(1),
                       const std::string& global = "{}") {
  const ReadReceiver team = read("rocketchat_configs", block, global);
  CHECK_MESSAGE(!team.problems.has_errors(), team.problems.to_string());
  return http(build(team.only(), what, templates()));
}

std::string header(const HttpRequest& request, const std::string& name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return "";
}
}  // namespace

TEST_CASE("Rocket.Chat gets Alertmanager's bytes and the user's token") {
  CHECK_FALSE(read("rocketchat_configs", "{" + kKeys + "}").only().wants_resolved());
  const HttpRequest request = request_of("{" + kKeys + ", channel: '#ops'}", golden_notification());
  CHECK(request.url == "https://open.rocket.chat/api/v1/chat.postMessage");
  CHECK(header(request, "X-Auth-Token") == "t0");
  CHECK(header(request, "X-User-Id") == "u0");
  CHECK(request.body == R"j({"channel":"#ops","attachments":[{"title":"[FIRING:1] Down (eu)",)j"
                        R"("title_link":"http://tocsin:9093/#/alerts?receiver=team","color":"red"}]})"
                        "\n");
  CHECK(request_of(
            "{" + kKeys +
                ", channel: c, emoji: e, icon_url: i, title: ti, title_link: tl, text: '{{ .Status }}', "
                "image_url: im, thumb_url: th, short_fields: true, fields: [{title: T, value: V}, {title: U, "
                "short: false}], actions: [{type: button, text: Go, url: 'http://h?a&b', msg: m}, {}]}",
            golden_resolved())
            .body ==
        R"({"channel":"c","emoji":"e","avatar":"i","attachments":[{"title":"ti","title_link":"tl",)"
        R"("text":"resolved","image_url":"im","thumb_url":"th","color":"green","fields":[)"
        R"({"short":true,"title":"T","value":"V"},{"short":false,"title":"U"}],"actions":[{"type":"button",)"
        R"("text":"Go","url":"http://h?a\u0026b","is_webview":false,"msg":"m","msg_in_chat_window":false},)"
        R"({"type":"button","is_webview":false,"msg_in_chat_window":false}]}]})"
        "\n");
}

TEST_CASE("the path of Rocket.Chat's API is joined to its URL") {
  const auto url_of = [](const std::string& url) {
    return request_of("{" + kKeys + ", api_url: '" + url + "'}").url;
  };
  CHECK(url_of("http://chat") == "http://chat/api/v1/chat.postMessage");
  CHECK(url_of("http://chat/sub//") == "http://chat/sub/api/v1/chat.postMessage");
  CHECK(url_of("http://chat/?a=/b") == "http://chat/api/v1/chat.postMessage?a=/b");
  CHECK(request_of("{" + kKeys + "}", many_alerts(1), "{rocketchat_api_url: 'http://g/'}").url ==
        "http://g/api/v1/chat.postMessage");
}

TEST_CASE("a token of the block beats a global one, whatever their forms") {
  const auto tokens_of = [](const std::string& block, const std::string& global) {
    const HttpRequest request = request_of(block, many_alerts(1), global);
    return header(request, "X-Auth-Token") + " " + header(request, "X-User-Id");
  };
  CHECK(tokens_of("{}", "{rocketchat_token: gt, rocketchat_token_id: gi}") == "gt gi");
  CHECK(tokens_of("{token: lt, token_id_file: key}",
                  "{rocketchat_token_file: key, rocketchat_token_id: gi}") == "lt key-from-file");
  CHECK(tokens_of("{token_file: key}", "{rocketchat_token: gt, rocketchat_token_id_file: key}") ==
        "key-from-file key-from-file");
  const ReadReceiver missing = read("rocketchat_configs", "{token: t, token_id_file: gone}");
  const auto built = build(missing.only(), many_alerts(1), templates());
  CHECK(built.error().message == "token_id: cannot read /etc/tocsin/gone");
}

TEST_CASE("a Rocket.Chat title is cut at 1024 characters and not before") {
  const auto title_of = [](std::size_t length) {
    return json(request_of("{" + kKeys + ", title: " + std::string(length, 't') + "}").body)
        .find("attachments")
        .array()
        .at(0)
        .text("title");
  };
  CHECK(title_of(1024) == std::string(1024, 't'));
  CHECK(title_of(1025) == std::string(1023, 't') + "…");
}

TEST_CASE("a rocketchat block is checked as Alertmanager checks it") {
  const std::string global = "{rocketchat_token: t, rocketchat_token_id: i}";
  check_loading(
      "rocketchat_configs",
      {{"{token_id: i}", "{}", "there is no Rocket.Chat token, neither here nor in global"},
       {"{token: t}", "{}", "there is no Rocket.Chat token_id, neither here nor in global"},
       {"~", global, "missing rocketchat config"},
       {"{token: t, token_file: f}", global, "token"},
       {"{token_id: t, token_id_file: f}", global, "token_id"},
       {"{}", "{rocketchat_token: t, rocketchat_token_file: f, rocketchat_token_id: i}", "rocketchat_token"},
       {"{}", "{rocketchat_token: t, rocketchat_token_id_file: f, rocketchat_token_id: i}",
        "rocketchat_token_id"},
       {"{api_url: chat}", global, "api_url is not a URL"},
       {"{}", "{rocketchat_token: t, rocketchat_token_id: i, rocketchat_api_url: chat}",
        "rocketchat_api_url is not a URL"},
       {"{fields: [~]}", global, "this Rocket.Chat field is empty"},
       {"{actions: [~]}", global, "this Rocket.Chat action is empty"},
       {"{actions: [{image_url: x}]}", global, "image_url"},
       {"{alias: x}", global, "alias"},
       {"{}", global, ""},
       {"{fields: [{}], link_names: true, actions: [{type: x, imageurl: i, iswebview: true, "
        "webviewheightratio: r, msginchatwindow: true, msgprocessingtype: p}]}",
        global, ""}});
  const std::string warnings =
      read("rocketchat_configs", "{link_names: true, actions: [{type: x, iswebview: true}]}", global)
          .problems.to_string();
  for (const char* key : {"link_names", "type", "iswebview"}) {
    CHECK_MESSAGE(warnings.find(std::string(key) + " has no effect") != std::string::npos, warnings);
  }
}

TEST_CASE("a failing template costs Rocket.Chat's wording, not the page") {
  const auto built =
      build(read("rocketchat_configs",
                 "{" + kKeys + ", title: '{{ .Nope }}', fields: [{title: t, value: '{{ .No }}'}]}")
                .only(),
            many_alerts(1), templates());
  const JsonValue attachment = json(http(built).body).find("attachments").array().at(0);
  CHECK(attachment.text("title") == "[FIRING:1] Down (host-0)");
  CHECK(attachment.find("fields").array().at(0).text("value") == "(template failed)");
  CHECK(attachment.text("text").find("Tocsin: the template of title failed") == 0);
  CHECK(attachment.text("text").find("fields[0].value") != std::string::npos);
}

TEST_CASE("Rocket.Chat's answers mean what Rocket.Chat documents") {
  std::vector<AnswerRow> rows = common_answers();
  const std::string busy =
      R"({"success":false,"error":"Error, too many requests. [error-too-many-requests]"})";
  rows.push_back({answer(200, R"({"success":true,"ts":1,"channel":"c"})"), Outcome::kDelivered, ""});
  rows.push_back(
      {answer(200, R"({"success":false,"error":"invalid-channel"})"), Outcome::kRejected, "clientError"});
  rows.push_back({answer(200, "{}"), Outcome::kRejected, "clientError"});
  rows.push_back({answer(200, "<html>"), Outcome::kFailed, "clientError"});
  rows.push_back({answer(200, busy), Outcome::kFailed, "rateLimited"});
  rows.push_back({answer(400, busy, {{"retry-after", "52"}}), Outcome::kFailed, "rateLimited",
                  std::chrono::seconds(52)});
  const ReadReceiver team = read("rocketchat_configs", "{" + kKeys + "}");
  check_answers(team.only(), rows);
  CHECK(team.only().read(many_alerts(1), rows[rows.size() - 5].answer).message ==
        "Rocket.Chat refused the message: invalid-channel");
}

}  // namespace tocsin
