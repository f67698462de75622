#include "receivers/pagerduty.h"

#include "receivers/sha256.h"
#include "receivers/text_limits.h"
#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;
using Outcome = DeliveryResult::Outcome;

namespace {
const std::string kKey = "routing_key: 0123456789abcdef0123456789abcdef";
JsonValue body_of(const std::string& more, const Notification& what) {
  const ReadReceiver team = read("pagerduty_configs", "{" + kKey + more + "}");
  return json(http(build(team.only(), what, templates())).body);
}
}  // namespace

TEST_CASE("SHA-256 gives the published digests") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST_CASE("a firing group triggers an incident under the hash of its group key") {
  const Notification what = notification({firing({{"alertname", "Down"}, {"job", "api"}}, {{"summary", "s"}}),
                                          resolved({{"alertname", "Down"}, {"job", "db"}})});
  const JsonValue body = body_of("", what);
  CHECK(body.text("routing_key") == "0123456789abcdef0123456789abcdef");
  CHECK(body.text("dedup_key") == sha256_hex("{}:{alertname=\"Down\"}"));
  CHECK(body.text("event_action") == "trigger");
  CHECK(body.text("client") == "Alertmanager");
  CHECK(body.text("client_url") == "http://tocsin:9093/#/alerts?receiver=team");
  const JsonValue& payload = body.find("payload");
  CHECK(payload.text("summary") == "[FIRING:1] Down ");
  CHECK(payload.text("source") == "Alertmanager");
  CHECK(payload.text("severity") == "error");
  const JsonValue& details = payload.find("custom_details");
  CHECK(details.integer("num_firing") == 1);
  CHECK(details.integer("num_resolved") == 1);
  CHECK(details.find("firing").array().at(0).find("labels").text("job") == "api");
  CHECK(details.find("resolved").array().at(0).text("status") == "resolved");
}

TEST_CASE("a resolved group resolves the incident") {
  CHECK(body_of("", notification({resolved({{"alertname", "Down"}})})).text("event_action") == "resolve");
}

TEST_CASE("a PagerDuty summary is cut at 1024 characters and not before") {
  CHECK(body_of(", description: '" + std::string(1024, 's') + "'", many_alerts(1))
            .find("payload")
            .text("summary") == std::string(1024, 's'));
  const std::string cut = body_of(", description: '" + std::string(1025, 's') + "'", many_alerts(1))
                              .find("payload")
                              .text("summary");
  CHECK(count_runes(cut) == 1024);
  CHECK(cut.ends_with("…"));
}

