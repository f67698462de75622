// Services that fail, refuse, hang and come back.
#include <doctest/doctest.h>

#include <set>

#include "tests/router/router_story.h"

using namespace tocsin;

namespace {

RoutingConfig two_integrations() {
  RoutingConfig config = plain_config();
  config.receivers[0].integrations.push_back(integration("team", "pagerduty"));
  return config;
}

std::optional<DeliveryResult> hangs(const Notification&) {
  return std::nullopt;
}

}  // namespace

TEST_CASE("A failing service is tried again with growing pauses, under one id, until it hears") {
  RouterStory story;
  int failures = 6;
  story.service = [&](const Notification&) { return failures-- > 0 ? failing() : ok(); };
  story.fires("A", 0);
  story.run_until(300);
  REQUIRE(story.deliveries_.size() == 7);
  std::set<std::string> ids;
  for (const Notification& n : story.deliveries_) ids.insert(n.id);
  CHECK(ids.size() == 1);
  for (std::size_t i = 1; i < story.deliveries_.size(); ++i) {
    CHECK(story.deliveries_[i].at > story.deliveries_[i - 1].at);
  }
  CHECK(story.notices(NoticeKind::kNotifying).size() == 1);
  CHECK(story.notices(NoticeKind::kDeliveryRetrying).size() == 6);
  REQUIRE(story.notices(NoticeKind::kNotified).size() == 1);
  CHECK(story.notices_.back().detail("tries") == "7");
  CHECK(story.notices_.back().detail("status") == "200");
  CHECK(story.notices_.back().detail("reason") == "first notification");
}

TEST_CASE("A service that is down for hours is tried for hours") {
  RouterStory story;
  bool down = true;
  story.service = [&](const Notification&) { return down ? failing() : ok(); };
  story.fires("A", 0);
  story.run_until(4 * 3600);
  down = false;
  std::size_t before = story.deliveries_.size();
  story.run_until(4 * 3600 + 91);
  CHECK(story.deliveries_.size() == before + 1);
  CHECK(story.notices(NoticeKind::kNotified).size() == 1);
}

TEST_CASE("A retry says what is true by then") {
  RouterStory story;
  bool down = true;
  story.service = [&](const Notification&) { return down ? failing() : ok(); };
  story.fires("A", 0);
  story.run_until(40);
  story.fires("B", 41);
  story.said();
  down = false;
  story.run_until(60);
  std::string said = story.said();
  CHECK(said.find("first notification: +A +B\n") != std::string::npos);
  story.run_until(1000);
  CHECK(story.said() == "");
}

TEST_CASE("What was owed and ended meanwhile is told as ended") {
  RouterStory story;
  bool down = true;
  story.service = [&](const Notification&) { return down ? failing() : ok(); };
  story.fires("A", 0);
  story.run_until(100);
  story.resolves("A", 101);
  down = false;
  story.said();
  story.run_until(600);
  std::string said = story.said();
  CHECK(said.find("all alerts resolved: -A\n") != std::string::npos);
  CHECK(story.store().empty());
}

TEST_CASE("An alert that joined and ended while the service was down is told too: a flush owed it") {
  RouterStory story;
  story.service = hangs;
  story.fires("A", 0);
  story.run_until(30);
  story.fires("B", 40);
  story.run_until(330);  // the flush finds the delivery in flight
  story.resolves("B", 340);
  story.said();
  story.answers(story.last().id, ok(), 350);
  CHECK(story.said() == "350 team/slack[0] some alerts resolved: +A -B\n");
}

TEST_CASE("Without send_resolved what ended before it could be delivered is dropped with a notice") {
  RoutingConfig config = plain_config();
  config.receivers[0].integrations[0].wants_resolved = false;
  RouterStory story(config);
  story.service = [](const Notification&) { return failing(); };
  story.fires("A", 0);
  story.run_until(60);
  story.resolves("A", 61);
  story.run_until(1000);
  REQUIRE(story.notices(NoticeKind::kAlertDropped).size() == 1);
  CHECK(story.store().empty());
  CHECK(story.router().next_deadline() == kNever);
}

TEST_CASE("A firing that returns while its end is of unknown fate is said again") {
  RouterStory story;
  story.fires("A", 0);
  story.run_until(30);
  story.resolves("A", 100);
  story.service = [](const Notification&) { return failing(); };
  story.run_until(331);
  story.fires("A", 332);
  story.service = [](const Notification&) { return ok(); };
  story.said();
  story.run_until(700);
  std::string said = story.said();
  CHECK(said.find("new alerts added: +A\n") != std::string::npos);
  CHECK(said.find("\n") == said.size() - 1);
}

TEST_CASE("A flush during a delivery is looked at as soon as the answer comes") {
  RouterStory story;
  story.service = hangs;
  story.fires("A", 0);
  story.run_until(30);
  story.fires("B", 40);
  story.run_until(700);
  CHECK(story.deliveries_.size() == 1);
  story.service = [](const Notification&) { return ok(); };
  story.said();
  story.answers(story.last().id, ok(), 701);
  CHECK(story.said() == "701 team/slack[0] new alerts added: +A +B\n");
  CHECK(story.deliveries_[0].id != story.deliveries_[1].id);
}

