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

}  // namespace tocsin