TEST_CASE("an event larger than 512 KB loses whole alerts and says how many") {
  const Notification what = many_alerts(100, std::string(10'000, 'x'));
  const ReadReceiver team = read("pagerduty_configs", "{" + kKey + "}");
  const auto built = build(team.only(), what, templates());
  const HttpRequest request = http(built);
  CHECK(request.body.size() <= 512'000);
  CHECK(request.body.size() > 480'000);
  const JsonValue body = json(request.body);
  const JsonValue& details = body.find("payload").find("custom_details");
  const std::size_t kept = details.find("firing").array().size();
  CHECK(details.integer("num_firing") == 100);
  CHECK(details.text("truncated") ==
        "… " + std::to_string(100 - kept) + " more alerts, full list: http://tocsin:9093");
  CHECK(built->warning.find("left out") != std::string::npos);
  const JsonValue huge =
      json(http(build(team.only(), many_alerts(2, std::string(600'000, 'x')), templates())).body);
  CHECK(huge.find("payload").find("custom_details").find("firing").array().empty());
}

TEST_CASE("details nest, override the defaults and survive a template of theirs that fails") {
  const JsonValue body = body_of(
      ", details: {num_firing: many, deep: {list: ['{{ .Status }}']}, bad: '{{ .Nope }}'}", many_alerts(1));
  const JsonValue& details = body.find("payload").find("custom_details");
  CHECK(details.text("num_firing") == "many");
  CHECK(details.find("deep").find("list").array().at(0).string() == "firing");
  CHECK(details.text("bad") == "(this template failed)");
  CHECK(details.text("tocsin").find("details.bad") != std::string::npos);
}

TEST_CASE("a severity that PagerDuty does not know becomes error") {
  CHECK(body_of(", severity: '{{ .CommonLabels.severity }}'", many_alerts(1))
            .find("payload")
            .text("severity") == "error");
  CHECK(body_of(", severity: critical", many_alerts(1)).find("payload").text("severity") == "critical");
}

TEST_CASE("images without src and links without href are left out") {
  const JsonValue body = body_of(
      ", images: [{src: '', alt: a}, {src: 'https://i/x.png'}], links: [{text: t}, {href: 'http://r', text: "
      "Runbook}]",
      many_alerts(1));
  CHECK(body.find("images").array().size() == 1);
  CHECK(body.find("links").array().size() == 1);
  CHECK(body.find("links").array().at(0).text("text") == "Runbook");
}

TEST_CASE("a failing description becomes the plain title, an empty key is an error") {
  const ReadReceiver team = read("pagerduty_configs", "{" + kKey + ", description: '{{ .Nope }}'}");
  const auto built = build(team.only(), many_alerts(3), templates());
  CHECK(json(http(built).body).find("payload").text("summary") == "[FIRING:3] Down");
  CHECK(built->warning.find("description failed") != std::string::npos);
  const ReadReceiver empty = read("pagerduty_configs", "{routing_key: '{{ .CommonLabels.nothing }}'}");
  CHECK_FALSE(build(empty.only(), many_alerts(1), templates()).has_value());
  const ReadReceiver file = read("pagerduty_configs", "{routing_key_file: key}");
  CHECK(json(http(build(file.only(), many_alerts(1), templates())).body).text("routing_key") ==
        "key-from-file");
  const ReadReceiver gone = read("pagerduty_configs", "{routing_key_file: gone}");
  CHECK(build(gone.only(), many_alerts(1), templates()).error().message ==
        "routing_key: cannot read /etc/tocsin/gone");
}

TEST_CASE("with a service key PagerDuty gets an event of version 1") {
  const ReadReceiver team = read("pagerduty_configs",
                                 "{service_key: '{{ .Status }}', routing_key: r, url: 'http://elsewhere', "
                                 "details: {firing: f, resolved: x}, severity: nonsense}");
  CHECK_MESSAGE(!team.problems.has_errors(), team.problems.to_string());
  const HttpRequest trigger = http(build(team.only(), many_alerts(2), templates()));
  CHECK(trigger.url == "https://events.pagerduty.com/generic/2010-04-15/create_event.json");
  const std::string incident = sha256_hex("{}:{alertname=\"Down\"}");
  CHECK(trigger.body ==
        R"({"service_key":"firing","incident_key":")" + incident +
            R"(","event_type":"trigger","description":"[FIRING:2] Down ","client":"Alertmanager",)"
            R"("client_url":"http://tocsin:9093/#/alerts?receiver=team",)"
            R"("details":{"firing":"f","num_firing":2,"num_resolved":0,"resolved":"x"}})"
            "\n");
  const JsonValue resolve = json(http(build(team.only(), notification({resolved({})}), templates())).body);
  CHECK(resolve.text("event_type") == "resolve");
  CHECK(resolve.find("client").is_null());
  const std::string longer = "{service_key: k, description: '" + std::string(1025, 's') + "'}";
  const ReadReceiver cut = read("pagerduty_configs", longer);
  CHECK(json(http(build(cut.only(), many_alerts(1), templates())).body).text("description") ==
        std::string(1023, 's') + "…");
  const ReadReceiver file = read("pagerduty_configs", "{service_key_file: key}");
  const HttpRequest large = http(build(file.only(), many_alerts(100, std::string(10'000, 'x')), templates()));
  CHECK(large.body.size() <= 512'000);
  CHECK(json(large.body).text("service_key") == "key-from-file");
  CHECK(json(large.body).find("details").text("truncated").find("more alerts") != std::string::npos);
}

TEST_CASE("version 1 of PagerDuty's API says with 403 that it is too much") {
  const ReadReceiver team = read("pagerduty_configs", "{service_key: k}");
  const DeliveryResult limited = team.only().read(many_alerts(1), answer(403, "", {{"retry-after", "9"}}));
  CHECK(limited.outcome == Outcome::kFailed);
  CHECK(limited.reason == "rateLimited");
  CHECK(limited.retry_after == std::chrono::seconds(9));
  CHECK(team.only()
            .read(many_alerts(1), answer(200, R"({"status":"success","incident_key":"i"})"))
            .message_ref == "i");
  CHECK(team.only().read(many_alerts(1), answer(401)).outcome == Outcome::kRejected);
  CHECK(read("pagerduty_configs", "{" + kKey + "}").only().read(many_alerts(1), answer(403)).outcome ==
        Outcome::kRejected);
}

TEST_CASE("PagerDuty's answers mean what its documentation says") {
  const ReadReceiver team = read("pagerduty_configs", "{" + kKey + "}");
  const Notification what = many_alerts(1);
  const DeliveryResult accepted =
      team.only().read(what, answer(202, R"({"status":"success","dedup_key":"k"})"));
  CHECK(accepted.outcome == Outcome::kDelivered);
  CHECK(accepted.message_ref == "k");
  const DeliveryResult bad = team.only().read(
      what,
      answer(400, R"({"status":"invalid event","message":"Event object is invalid","errors":["a","b"]})"));
  CHECK(bad.outcome == Outcome::kRejected);
  CHECK(bad.message == "HTTP 400: Event object is invalid: a, b");
  CHECK(team.only().read(what, answer(429)).outcome == Outcome::kFailed);
  CHECK(team.only().read(what, answer(500)).outcome == Outcome::kFailed);
}

TEST_CASE("the severity words that teams use become PagerDuty's") {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"critical", "critical"}, {"page", "critical"}, {"P1", "critical"},
      {"high", "error"},        {"Warn", "warning"},  {"none", "info"}};
  for (const auto& [word, severity] : rows) {
    CAPTURE(word);
    const Notification what = notification({firing({{"alertname", "Down"}, {"severity", word}})});
    CHECK(body_of(", severity: '{{ .CommonLabels.severity }}'", what).find("payload").text("severity") ==
          severity);
    CHECK(body_of(", message_style: tocsin", what).find("payload").text("severity") == severity);
  }
}

TEST_CASE("a dedup_key of the user's names the incident, and an open incident keeps its key") {
  Notification what = many_alerts(1);
  const std::string key =
      ", dedup_key: '{{ .GroupLabels.alertname }}/{{ (index .Alerts 0).Labels.instance }}'";
  CHECK(body_of(key, what).text("dedup_key") == "Down/host-0");
  what.message_ref = "Down/host-7";
  CHECK(body_of(key, what).text("dedup_key") == "Down/host-7");
  CHECK(body_of("", what).text("dedup_key") == body_of("", many_alerts(1)).text("dedup_key"));
  what.message_ref = "";
  for (const int length : {254, 255, 256}) {
    const std::string text(static_cast<std::size_t>(length), 'k');
    const std::string sent = body_of(", dedup_key: " + text, what).text("dedup_key");
    CHECK((sent == text) == (length <= 255));
    CHECK(sent.size() <= 255);
  }
  const std::string usual = body_of("", what).text("dedup_key");
  CHECK(body_of(", dedup_key: '{{ .GroupLabels.nothing }}'", what).text("dedup_key") == usual);
}

TEST_CASE("in Tocsin's style an event holds the page as nested details, and its links") {
  Notification what = many_alerts(120, "It is down");
  what.trend = rising_trend();
  const JsonValue body = body_of(", message_style: tocsin", what);
  CHECK(body.text("client") == "Tocsin");
  CHECK(body.find("payload").text("summary") == "🟠 [FIRING 120] Down");
  const JsonValue& details = body.find("payload").find("custom_details");
  CHECK(details.text("summary") == "It is down");
  CHECK(details.text("changes").find("+120 new (host-0, host-1, host-2, …)") == 0);
  CHECK(details.text("trend").ends_with("▁█ 2.4 (threshold 2, last hour)"));
  CHECK(details.find("alerts").array().size() == 100);
  CHECK(details.find("alerts").array().at(0).text("instance") == "host-0");
  CHECK(details.find("alerts").array().at(0).text("change") == "new");
  CHECK(details.text("truncated").find("… 20 more, full list: http://tocsin:9093/#/alerts") == 0);
  CHECK(body.find("links").array().at(0).text("text") == "Graph");
  const JsonValue own = body_of(
      ", message_style: tocsin, details: {a: {b: ['{{ .Status }}']}}, links: [{href: 'http://x', text: y}]",
      what);
  CHECK(own.find("links").array().size() == 1);
  CHECK(own.find("payload").find("custom_details").find("a").find("b").array().at(0).string() == "firing");
}

TEST_CASE("details of the page are cut by alerts at PagerDuty's 512 KB") {
  for (const std::size_t length : {std::size_t{100}, std::size_t{5000}, std::size_t{20'000}}) {
    std::vector<Alert> alerts;
    for (int i = 0; i < 100; ++i)
      alerts.push_back(firing({{"alertname", "A"}, {"x", std::to_string(i)}},
                              {{"summary", std::to_string(i) + std::string(length, 's')}}));
    const JsonValue body = body_of(", message_style: tocsin", notification(std::move(alerts)));
    const JsonValue& details = body.find("payload").find("custom_details");
    CHECK(json_text(body).size() <= 512'000);
    CHECK((details.text("truncated").empty()) == (length <= 5000));
    CHECK(details.find("alerts").array().size() > 20);
  }
}

}  // namespace tocsin
