#include "receivers/incidentio.h"

#include "receivers/notification_data.h"
#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;

namespace {
const std::string kSource = "{url: 'https://i.example/x', alert_source_token: t";

HttpRequest request_of(const std::string& more, const Notification& what) {
  const ReadReceiver team = read("incidentio_configs", kSource + more + "}");
  CHECK_MESSAGE(!team.problems.has_errors(), team.problems.to_string());
  return http(build(team.only(), what, templates()));
}
}  // namespace

TEST_CASE("incident.io gets the webhook's message with a version of its own") {
  for (const Notification& what : {sample(), all_resolved()}) {
    const HttpRequest request = request_of("", what);
    CHECK(request.url == "https://i.example/x");
    REQUIRE(request.config->authorization.has_value());
    CHECK(request.config->authorization->type == "Bearer");
    CHECK(request.config->authorization->credentials.text == "t");
    CHECK(request.body ==
          webhook_message(notification_data(what, "http://tocsin:9093"), what.group_key, 0, "1"));
    CHECK(json(request.body).text("version") == "1");
  }
}

TEST_CASE("incident.io's max_alerts keeps the first alerts and says how many are missing") {
  const JsonValue body = json(request_of(", max_alerts: 2", many_alerts(5)).body);
  CHECK(body.find("alerts").array().size() == 2);
  CHECK(body.integer("truncatedAlerts") == 3);
}

TEST_CASE("above 512 KiB incident.io gets the first alert only") {
  const auto sized = [](std::size_t size) {
    Notification what = many_alerts(2, "y");
    what.alerts[1].annotations = {{"description", "x"}};
    const std::size_t least = request_of("", what).body.size();
    what.alerts[1].annotations = {{"description", std::string(size - least + 1, 'x')}};
    return what;
  };
  const HttpRequest kept = request_of("", sized(512 * 1024));
  CHECK(kept.body.size() == 512 * 1024);
  CHECK(json(kept.body).find("alerts").array().size() == 2);
  const JsonValue cut = json(request_of("", sized(512 * 1024 + 1)).body);
  CHECK(cut.find("alerts").array().size() == 1);
  CHECK(cut.integer("truncatedAlerts") == 1);
  const ReadReceiver team = read("incidentio_configs", kSource + "}");
  CHECK(build(team.only(), many_alerts(1, std::string(600'000, 'x')), templates())
            ->warning.find("larger than") != std::string::npos);
}

TEST_CASE("incident.io's URL and token may be files; without a token there is a warning") {
  const ReadReceiver file = read("incidentio_configs", "{url_file: key, alert_source_token_file: key}");
  CHECK_MESSAGE(!file.problems.has_errors(), file.problems.to_string());
  CHECK(build(file.only(), many_alerts(1), templates()).error().message == "url is not a URL");
  const ReadReceiver tokenless = read("incidentio_configs", "{url: 'http://i'}");
  CHECK_FALSE(tokenless.problems.has_errors());
  CHECK(tokenless.problems.to_string().find("has no token") != std::string::npos);
  const ReadReceiver own =
      read("incidentio_configs", "{url: 'http://i', http_config: {authorization: {credentials: c}}}");
  CHECK(own.problems.empty());
}

TEST_CASE("what an incident.io config cannot be is said with its place") {
  check_loading(
      "incidentio_configs",
      {{"{alert_source_token: t}", "{}", "one of url and url_file"},
       {"{url: 'http://h', url_file: f, alert_source_token: t}", "{}", "url"},
       {"{url: x, alert_source_token: t}", "{}", "url is not a URL"},
       {kSource + ", alert_source_token_file: f}", "{}", "alert_source_token"},
       {kSource + ", http_config: {authorization: {credentials: c}}}", "{}", "cannot be used together"},
       {"{url: 'http://h', http_config: {follow_redirects: false}}", "{}", "needs alert_source_token"},
       {kSource + ", max_alerts: -1}", "{}", "max_alerts cannot be negative"},
       {kSource + ", timeout: 1x}", "{}", "timeout"},
       {kSource + ", payload: x}", "{}", "payload"},
       {"~", "{}", "missing incidentio config"}});
}

TEST_CASE("incident.io's answers mean what they do everywhere, and name what was wrong") {
  const ReadReceiver team = read("incidentio_configs", kSource + "}");
  check_common_answers(team.only(), answer(202));
  CHECK(team.only()
            .read(many_alerts(1), answer(422, R"({"message":"bad","errors":[{"message":"worse"}]})"))
            .message == "HTTP 422: bad: worse");
}

}  // namespace tocsin
