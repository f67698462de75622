#include "receivers/webhook.h"

#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;

TEST_CASE("the webhook message has Alertmanager's bytes") {
  Notification what = notification({firing({{"alertname", "Down"}, {"job", "a<b"}}, {{"summary", "x & y"}}),
                                    resolved({{"alertname", "Down"}, {"job", "z"}})});
  what.integration.receiver = "team.x";
  what.route_labels = {{"owner", "sre"}};
  const ReadReceiver team = read("webhook_configs", "{url: 'http://hook/'}");
  const HttpRequest request = http(build(team.only(), what, templates()));
  const std::string first = what.alerts[0].labels.fingerprint_hex();
  const std::string second = what.alerts[1].labels.fingerprint_hex();
  CHECK(
      request.body ==
      R"({"receiver":"team\\.x","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"Down",)"
      R"("job":"a\u003cb"},"annotations":{"summary":"x \u0026 y"},"startsAt":"2026-01-02T02:59:05Z",)"
      R"("endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prometheus:9090/graph?g0.expr=up\u0026g0.tab=1",)"
      R"("fingerprint":")" +
          first +
          R"("},{"status":"resolved","labels":{"alertname":"Down","job":"z"},"annotations":{},)"
          R"("startsAt":"2026-01-02T02:59:05Z","endsAt":"2026-01-02T03:03:05Z",)"
          R"("generatorURL":"http://prometheus:9090/graph?g0.expr=up\u0026g0.tab=1","fingerprint":")" +
          second +
          R"("}],"notification_reason":"first notification","groupLabels":{"alertname":"Down"},)"
          R"("commonLabels":{"alertname":"Down"},"commonAnnotations":{},"routeLabels":{"owner":"sre"},)"
          R"("externalURL":"http://tocsin:9093","version":"4","groupKey":"{}:{alertname=\"Down\"}","truncatedAlerts":0})"
          "\n");
  CHECK(request.method == "POST");
  CHECK(request.url == "http://hook/");
}

TEST_CASE("max_alerts keeps the first alerts and says how many are missing") {
  const ReadReceiver team = read("webhook_configs", "{url: 'http://hook/', max_alerts: 2}");
  const auto built = build(team.only(), many_alerts(5), templates());
  const JsonValue body = json(http(built).body);
  CHECK(body.find("alerts").array().size() == 2);
  CHECK(body.integer("truncatedAlerts") == 3);
  CHECK(built->warning.find("3 alerts") != std::string::npos);
  CHECK(json(http(build(team.only(), many_alerts(2), templates())).body).integer("truncatedAlerts") == 0);
}

TEST_CASE("a webhook's URL may be a template, and an empty one is refused") {
  const ReadReceiver team =
      read("webhook_configs", "{url: 'http://{{ .CommonLabels.alertname | toLower }}.example/'}");
  CHECK(http(build(team.only(), many_alerts(1), templates())).url == "http://down.example/");
  const ReadReceiver empty = read("webhook_configs", "{url: '{{ .CommonLabels.nothing }}'}");
  CHECK_FALSE(build(empty.only(), many_alerts(1), templates()).has_value());
}

TEST_CASE("a payload's texts are expanded and read again as data") {
  const ReadReceiver team =
      read("webhook_configs",
           "{url: 'http://hook/', payload: {count: '{{ len .Alerts }}', text: 'a: {{ .Status }}!', "
           "all: '{{ .Alerts | toJson }}', '{{ .Status }}': [1, true, ~]}}");
  const JsonValue body = json(http(build(team.only(), many_alerts(2), templates())).body);
  CHECK(body.integer("count") == 2);
  CHECK(body.find("all").array().at(1).find("labels").text("instance") == "host-1");
  CHECK(body.find("firing").array().size() == 3);
  CHECK(body.find("text").text("a") == "firing!");
}

TEST_CASE("a failing payload template sends the standard message instead") {
  const ReadReceiver team =
      read("webhook_configs", "{url: 'http://hook/', payload: {x: '{{ template \"gone\" . }}'}}");
  const auto built = build(team.only(), many_alerts(1), templates());
  CHECK(json(http(built).body).text("version") == "4");
  CHECK(built->warning.find("payload failed") != std::string::npos);
}

TEST_CASE("a webhook message read back gives the same template data") {
  Notification what = many_alerts(2);
  what.alerts.push_back(resolved({{"alertname", "Down"}}));
  const NotificationData data = notification_data(what, "http://tocsin:9093");
  const std::string message = webhook_message(data, what.group_key, 0);
  const auto read_back = read_webhook_message(message);
  REQUIRE(read_back.has_value());
  CHECK(webhook_message(*read_back, what.group_key, 0) == message);
  CHECK_FALSE(read_webhook_message("[]").has_value());
  CHECK_FALSE(read_webhook_message("{").has_value());
  CHECK_FALSE(read_webhook_message(R"({"alerts":[{"startsAt":"yesterday"}]})").has_value());
}

}  // namespace tocsin
