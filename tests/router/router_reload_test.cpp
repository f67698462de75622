// A new configuration under running groups.
#include <doctest/doctest.h>

#include "tests/router/router_story.h"

using namespace tocsin;

namespace {

const Labels kA{{"alertname", "A"}, {"team", "x"}};
const Labels kB{{"alertname", "B"}, {"team", "x"}};

Route child(std::string receiver) {
  Route route;
  route.receiver = std::move(receiver);
  route.matchers = {equals("team", "x")};
  return route;
}

// The root tells "team"; with a child, team x is told by "pager".
RoutingConfig config_with(bool has_child) {
  RoutingConfig config;
  config.root.receiver = "team";
  if (has_child) config.root.routes = {child("pager")};
  name_routes(config.root);
  config.receivers = {{"team", {integration("team")}}, {"pager", {integration("pager", "pagerduty")}}};
  return config;
}

}  // namespace

TEST_CASE("A reload that changes nothing for a group leaves its timers and told state") {
  RouterStory story(config_with(false));
  story.fires(kA, 0);
  story.run_until(30);
  story.said();
  story.reloads(config_with(false), 100);
  CHECK(story.last_output.records.empty());
  CHECK(story.last_output.notices.empty());
  CHECK(story.router().next_deadline() == at(330));
  story.fires(kB, 110);
  story.run_until(330);
  CHECK(story.said() == "330 team/slack[0] new alerts added: +A +B\n");
}

TEST_CASE("A group that waits for its first flush keeps waiting over a reload") {
  RouterStory story(config_with(false));
  story.fires(kA, 0);
  story.reloads(config_with(false), 20);
  story.run_until(30);
  CHECK(story.said() == "30 team/slack[0] first notification: +A\n");
}

TEST_CASE("An alert that a new route takes is announced there, and its end is told in both places") {
  RouterStory story(config_with(false));
  story.fires(kA, 0);
  story.run_until(30);
  story.said();
  story.reloads(config_with(true), 100);
  story.run_until(20000);
  CHECK(story.said() ==
        "130 pager/pagerduty[0] first notification: +A\n"
        "14530 pager/pagerduty[0] repeat interval elapsed: +A\n");
  story.resolves(kA, 20001);
  story.run_until(20500);
  CHECK(story.said() ==
        "20130 team/slack[0] all alerts resolved: -A\n"
        "20230 pager/pagerduty[0] all alerts resolved: -A\n");
  CHECK(story.store().empty());
}

TEST_CASE("A retired group is kept over a restart, says only ends, and never too much") {
  RouterStory story(config_with(true));
  story.fires(kA, 0);
  story.fires(kB, 0);
  story.run_until(30);
  story.said();
  story.reloads(config_with(false), 100);
  std::vector<GroupView> groups = story.router().groups(at(100));
  REQUIRE(groups.size() == 2);
  CHECK((groups[0].retired || groups[1].retired));
  story.restarts(110);
  story.run_until(130);
  CHECK(story.said() == "130 team/slack[0] first notification: +A +B\n");
  story.resolves(kA, 140);
  story.run_until(330);
  CHECK(story.said() == "330 pager/pagerduty[0] some alerts resolved: -A +B\n");
  story.resolves(kB, 340);
  story.run_until(1000);
  CHECK(story.said() ==
        "430 team/slack[0] all alerts resolved: -A -B\n"
        "630 pager/pagerduty[0] all alerts resolved: -B\n");
  CHECK(story.store().empty());
}

TEST_CASE("A retired group that nobody has heard of is closed at once") {
  RouterStory story(config_with(true));
  story.fires(kA, 0);
  story.reloads(config_with(false), 10);
  CHECK(story.router().groups(at(10)).size() == 1);
  story.run_until(100);
  CHECK(story.said() == "40 team/slack[0] first notification: +A\n");
}

TEST_CASE("A route that comes back takes its alerts back without a word") {
  RouterStory story(config_with(true));
  story.fires(kA, 0);
  story.run_until(30);
  story.said();
  story.reloads(config_with(false), 100);
  story.reloads(config_with(true), 110);
  story.run_until(2000);
  CHECK(story.said() == "");
  CHECK(story.router().groups(at(2000)).size() == 1);
}

TEST_CASE("An integration that is gone is named where it was owed an end") {
  RouterStory story(config_with(false));
  story.fires(kA, 0);
  story.run_until(30);
  RoutingConfig without = config_with(false);
  without.receivers[0].integrations.clear();
  story.reloads(without, 100);
  CHECK(story.notices(NoticeKind::kDeliveryAbandoned).size() == 1);
  CHECK(story.records_of("told") == 0);
  story.resolves(kA, 110);
  story.run_until(1000);
  CHECK(story.store().empty());
}

TEST_CASE("A delivery in flight finishes though its integration is gone") {
  RouterStory story(config_with(false));
  story.service = [](const Notification&) { return std::nullopt; };
  story.fires(kA, 0);
  story.run_until(30);
  std::string id = story.last().id;
  RoutingConfig without = config_with(false);
  without.receivers[0].integrations.clear();
  story.reloads(without, 31);
  CHECK(story.notices(NoticeKind::kDeliveryAbandoned).empty());
  story.answers(id, ok(), 32);
  CHECK(story.notices(NoticeKind::kNotified).size() == 1);
  CHECK(story.notices(NoticeKind::kDeliveryAbandoned).size() == 1);
  story.answers(id, ok(), 33);
  CHECK(story.notices(NoticeKind::kNotified).size() == 1);
}

