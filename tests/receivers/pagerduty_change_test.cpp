#include "receivers/pagerduty_change.h"

#include "receivers/text_limits.h"
#include "tests/receivers/receiver_testing.h"

namespace tocsin {
using namespace testing;
using Kind = RuleChange::Kind;

namespace {

const RulesChanged kChanged = {kNow,
                               "host-1",
                               {{Kind::kAdded, "DiskFull", "disks", "disks.yml", {}},
                                {Kind::kChanged, "HighLatency", "api", "api.yml", {"expr", "for"}},
                                {Kind::kChanged, "", "api", "api.yml", {"interval"}},
                                {Kind::kRemoved, "Old", "api", "api.yml", {}}}};

}  // namespace

TEST_CASE("a change event of PagerDuty says what changed about the rules") {
  const ReadReceiver team = read("pagerduty_configs", "{routing_key: key, change_events: true}");
  REQUIRE(team.only().wants_changes());
  const NotificationTemplates with = templates();
  const BuildContext context{with, "http://tocsin:9093", kNow, read_secret_text};
  const Result<HttpRequest> request = team.only().tell_change(kChanged, context);
  REQUIRE(request.has_value());
  CHECK(request->method == "POST");
  CHECK(request->url == "https://events.pagerduty.com/v2/change/enqueue");
  const JsonValue body = json(request->body);
  CHECK(body.text("routing_key") == "key");
  const JsonValue& payload = body.find("payload");
  CHECK(payload.text("summary") ==
        "Rules changed: 1 added (DiskFull), 1 removed (Old), 2 changed (HighLatency: expr, for; group api: "
        "interval)");
  CHECK(payload.text("source") == "host-1");
  CHECK(payload.text("timestamp") == "2026-01-02T03:04:05Z");
  const JsonValue& details = payload.find("custom_details");
  CHECK(details.find("added").array().at(0).string() == "DiskFull (group disks, disks.yml)");
  CHECK(details.find("changed").array().at(1).string() == "group api: interval (api.yml)");
  CHECK(body.find("links").array().at(0).text("href") == "http://tocsin:9093");
}

TEST_CASE("of many changes the summary names some, and nothing is longer than PagerDuty takes") {
  RulesChanged many{kNow, "host", {}};
  for (int i = 0; i < 20'000; ++i)
    many.changes.push_back({Kind::kChanged, std::string(300, 'r'), std::string(300, 'g'), "f.yml", {"expr"}});
  const std::string body = pagerduty_change_event(many, "key", "http://tocsin:9093");
  CHECK(body.size() < 512'000);
  const JsonValue payload = json(body).find("payload");
  CHECK(payload.text("summary").find("Rules changed: 20000 changed (rrr") == 0);
  CHECK(count_runes(payload.text("summary")) == 1024);
  CHECK(payload.find("custom_details").find("changed").array().back().string() == "… 19700 more");
}

TEST_CASE("change events need version 2 of the API and a key that is no template") {
  for (const char* block : {"{service_key: k, change_events: true}",
                            "{routing_key: k, url: 'http://x/other', change_events: true}",
                            "{routing_key: '{{ .Status }}', change_events: true}"}) {
    const ReadReceiver team = read("pagerduty_configs", block);
    CHECK(team.problems.to_string().find("change_events needs") != std::string::npos);
  }
  CHECK_FALSE(read("pagerduty_configs", "{routing_key: k}").only().wants_changes());
  CHECK_FALSE(read("slack_configs", "{api_url: 'https://x/y'}").only().wants_changes());
}

TEST_CASE("PagerDuty's answer to a change says whether to try again") {
  const ReadReceiver team = read("pagerduty_configs", "{routing_key: key, change_events: true}");
  using Outcome = DeliveryResult::Outcome;
  CHECK(team.only().read_change(answer(202), kNow).outcome == Outcome::kDelivered);
  CHECK(team.only().read_change(answer(400), kNow).outcome == Outcome::kRejected);
  CHECK(team.only().read_change(answer(429), kNow).outcome == Outcome::kFailed);
  CHECK(team.only().read_change(answer(500), kNow).outcome == Outcome::kFailed);
}

}  // namespace tocsin
