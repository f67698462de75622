// What survives a crash between any two steps.
#include <doctest/doctest.h>

#include "tests/router/router_story.h"

using namespace tocsin;

TEST_CASE("A delivery whose answer was lost in a crash is issued once more, under its id") {
  RouterStory story;
  story.service = [](const Notification&) { return std::nullopt; };
  story.fires("A", 0);
  story.run_until(30);
  story.service = [](const Notification&) { return ok(); };
  story.restarts(50);
  story.run_until(2000);
  CHECK(story.said() ==
        "30 team/slack[0] first notification: +A\n"
        "50 team/slack[0] first notification: +A\n");
  CHECK(story.deliveries_[0].id == story.deliveries_[1].id);
  CHECK(story.notices(NoticeKind::kNotified).size() == 1);
}

TEST_CASE("Nothing is announced twice after a restart, and timers go on") {
  RouterStory story;
  story.fires("A", 0);
  story.run_until(30);
  story.said();
  story.restarts(100);
  CHECK(story.router().next_deadline() == at(330));
  story.fires("A", 105);  // the evaluator says so again
  story.fires("B", 110);
  story.run_until(330);
  CHECK(story.said() == "330 team/slack[0] new alerts added: +A +B\n");
}

TEST_CASE("A group that waits for its first flush goes on waiting, or speaks at once when it is late") {
  RouterStory waiting;
  waiting.fires("A", 0);
  waiting.restarts(10);
  waiting.run_until(30);
  CHECK(waiting.said() == "30 team/slack[0] first notification: +A\n");
  RouterStory late;
  late.fires("A", 0);
  late.restarts(45);
  CHECK(late.said() == "45 team/slack[0] first notification: +A\n");
  CHECK(late.router().next_deadline() == at(330));
}

TEST_CASE("Who heard firing hears resolved though the program was restarted in between, each time") {
  RouterStory story;
  story.fires("A", 0);
  story.run_until(30);
  story.restarts(40);
  story.resolves("A", 50);
  story.restarts(60);
  story.said();
  story.run_until(330);
  CHECK(story.said() == "330 team/slack[0] all alerts resolved: -A\n");
  story.restarts(340);
  story.run_until(5000);
  CHECK(story.said() == "");
  CHECK(story.store().empty());
}

TEST_CASE("The repeat is due as if nothing had happened") {
  RoutingConfig config = plain_config();
  config.root.repeat_interval = std::chrono::minutes(10);
  RouterStory story(config);
  story.fires("A", 0);
  story.run_until(30);
  story.restarts(200);
  story.restarts(400);
  story.said();
  story.run_until(700);
  CHECK(story.said() == "630 team/slack[0] repeat interval elapsed: +A\n");
  CHECK(story.last().times_notified == 1);
}

TEST_CASE("A hold survives a restart") {
  RouterStory story;
  story.service = [](const Notification&) { return refused(); };
  story.fires("A", 0);
  story.run_until(330);  // held until 930
  story.said();
  story.restarts(400);
  story.run_until(929);
  CHECK(story.said() == "");
  story.run_until(930);
  CHECK(story.said() == "930 team/slack[0] first notification: +A\n");
}

TEST_CASE("An alert from outside is given the time to be refreshed after a long absence") {
  RouterStory story;
  Alert posted;
  posted.labels = named("A");
  posted.starts_at = posted.updated_at = at(0);
  posted.ends_at = at(300);
  story.accepts(posted, 0);
  story.run_until(30);
  story.said();
  story.restarts(4000);
  CHECK(story.said() == "");
  CHECK(story.router().alerts(at(4000))[0].alert.ends_at == at(4300));
  story.run_until(5000);
  CHECK(story.said() == "4530 team/slack[0] all alerts resolved: -A\n");
}

TEST_CASE("A resolved alert that nobody was told of is dropped at a restart") {
  RouterStory story;
  story.fires("A", 0);
  story.resolves("A", 5);
  story.restarts(10);
  CHECK(story.notices(NoticeKind::kAlertDropped).size() == 1);
  CHECK(story.store().empty());
}