TEST_CASE("An integration that goes and comes back while its delivery is in flight is one") {
  RouterStory story(config_with(false));
  story.service = [](const Notification&) { return std::nullopt; };
  story.fires(kA, 0);
  story.run_until(30);
  std::string id = story.last().id;
  RoutingConfig without = config_with(false);
  without.receivers[0].integrations.clear();
  story.reloads(without, 31);
  story.reloads(config_with(false), 32);
  story.answers(id, ok(), 33);
  CHECK(story.router().groups(at(33))[0].integrations.size() == 1);
  story.said();
  story.run_until(1000);
  CHECK(story.said() == "");
}

TEST_CASE("Another receiver for the same route: the new one is told, the old one only hears the end") {
  RouterStory story(config_with(false));
  story.fires(kA, 0);
  story.run_until(30);
  story.said();
  RoutingConfig changed = config_with(false);
  changed.root.receiver = "pager";
  story.reloads(changed, 100);
  story.run_until(330);
  CHECK(story.said() == "330 pager/pagerduty[0] first notification: +A\n");
  story.resolves(kA, 400);
  story.run_until(1000);
  CHECK(story.said() ==
        "630 team/slack[0] all alerts resolved: -A\n"
        "630 pager/pagerduty[0] all alerts resolved: -A\n");
  CHECK(story.store().empty());
}

TEST_CASE("Told state follows an integration to another place in the list") {
  RoutingConfig before = config_with(false);
  before.receivers[0].integrations.push_back(integration("team", "slack", 1));
  RouterStory story(before);
  story.fires(kA, 0);
  story.run_until(30);
  story.said();
  RoutingConfig after = before;
  std::swap(after.receivers[0].integrations[0].fingerprint, after.receivers[0].integrations[1].fingerprint);
  story.reloads(after, 100);
  story.restarts(110);
  RoutingConfig fewer = config_with(false);
  fewer.receivers[0].integrations[0].fingerprint = "team-slack1";
  story.reloads(fewer, 120);
  CHECK(story.notices(NoticeKind::kDeliveryAbandoned).size() == 1);
  CHECK(story.records_of("told") == 1);
  story.run_until(1000);
  CHECK(story.said() == "");
  story.resolves(kA, 1001);
  story.run_until(1500);
  CHECK(story.said() == "1230 team/slack[0] all alerts resolved: -A\n");
}

TEST_CASE("A new integration of a receiver is told at the next flush") {
  RouterStory story(config_with(false));
  story.fires(kA, 0);
  story.run_until(30);
  story.said();
  RoutingConfig more = config_with(false);
  more.receivers[0].integrations.push_back(integration("team", "email"));
  story.reloads(more, 100);
  story.run_until(330);
  CHECK(story.said() == "330 team/email[0] first notification: +A\n");
}

TEST_CASE("A shorter group_interval counts from the last flush") {
  RoutingConfig slow = config_with(false);
  slow.root.group_interval = std::chrono::hours(1);
  RouterStory story(slow);
  story.fires(kA, 0);
  story.run_until(30);
  story.reloads(config_with(false), 100);
  CHECK(story.router().next_deadline() == at(330));
}

TEST_CASE("Another grouping retires the old groups and opens new ones") {
  RouterStory story(config_with(false));
  story.fires(kA, 0);
  story.run_until(30);
  story.said();
  RoutingConfig grouped = config_with(false);
  grouped.root.group_by = {"alertname"};
  story.reloads(grouped, 100);
  story.run_until(1000);
  CHECK(story.said() == "130 team/slack[0] first notification: +A\n");
  CHECK(story.last().group_key == "{}:{alertname=\"A\"}");
  story.resolves(kA, 1001);
  story.run_until(1500);
  CHECK(story.said() ==
        "1030 team/slack[0] all alerts resolved: -A\n"
        "1230 team/slack[0] all alerts resolved: -A\n");
  CHECK(story.store().empty());
}

TEST_CASE("Notifications of a group never share an id, also when an integration goes and comes back") {
  RouterStory story(config_with(false));
  RoutingConfig without = config_with(false);
  without.receivers[0].integrations.clear();
  story.fires(kA, 0);
  story.run_until(30);
  story.reloads(without, 40);
  story.reloads(config_with(false), 50);
  story.run_until(330);
  REQUIRE(story.deliveries_.size() == 2);
  CHECK(story.deliveries_[0].id != story.deliveries_[1].id);
}

TEST_CASE("A group that is closed and opened again at once names its notifications anew") {
  RoutingConfig config = plain_config();
  config.root.group_wait = Duration::zero();
  RouterStory story(config);
  story.fires("A", 0);
  story.resolves("A", 299);
  story.run_until(300);
  story.fires("A", 300);
  REQUIRE(story.deliveries_.size() == 3);
  CHECK(story.deliveries_[2].reason == NotifyReason::kFirstNotification);
  CHECK(story.deliveries_[0].id != story.deliveries_[2].id);
}
