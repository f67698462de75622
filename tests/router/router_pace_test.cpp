// Many groups and one integration: the pace, the pause after a 429, the circuit.
#include <doctest/doctest.h>

#include <fmt/format.h>

#include <map>

#include "tests/router/router_story.h"

using namespace tocsin;
using namespace std::chrono_literals;

namespace {

RoutingConfig paced_config(Pace pace) {
  RoutingConfig config = plain_config();
  config.root.group_by = {"alertname"};
  name_routes(config.root);
  config.receivers[0].integrations[0].pace = pace;
  return config;
}

DeliveryResult too_many(Duration retry_after) {
  DeliveryResult result = failing();
  result.status = 429;
  result.retry_after = retry_after;
  return result;
}

std::vector<double> times_of(const RouterStory& story) {
  std::vector<double> times;
  for (const Notification& n : story.deliveries_) times.push_back(to_seconds(n.at - kStart));
  return times;
}

}  // namespace

TEST_CASE("Groups of one integration share its pace, and the one that waits longest goes first") {
  RouterStory story(paced_config({2s, 2}));
  for (int i = 0; i < 5; ++i) story.fires(fmt::format("A{}", i), i * 0.1);
  story.run_until(60);
  CHECK(story.said() ==
        "30 team/slack[0] first notification: +A0\n"
        "30.1 team/slack[0] first notification: +A1\n"
        "32 team/slack[0] first notification: +A2\n"
        "34 team/slack[0] first notification: +A3\n"
        "36 team/slack[0] first notification: +A4\n");
}

TEST_CASE("While a group waits for its turn, newer state replaces the older: it says what is true by then") {
  RouterStory story(paced_config({400s, 1}));
  story.fires("A", 0);
  story.fires(Labels{{"alertname", "B"}, {"n", "1"}}, 1);
  story.run_until(100);
  CHECK(story.router().groups(at(100))[1].integrations[0].delivery == "waiting");
  story.fires(Labels{{"alertname", "B"}, {"n", "2"}}, 101);
  story.resolves(Labels{{"alertname", "B"}, {"n", "1"}}, 335);
  story.said();
  story.run_until(600);
  // The end of what was owed is told too; it is one message.
  CHECK(story.said() == "430 team/slack[0] first notification: -B +B\n");
  CHECK(story.notices(NoticeKind::kNotified).size() == 2);
}

TEST_CASE("What ended and was never owed while the group waited is not said at all") {
  RoutingConfig config = paced_config({400s, 1});
  config.receivers[0].integrations[0].wants_resolved = false;
  RouterStory story(config);
  story.fires("A", 0);
  story.fires("B", 1);
  story.resolves("B", 100);
  story.run_until(1000);
  CHECK(story.deliveries_.size() == 1);
  CHECK(story.notices(NoticeKind::kAlertDropped).size() == 1);
}

TEST_CASE("Who waits for its turn is on record, and keeps its place over a restart") {
  RouterStory story(paced_config({10s, 1}));
  for (const char* name : {"C", "B", "A"}) story.fires(name, 0.1 * (story.deliveries_.size() + 1.0));
  story.run_until(31);
  story.said();
  story.restarts(32);
  story.run_until(100);
  const std::string said = story.said();
  CAPTURE(said);
  CHECK(said.find("+B") != std::string::npos);
  CHECK(said.find("+A") != std::string::npos);
  CHECK(story.notices(NoticeKind::kNotified).size() == 3);
}

TEST_CASE("Five thousand groups that wait cost what is due, and each is told once, in order") {
  RouterStory story(paced_config({1ms, 10}));
  for (int i = 0; i < 5000; ++i) story.fires(fmt::format("A{:04d}", i), 0);
  story.run_until(60);
  REQUIRE(story.deliveries_.size() == 5000);
  CHECK(story.now() == 60);
  for (std::size_t i = 1; i < story.deliveries_.size(); ++i) {
    REQUIRE(story.deliveries_[i - 1].group_labels.value("alertname") <
            story.deliveries_[i].group_labels.value("alertname"));
  }
  CHECK(to_seconds(story.deliveries_.back().at - story.deliveries_.front().at) == doctest::Approx(4.99));
}

TEST_CASE("A 429 to one group keeps the others of the integration back as well") {
  RouterStory story(paced_config({}));
  int answers = 0;
  story.service = [&](const Notification&) { return ++answers == 1 ? too_many(77s) : ok(); };
  story.fires("A", 0);
  story.fires("B", 10);
  story.run_until(200);
  CHECK(story.said() ==
        "30 team/slack[0] first notification: +A\n"
        "107 team/slack[0] first notification: +A\n"
        "107 team/slack[0] first notification: +B\n");
  REQUIRE(story.notices(NoticeKind::kDeliveryRetrying).size() == 1);
  CHECK(story.notices(NoticeKind::kDeliveryRetrying)[0].find("in=1m17s") != std::string::npos);
}