TEST_CASE("A hanging integration does not keep the others waiting") {
  RouterStory story(two_integrations());
  story.service = [](const Notification& n) -> std::optional<DeliveryResult> {
    if (n.integration.kind == "slack") return std::nullopt;
    return ok();
  };
  story.fires("A", 0);
  story.run_until(30);
  story.fires("B", 40);
  story.run_until(330);
  story.resolves("A", 340);
  story.resolves("B", 340);
  story.run_until(2000);
  CHECK(story.said() ==
        "30 team/slack[0] first notification: +A\n"
        "30 team/pagerduty[0] first notification: +A\n"
        "330 team/pagerduty[0] new alerts added: +A +B\n"
        "630 team/pagerduty[0] all alerts resolved: -A -B\n");
  CHECK(story.router().groups(at(2000)).size() == 1);
  story.service = [](const Notification&) { return ok(); };
  story.answers(story.deliveries_[0].id, ok(), 2001);
  CHECK(story.said() == "2001 team/slack[0] all alerts resolved: -A -B\n");
  CHECK(story.store().empty());
}

TEST_CASE("A refused notification is held for growing times and tried at a flush") {
  RouterStory story;
  story.service = [](const Notification&) { return refused(); };
  story.fires("A", 0);
  story.run_until(7000);
  std::vector<double> times;
  std::set<std::string> ids;
  for (const Notification& n : story.deliveries_) {
    times.push_back(to_seconds(n.at - kStart));
    ids.insert(n.id);
  }
  CHECK(times == std::vector<double>{30, 330, 930, 2130, 4530});
  CHECK(ids.size() == 1);
  CHECK(story.notices(NoticeKind::kDeliveryRejected).size() == 5);
  std::vector<GroupView> groups = story.router().groups(at(7000));
  CHECK(groups[0].integrations[0].delivery == "held");
  CHECK(groups[0].integrations[0].last_error == "no such channel");
  CHECK(groups[0].integrations[0].next_attempt_at == at(8130));
}

TEST_CASE("What a held integration was owed and ended is told when the hold is over") {
  RouterStory story;
  bool broken = true;
  story.service = [&](const Notification&) { return broken ? refused() : ok(); };
  story.fires("A", 0);
  story.run_until(331);
  story.fires("B", 340);
  story.run_until(631);  // a flush, but held until 930
  story.resolves("B", 640);
  broken = false;
  story.said();
  story.run_until(930);
  CHECK(story.said() == "930 team/slack[0] first notification: +A -B\n");
}

TEST_CASE("A changed integration is tried at the next flush though it was held") {
  RouterStory story;
  story.service = [](const Notification&) { return refused(); };
  story.fires("A", 0);
  story.run_until(1000);  // held until 2130
  story.said();
  RoutingConfig repaired = plain_config();
  repaired.receivers[0].integrations[0].fingerprint = "another url";
  story.service = [](const Notification&) { return ok(); };
  story.reloads(repaired, 1001);
  story.run_until(1230);
  CHECK(story.said() == "1230 team/slack[0] first notification: +A\n");
}

TEST_CASE("Retry-After is honoured") {
  RouterStory story;
  bool first = true;
  story.service = [&](const Notification&) {
    DeliveryResult result = ok();
    if (std::exchange(first, false)) {
      result = failing();
      result.retry_after = std::chrono::seconds(77);
    }
    return result;
  };
  story.fires("A", 0);
  story.run_until(200);
  CHECK(story.said() ==
        "30 team/slack[0] first notification: +A\n"
        "107 team/slack[0] first notification: +A\n");
}

TEST_CASE("Answers that belong to nothing are ignored") {
  RouterStory story;
  story.fires("A", 0);
  story.run_until(30);
  std::string id = story.last().id;
  story.answers(id, ok(), 31);
  story.answers("no such id", refused(), 32);
  CHECK(story.notices(NoticeKind::kNotified).size() == 1);
  CHECK(story.notices(NoticeKind::kDeliveryRejected).empty());
}

TEST_CASE("The attempt is on record before the delivery goes out") {
  RouterStory story;
  story.fires("A", 0);
  bool seen = false;
  story.service = [&](const Notification& n) {
    for (const auto& [name, value] : story.store()) {
      seen |= name.first == "told" && value.find(n.id) != std::string::npos &&
              value.find("\"attempted\":\"firing\"") != std::string::npos;
    }
    return ok();
  };
  story.run_until(30);
  CHECK(seen);
}

TEST_CASE("A step writes each record once, and a quiet flush writes only its timer") {
  RouterStory story(two_integrations());
  story.fires("A", 0);
  story.fires("B", 0);
  std::set<std::pair<std::string, std::string>> keys;
  story.run_until(29);
  story.run_until(30);
  for (const Record& record : story.last_output.records)
    CHECK(keys.insert({record.bucket, record.key}).second);
  story.run_until(330);
  REQUIRE(story.last_output.records.size() == 1);
  CHECK(story.last_output.records[0].bucket == "group");
}