TEST_CASE("An integration that left the configuration while we were away is named") {
  RouterStory story;
  story.service = [](const Notification&) { return std::nullopt; };
  story.fires("A", 0);
  story.run_until(30);
  RoutingConfig without = plain_config();
  without.receivers[0].integrations.clear();
  auto shared = std::make_shared<RoutingConfig>(without);
  Router router(shared);
  std::vector<Record> records;
  for (const auto& [name, value] : story.store()) records.push_back({name.first, name.second, value});
  RouterOutput out;
  router.restore(records, at(60), out);
  CHECK(out.deliveries.empty());
  bool abandoned = false;
  for (const Notice& notice : out.notices) abandoned |= notice.kind == NoticeKind::kDeliveryAbandoned;
  CHECK(abandoned);
}

TEST_CASE(
    "Unreadable records are reported and removed, the others are used, records of others are left alone") {
  RouterStory story;
  story.fires("A", 0);
  story.run_until(30);
  story.store()[{"alert", "0000000000000001"}] = R"({"labels":{"a":"b"},"origin":"rule","cause":""})";
  story.store()[{"alert", "x"}] = "{";
  story.store()[{"group", "x"}] = "[]";
  story.store()[{"group", "{}:{a=\"b\"}"}] = R"({"route":"{}","labels":{"a":"b"},"next_flush":1})";
  story.store()[{"told", "x"}] = "null";
  story.store()[{"told", "{}:{z=\"1\"}|team/slack[0]"}] =
      R"({"group":"{}:{z=\"1\"}","receiver":"team","kind":"slack","index":0,"alerts":{}})";
  story.store()[{"told", "y"}] = R"({"receiver":"team","kind":"slack","alerts":{"zz":{"told":"firing"}}})";
  story.store()[{"instance", "rule"}] = "not ours";
  story.said();
  story.restarts(40);
  CHECK(story.notices(NoticeKind::kStoreFailed).size() == 7);
  CHECK(story.records_of("alert") == 1);
  CHECK(story.records_of("group") == 1);
  CHECK(story.records_of("told") == 1);
  CHECK(story.records_of("instance") == 1);
  story.run_until(1000);
  CHECK(story.said() == "");
}

TEST_CASE("Without its group's record an alert is announced again rather than forgotten") {
  RouterStory story;
  story.fires("A", 0);
  story.run_until(30);
  std::erase_if(story.store(), [](const auto& entry) { return entry.first.first == "group"; });
  story.said();
  story.restarts(40);
  CHECK(story.records_of("told") == 0);
  story.run_until(70);
  CHECK(story.said() == "70 team/slack[0] first notification: +A\n");
}

TEST_CASE("A clock that was set back over a restart does not silence a group or bring an ended alert back") {
  RouterStory story;
  story.fires("A", 100'000);
  story.fires("B", 100'000);
  story.run_until(100'030);
  story.resolves("A", 100'100);
  Router router(std::make_shared<RoutingConfig>(plain_config()));
  std::vector<Record> records;
  for (const auto& [name, value] : story.store()) records.push_back({name.first, name.second, value});
  RouterOutput out;
  router.restore(records, at(0), out);
  router.advance(at(0), out);
  CHECK(out.deliveries.empty());
  CHECK(router.next_deadline() == at(300));
  router.advance(at(300), out);
  REQUIRE(out.deliveries.size() == 1);
  CHECK(out.deliveries[0].reason == NotifyReason::kSomeResolved);
  router.delivered(out.deliveries[0].id, ok(), at(300), out);
  router.advance(at(300 + 4 * 3600), out);
  REQUIRE(out.deliveries.size() == 2);
  CHECK(out.deliveries[1].reason == NotifyReason::kRepeat);
}

TEST_CASE("What a retry says for the first time is on record before it goes out") {
  RouterStory story;
  story.service = [](const Notification&) { return failing(); };
  story.fires("A", 0);
  story.run_until(40);
  story.fires("B", 41);
  bool seen = false;
  std::string about_b = named("B").fingerprint_hex() + R"(":{"told":"never","attempted":"firing")";
  story.service = [&](const Notification& n) {
    for (const auto& [name, value] : story.store()) {
      seen |= n.alerts.size() == 2 && name.first == "told" && value.find(about_b) != std::string::npos;
    }
    return ok();
  };
  story.run_until(60);
  CHECK(seen);
}