TEST_CASE("A 429 keeps other integrations out of it") {
  RoutingConfig config = paced_config({});
  config.receivers[0].integrations.push_back(integration("team", "webhook"));
  RouterStory story(config);
  story.service = [](const Notification& n) { return n.integration.kind == "slack" ? too_many(1h) : ok(); };
  story.fires("A", 0);
  story.fires("B", 10);
  story.run_until(100);
  CHECK(story.said() ==
        "30 team/slack[0] first notification: +A\n"
        "30 team/webhook[0] first notification: +A\n"
        "40 team/webhook[0] first notification: +B\n");
}

TEST_CASE("A service that refuses several groups is only probed, which is said, and is heard as an alert") {
  RouterStory story(paced_config({}));
  bool gone = true;
  story.service = [&](const Notification&) { return gone ? refused() : ok(); };
  for (int i = 0; i < 20; ++i) story.fires(fmt::format("A{:02d}", i), i);
  story.run_until(3600);
  // Three that shut it, and the probes: after 30 s, 1, 2, 4, 8 and 10 minutes.
  CHECK(times_of(story) == std::vector<double>{30, 31, 32, 62, 122, 242, 482, 962, 1562, 2162, 2762, 3362});
  REQUIRE(story.notices(NoticeKind::kCircuitOpened).size() == 1);
  CHECK(story.notices(NoticeKind::kCircuitOpened)[0].find("no such channel") != std::string::npos);
  CHECK(story.notices(NoticeKind::kReceiverFailing).size() == 1);
  CHECK(story.records_of("gate") == 1);
  gone = false;
  story.run_until(3970);
  CHECK(story.notices(NoticeKind::kCircuitClosed).size() == 1);
  CHECK(story.notices(NoticeKind::kReceiverRecovered).size() == 1);
  CHECK(story.notices(NoticeKind::kNotified).size() == 20);
  CHECK(story.records_of("gate") == 0);
}

TEST_CASE("A shut gate is still shut after a restart, and nothing of it is said anew") {
  RouterStory story(paced_config({}));
  story.service = [](const Notification&) { return refused(); };
  for (int i = 0; i < 9; ++i) story.fires(fmt::format("A{}", i), i);
  story.run_until(100);
  story.said();
  story.restarts(101);
  story.run_until(130);
  CHECK(times_of(story).back() == 122);
  CHECK(story.notices(NoticeKind::kReceiverFailing).size() == 1);
  CHECK(story.router().gates().fails("team/slack[0]"));
}

TEST_CASE("A changed configuration opens a shut gate at once") {
  RouterStory story(paced_config({}));
  bool gone = true;
  story.service = [&](const Notification&) { return gone ? refused() : ok(); };
  for (int i = 0; i < 9; ++i) story.fires(fmt::format("A{}", i), i);
  story.run_until(100);
  gone = false;
  RoutingConfig repaired = paced_config({});
  repaired.receivers[0].integrations[0].fingerprint = "another url";
  story.said();
  story.reloads(repaired, 101);
  CHECK(story.notices(NoticeKind::kCircuitClosed).size() == 1);
  CHECK(story.notices(NoticeKind::kReceiverRecovered).size() == 1);
  story.run_until(700);
  CHECK(story.notices(NoticeKind::kNotified).size() == 9);
}

TEST_CASE("A service that fails for five minutes is news, and works again with the first that arrives") {
  RouterStory story(paced_config({}));
  bool down = true;
  story.service = [&](const Notification&) { return down ? failing() : ok(); };
  story.fires("A", 0);
  story.run_until(329);
  CHECK(story.notices(NoticeKind::kReceiverFailing).empty());
  story.run_until(331);
  REQUIRE(story.notices(NoticeKind::kReceiverFailing).size() == 1);
  CHECK(story.notices(NoticeKind::kReceiverFailing)[0].find("it is down") != std::string::npos);
  CHECK(story.notices(NoticeKind::kCircuitOpened).empty());
  down = false;
  story.run_until(500);
  CHECK(story.notices(NoticeKind::kReceiverRecovered).size() == 1);
}

TEST_CASE("A failure that nobody is owed anything of any more is no news") {
  RoutingConfig config = paced_config({});
  config.receivers[0].integrations[0].wants_resolved = false;
  RouterStory story(config);
  story.service = [](const Notification&) { return failing(); };
  story.fires("A", 0);
  story.run_until(100);
  story.resolves("A", 101);
  story.run_until(2000);
  CHECK(story.notices(NoticeKind::kReceiverFailing).empty());
  CHECK(story.router().next_deadline() == kNever);
}

TEST_CASE("What is owed to each integration is counted, with the age of the oldest") {
  RouterStory story(paced_config({10s, 1}));
  for (const char* name : {"A", "B", "C"}) story.fires(name, 0);
  story.run_until(35);
  const auto counts = story.router().integration_counts(at(35));
  REQUIRE(counts.size() == 1);
  CHECK(counts[0].id.to_string() == "team/slack[0]");
  CHECK(counts[0].owed == 2);
  CHECK(counts[0].owed_since == at(30));
  CHECK(counts[0].last_delivered_at == at(30));
  CHECK_FALSE(counts[0].circuit_open);
}
