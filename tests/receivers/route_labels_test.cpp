#include "receivers/route_labels.h"

#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;

namespace {

Notification labelled(KeyValues labels) {
  Notification out = golden_notification();
  out.route_labels = std::move(labels);
  return out;
}

RenderedRouteLabels render(KeyValues labels) {
  return render_route_labels(labelled(std::move(labels)), templates(), "http://tocsin:9093", kNow);
}

std::string body_of(const std::string& block, const Notification& what) {
  return http(build(read("webhook_configs", block).only(), what, templates())).body;
}

}  // namespace

TEST_CASE("route labels are rendered with the group's data and may call on one another") {
  const RenderedRouteLabels out =
      render({{"plain", "x {}"},
              {"leaf", "{{ .GroupLabels.alertname }}"},
              {"a", "{{ routeLabels \"leaf\" }}"},
              {"b", "{{ routeLabels \"leaf\" }}"},
              {"top", "{{ routeLabels \"a\" }}-{{ routeLabels \"b\" }}"},
              {"raw", "{{ .RouteLabels.leaf }}"},
              {"none", "[{{ routeLabels \"nothing\" }}{{ .RouteLabels.nothing }}]"},
              {"rest",
               "{{ .Status }} {{ len .Alerts }} {{ .NotificationReason }} "
               "{{ .Receiver }} {{ .CommonLabels.cluster }}"}});
  CHECK(out.failures.empty());
  CHECK(out.labels == KeyValues{{"plain", "x {}"},
                                {"leaf", "Down"},
                                {"a", "Down"},
                                {"b", "Down"},
                                {"top", "Down-Down"},
                                {"raw", "{{ .GroupLabels.alertname }}"},
                                {"none", "[]"},
                                {"rest", "firing 2 unknown team eu"}});
  CHECK(render({}).labels.empty());
  Notification empty = labelled({{"x", "{{ (index .Alerts 0).Status }}"}});
  empty.alerts.clear();
  CHECK(render_route_labels(empty, templates(), "", kNow).failures.empty());
}

TEST_CASE("a route label that fails is left out and the others stay") {
  const RenderedRouteLabels out = render({{"ok", "{{ .Status }}"},
                                          {"self", "{{ routeLabels \"self\" }}"},
                                          {"ping", "{{ routeLabels \"pong\" }}"},
                                          {"pong", "{{ routeLabels \"ping\" }}"},
                                          {"syntax", "{{ if }}"},
                                          {"field", "{{ .Nope }}"}});
  CHECK(out.labels == KeyValues{{"ok", "firing"}});
  CHECK(out.failures.size() == 5);
  CHECK(out.failures.at("self").find("in a circle: self -> self") != std::string::npos);
  CHECK(out.failures.at("ping").find("in a circle: ping -> pong -> ping") != std::string::npos);
}

TEST_CASE("templates and webhooks see what route labels became") {
  const Notification what = labelled({{"owner", "{{ .CommonLabels.cluster }}-sre"},
                                      {"braces", "{{ \"{{ .Status }}\" }}"},
                                      {"broken", "{{ .Nope }}"}});
  CHECK(body_of("{url: 'http://h'}", what)
            .find(R"("routeLabels":{"braces":"{{ .Status }}","owner":"eu-sre"})") != std::string::npos);
  CHECK(body_of("{url: 'http://h', payload: {a: '{{ .RouteLabels.owner }} {{ routeLabels \"owner\" }}', "
                "b: '{{ routeLabels \"braces\" }}', c: '[{{ routeLabels \"broken\" }}]'}}",
                what) == R"({"a":"eu-sre eu-sre","b":"{{ .Status }}","c":[]})"
                         "\n");
  CHECK(http(build(read("webhook_configs", "{url: 'http://{{ routeLabels \"owner\" }}/'}").only(), what,
                   templates()))
            .url == "http://eu-sre/");
  const auto built =
      build(read("slack_configs", "{api_url: 'http://h', channel: '{{ routeLabels \"owner\" }}'}").only(),
            what, templates());
  CHECK(json(http(built).body).text("channel") == "eu-sre");
  CHECK(built->warning.find("the route label broken failed and is left out: ") == 0);
  CHECK(json(http(built).body).find("attachments").array().at(0).text("text").find("Tocsin:") ==
        std::string::npos);
}

TEST_CASE("route labels are those of all alerts, however many a webhook takes") {
  Notification what = many_alerts(3);
  what.route_labels = {{"count", "{{ len .Alerts }}"}};
  const JsonValue body = json(body_of("{url: 'http://h', max_alerts: 1}", what));
  CHECK(body.find("alerts").array().size() == 1);
  CHECK(body.find("routeLabels").text("count") == "3");
}

TEST_CASE("route labels in hand-written data may be templates, as amtool has it") {
  const auto data =
      read_webhook_message(R"({"routeLabels":{"x":"{{ .Status }}"},"status":"firing","alerts":[]})");
  REQUIRE(data.has_value());
  CHECK(templates().text("{{ routeLabels \"x\" }}", {*data, kNow}).value_or("") == "firing");
}

TEST_CASE("route labels are tried when they are loaded, each mistake once and where it stands") {
  const auto problems_of = [](const KeyValues& own, const KeyValues& inherited) {
    Problems problems;
    check_route_labels(own, inherited, "tocsin.yml", {7, 3}, templates(), problems);
    return problems;
  };
  CHECK(problems_of({{"a", "x"}, {"b", "{{ routeLabels \"c\" }}"}}, {{"c", "{{ .Status }}"}}).empty());
  const Problems broken = problems_of({{"a", "{{ .Nope }}"}, {"b", "{{ if }}"}}, {});
  CHECK(broken.has_errors());
  CHECK(broken.all().size() == 2);
  CHECK(broken.to_string().find("tocsin.yml:7:3: error: the route label a fails on sample alerts: ") == 0);
  const Problems sometimes = problems_of({{"a", "{{ (index .Alerts.Firing 0).Status }}"}}, {});
  CHECK_FALSE(sometimes.has_errors());
  CHECK(sometimes.all().size() == 1);
  // The parent was told of its own mistakes; the child hears of what it makes of inherited labels.
  CHECK(problems_of({{"a", "x"}}, {{"b", "{{ .Nope }}"}}).empty());
  CHECK(problems_of({}, {{"b", "{{ .Nope }}"}}).empty());
  CHECK(problems_of({{"b", "x"}}, {{"b", "{{ .Nope }}"}}).empty());
  const Problems circle =
      problems_of({{"a", "{{ routeLabels \"b\" }}"}}, {{"a", "x"}, {"b", "{{ routeLabels \"a\" }}"}});
  CHECK(circle.all().size() == 2);
  CHECK(circle.to_string().find("in a circle: b -> a -> b") != std::string::npos);
}

}  // namespace tocsin
