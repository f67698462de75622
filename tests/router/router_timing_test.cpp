// When a group speaks: Alertmanager's worked examples, with the better behaviour where its own is a known
// bug.
#include <doctest/doctest.h>

#include "tests/router/router_story.h"

using namespace tocsin;

TEST_CASE("A group speaks after group_wait, then once per group_interval while there is news") {
  RouterStory story;
  story.fires("A", 0);
  story.run_until(29.9);
  CHECK(story.said() == "");
  story.run_until(30);
  CHECK(story.said() == "30 team/slack[0] first notification: +A\n");
  story.fires("B", 40);
  story.run_until(330);
  CHECK(story.said() == "330 team/slack[0] new alerts added: +A +B\n");
  story.resolves("A", 400);
  story.run_until(630);
  CHECK(story.said() == "630 team/slack[0] some alerts resolved: -A +B\n");
  story.resolves("B", 700);
  story.run_until(930);
  CHECK(story.said() == "930 team/slack[0] all alerts resolved: -B\n");
  CHECK(story.router().groups(at(930)).empty());
  CHECK(story.store().empty());
  CHECK(story.router().next_deadline() == kNever);
  story.fires("C", 940);
  story.run_until(2000);
  CHECK(story.said() == "970 team/slack[0] first notification: +C\n");
}

TEST_CASE("An alert that started long ago waits the whole group_wait too") {
  RouterStory story;
  Alert old;
  old.labels = named("A");
  old.starts_at = at(-60);
  old.origin = AlertOrigin::kRule;
  story.accepts(old, 0);
  CHECK(story.said() == "");
  story.run_until(30);
  CHECK(story.said() == "30 team/slack[0] first notification: +A\n");
}

TEST_CASE("An alert that came and went before the first flush is dropped with a notice") {
  RouterStory story;
  story.fires("A", 0);
  story.resolves("A", 20);
  CHECK(story.router().groups(at(20)).size() == 1);
  story.run_until(30);
  CHECK(story.said() == "");
  CHECK(story.notices(NoticeKind::kAlertDropped).size() == 1);
  CHECK(story.notices(NoticeKind::kGroupClosed).size() == 1);
  CHECK(story.store().empty());
}

TEST_CASE("A gap between two flushes is not told") {
  RouterStory story;
  story.fires("A", 0);
  story.run_until(30);
  story.said();
  story.resolves("A", 100);
  story.fires("A", 200);
  story.run_until(900);
  CHECK(story.said() == "");
}

TEST_CASE("A repeat comes exactly repeat_interval after the flush that spoke") {
  RoutingConfig config = plain_config();
  config.root.repeat_interval = std::chrono::minutes(15);
  RouterStory story(config);
  story.fires("A", 0);
  story.run_until(2000);
  CHECK(story.said() ==
        "30 team/slack[0] first notification: +A\n"
        "930 team/slack[0] repeat interval elapsed: +A\n"
        "1830 team/slack[0] repeat interval elapsed: +A\n");
  CHECK(story.last().times_notified == 2);
}

TEST_CASE("A slow service does not shift the repeat: it counts from the flush, not from the answer") {
  RoutingConfig config = plain_config();
  config.root.repeat_interval = std::chrono::minutes(10);
  RouterStory story(config);
  story.service = [](const Notification&) { return std::nullopt; };
  story.fires("A", 0);
  story.run_until(30);
  story.answers(story.last().id, ok(), 170);
  story.run_until(700);
  CHECK(story.said() ==
        "30 team/slack[0] first notification: +A\n"
        "630 team/slack[0] repeat interval elapsed: +A\n");
}

TEST_CASE("A new alert never shortens the timer, and a late call does not shift the grid") {
  RouterStory story;
  story.fires("A", 0);
  story.run_until(30);
  story.fires("B", 31);
  CHECK(story.router().next_deadline() == at(330));
  RouterOutput out;
  story.router().advance(at(950), out);  // slept through 330 and 630 and is 20 s late for 930
  REQUIRE(out.deliveries.size() == 1);
  CHECK(out.deliveries[0].alerts.size() == 2);
  CHECK(story.router().next_deadline() == at(1230));
}

TEST_CASE("Without send_resolved ends are silent, and a new episode is announced again") {
  RoutingConfig config = plain_config();
  config.receivers[0].integrations[0].wants_resolved = false;
  RouterStory story(config);
  story.fires("A", 0);
  story.fires("B", 0);
  story.run_until(30);
  CHECK(story.said() == "30 team/slack[0] first notification: +A +B\n");
  story.resolves("A", 100);
  story.run_until(330);
  CHECK(story.said() == "");
  story.fires("A", 400);
  story.run_until(630);
  CHECK(story.said() == "630 team/slack[0] new alerts added: +A +B\n");
  story.resolves("A", 700);
  story.resolves("B", 700);
  story.run_until(930);
  CHECK(story.said() == "");
  CHECK(story.store().empty());
}

TEST_CASE("A receiver without integrations hears nothing and its groups come to an end") {
  RoutingConfig config = plain_config();
  config.receivers[0].integrations.clear();
  RouterStory story(config);
  story.fires("A", 0);
  story.run_until(400);
  CHECK(story.router().groups(at(400)).size() == 1);
  story.resolves("A", 410);
  story.run_until(1000);
  CHECK(story.said() == "");
  CHECK(story.notices(NoticeKind::kAlertDropped).empty());
  CHECK(story.store().empty());
}

TEST_CASE("An alert from outside ends at its end unless it is refreshed") {
  RouterStory story;
  Alert posted;
  posted.labels = named("A");
  posted.starts_at = posted.updated_at = at(0);
  posted.ends_at = at(300);
  story.accepts(posted, 0);
  posted.updated_at = at(200);
  posted.ends_at = at(500);
  story.accepts(posted, 200);
  CHECK(story.last_output.records.empty());
  CHECK(story.last_output.notices.empty());
  story.run_until(330);
  CHECK(story.said() == "30 team/slack[0] first notification: +A\n");
  story.run_until(630);
  CHECK(story.said() == "630 team/slack[0] all alerts resolved: -A\n");
  REQUIRE(story.notices(NoticeKind::kAlertResolved).size() == 1);
  CHECK(story.notices_[story.notices_.size() - 1].kind == NoticeKind::kGroupClosed);
  CHECK(story.notices(NoticeKind::kAlertReceived).size() == 1);
}

TEST_CASE("The flush at which an alert from outside ends already says so") {
  RouterStory story;
  Alert posted;
  posted.labels = named("A");
  posted.starts_at = posted.updated_at = at(0);
  posted.ends_at = at(330);
  story.accepts(posted, 0);
  story.run_until(330);
  CHECK(story.said() ==
        "30 team/slack[0] first notification: +A\n"
        "330 team/slack[0] all alerts resolved: -A\n");
}

TEST_CASE("Routes with the same matchers have groups and told state of their own, and one outward key") {
  RoutingConfig config = plain_config();
  Route child;
  child.receiver = "team";
  child.matchers = {equals("team", "x")};
  child.continues = true;
  config.root.routes = {child, child};
  name_routes(config.root);
  RouterStory story(config);
  story.fires(Labels{{"alertname", "A"}, {"team", "x"}}, 0);
  story.run_until(30);
  REQUIRE(story.deliveries_.size() == 2);
  CHECK(story.deliveries_[0].group_key == "{}/{team=\"x\"}:{}");
  CHECK(story.deliveries_[1].group_key == story.deliveries_[0].group_key);
  CHECK(story.deliveries_[0].route_id == "{}/{team=\"x\"}/0");
  CHECK(story.deliveries_[1].route_id == "{}/{team=\"x\"}/1");
  CHECK(story.deliveries_[0].id != story.deliveries_[1].id);
  std::vector<AlertView> alerts = story.router().alerts(at(30));
  REQUIRE(alerts.size() == 1);
  CHECK(alerts[0].receivers == std::vector<std::string>{"team", "team"});
  CHECK(alerts[0].status == AlertStatus::kActive);
}

TEST_CASE("Groups are made per value of the grouping labels, and absent labels are left out") {
  RoutingConfig config = plain_config();
  config.root.group_by = {"cluster"};
  RouterStory story(config);
  story.fires(Labels{{"alertname", "A"}, {"cluster", "eu"}}, 0);
  story.fires(Labels{{"alertname", "B"}, {"cluster", "us"}}, 0);
  story.fires(Labels{{"alertname", "C"}}, 0);
  story.run_until(30);
  REQUIRE(story.deliveries_.size() == 3);
  std::vector<GroupView> groups = story.router().groups(at(30));
  REQUIRE(groups.size() == 3);
  CHECK(groups[0].group_key == "{}:{}");
  CHECK(groups[1].group_key == "{}:{cluster=\"eu\"}");
  CHECK(groups[2].labels == Labels{{"cluster", "us"}});
  CHECK(groups[2].next_flush == at(330));
  REQUIRE(groups[2].integrations.size() == 1);
  CHECK(groups[2].integrations[0].told_firing == 1);
  CHECK(groups[2].integrations[0].last_notified_at == at(30));
}
