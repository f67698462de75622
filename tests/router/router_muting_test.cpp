// What is muted stays unsaid, and nothing stays unsaid for ever: silences, inhibition and time intervals at
// flushes. Alertmanager's own outcomes (its worked examples) are named where ours differ.
#include <doctest/doctest.h>

#include "tests/router/router_story.h"

using namespace tocsin;

namespace {

RoutingConfig with_inhibition() {
  RoutingConfig config = plain_config();
  InhibitRule rule;
  rule.source = {equals("alertname", "Source")};
  rule.target = {equals("alertname", "A")};
  config.inhibit_rules = {rule};
  return config;
}

}  // namespace

TEST_CASE("A silenced alert is not announced, and is announced at the first flush after its silence") {
  RouterStory story;
  story.silences(equals("alertname", "A"), 0, 1000);
  story.fires("A", 10);
  story.run_until(1239);
  CHECK(story.said() == "");
  CHECK(story.notices(NoticeKind::kAlertSuppressed).size() == 1);
  story.run_until(1240);
  CHECK(story.said() == "1240 team/slack[0] first notification: +A\n");
  CHECK(story.notices(NoticeKind::kAlertUnsuppressed).size() == 1);
}

// Alertmanager says nothing until the repeat, four hours later.
TEST_CASE("An alert that was told, silenced and fires on is announced again after its silence") {
  RouterStory story;
  story.fires("A", 0);
  story.silences(equals("alertname", "A"), 100, 1000);
  story.run_until(1000);
  CHECK(story.said() == "30 team/slack[0] first notification: +A\n");
  story.run_until(1230);
  CHECK(story.said() == "1230 team/slack[0] new alerts added: +A\n");
  story.run_until(5000);
  CHECK(story.said() == "");
}

TEST_CASE("A silence that comes and goes between two flushes changes nothing") {
  RouterStory story;
  story.fires("A", 0);
  story.run_until(100);
  story.said();
  story.silences(equals("alertname", "A"), 100, 200);
  story.run_until(5000);
  CHECK(story.said() == "");
}

// Alertmanager drops the end of a silenced alert, and the incident stays open for ever.
TEST_CASE("Who was told that an alert fires hears of its end, although it is silenced") {
  RouterStory story;
  story.fires("A", 0);
  story.silences(equals("alertname", "A"), 100, 1000);
  story.resolves("A", 200);
  story.run_until(330);
  CHECK(story.said() ==
        "30 team/slack[0] first notification: +A\n330 team/slack[0] all alerts resolved: -A\n");
  CHECK(story.router().groups(at(330)).empty());
}

// Alertmanager says that all is resolved.
TEST_CASE("Nobody is told that all is resolved while a silenced alert fires on") {
  RouterStory story;
  story.fires("A", 0);
  story.fires("B", 0);
  story.silences(equals("alertname", "A"), 100, 10'000);
  story.resolves("B", 200);
  story.run_until(330);
  CHECK(story.said() ==
        "30 team/slack[0] first notification: +A +B\n330 team/slack[0] some alerts resolved: +A -B\n");
  story.resolves("A", 400);
  story.run_until(630);
  CHECK(story.said() == "630 team/slack[0] all alerts resolved: -A\n");
}

TEST_CASE("A silence acts while a delivery is being retried") {
  RouterStory story;
  story.service = [](const Notification&) { return failing(); };
  story.fires("A", 0);
  story.run_until(40);
  CHECK(story.said() != "");
  story.silences(equals("alertname", "A"), 40, 1000);
  story.run_until(1229);
  CHECK(story.said() == "");
  story.service = [](const Notification&) { return ok(); };
  story.run_until(1230);
  CHECK(story.said() == "1230 team/slack[0] first notification: +A\n");
}

TEST_CASE("What may have been heard before a silence hears of its end, and of nothing in between") {
  RouterStory story;
  story.service = [](const Notification&) { return failing(); };
  story.fires("A", 0);
  story.run_until(31);
  story.silences(equals("alertname", "A"), 31, 10'000);
  story.service = [](const Notification&) { return ok(); };
  story.said();
  story.fires("B", 40);
  story.run_until(331);
  CHECK(story.said() == "330 team/slack[0] first notification: +B\n");
  story.resolves("A", 400);
  story.run_until(631);
  CHECK(story.said() == "630 team/slack[0] some alerts resolved: -A +B\n");
}

TEST_CASE("An inhibited alert is not announced while a source fires, and is when it ends") {
  RouterStory story(with_inhibition());
  story.fires("A", 0);
  story.fires(Labels{{"alertname", "Source"}, {"id", "1"}}, 0);
  story.fires(Labels{{"alertname", "Source"}, {"id", "2"}}, 0);
  story.run_until(30);
  CHECK(story.said() == "30 team/slack[0] first notification: +Source +Source\n");
  // Alertmanager keeps one source: where that one ends, the target is not inhibited any more.
  story.resolves(Labels{{"alertname", "Source"}, {"id", "1"}}, 40);
  story.run_until(330);
  CHECK(story.said() == "330 team/slack[0] some alerts resolved: -Source +Source\n");
  story.resolves(Labels{{"alertname", "Source"}, {"id", "2"}}, 340);
  story.run_until(630);
  CHECK(story.said() == "630 team/slack[0] new alerts added: +A -Source\n");
}

TEST_CASE("An alert that is inhibited after it was told is not resolved by that") {
  RouterStory story(with_inhibition());
  story.fires("A", 0);
  story.run_until(30);
  CHECK(story.said() == "30 team/slack[0] first notification: +A\n");
  story.fires("Source", 40);
  story.run_until(330);
  CHECK(story.said() == "330 team/slack[0] new alerts added: +Source\n");
  story.resolves("Source", 340);
  story.run_until(630);
  CHECK(story.said() == "630 team/slack[0] new alerts added: +A -Source\n");
}

// Alertmanager has used up group_wait by then: it is told five minutes later.
TEST_CASE("While nobody was told of anything, a new alert waits for group_wait and not for group_interval") {
  RouterStory story;
  story.silences(equals("alertname", "A"), 0, 10'000);
  story.fires("A", 0);
  story.fires("B", 40);
  story.run_until(70);
  CHECK(story.said() == "70 team/slack[0] first notification: +B\n");
  story.fires("C", 80);
  story.run_until(370);
  CHECK(story.said() == "370 team/slack[0] new alerts added: +B +C\n");
}

TEST_CASE("Silences, and what was muted, outlive a restart") {
  RouterStory story;
  story.fires("A", 0);
  story.silences(equals("alertname", "A"), 100, 1000);
  story.run_until(400);
  story.said();
  story.restarts(500);
  story.run_until(999);
  CHECK(story.said() == "");
  story.run_until(1300);
  CHECK(story.said() == "1230 team/slack[0] new alerts added: +A\n");
}

TEST_CASE("The views say what mutes an alert, at once") {
  RouterStory story(with_inhibition());
  story.fires("A", 0);
  const std::string id = story.silences(equals("alertname", "A"), 1, 1000);
  story.fires("Source", 2);
  const auto alerts = story.router().alerts(at(2));
  for (const AlertView& view : alerts) {
    if (view.alert.labels == named("Source")) {
      CHECK(view.status == AlertStatus::kUnprocessed);
      continue;
    }
    CHECK(view.status == AlertStatus::kSuppressed);
    CHECK(view.silenced_by == std::vector<std::string>{id});
    CHECK(view.inhibited_by == std::vector<std::string>{named("Source").fingerprint_hex()});
  }
  CHECK(alerts.size() == 2);
}

TEST_CASE("Alerts beyond the limit of their name are dropped with a notice, and known ones go on") {
  RoutingConfig config = plain_config();
  config.alerts_per_name = 2;
  RouterStory story(config);
  const auto post = [&](std::string id, double second, double ends) {
    Alert alert;
    alert.labels = Labels{{"alertname", "A"}, {"id", id}};
    alert.starts_at = alert.updated_at = at(second);
    alert.ends_at = at(ends);
    story.accepts(alert, second);
  };
  post("1", 0, 1000);
  post("2", 1, 1000);
  post("3", 2, 1000);
  CHECK(story.notices(NoticeKind::kAlertDropped).size() == 1);
  CHECK(story.router().alerts(at(2)).size() == 2);
  post("1", 3, 2000);  // a refresh
  post("2", 4, 4);     // an end makes room
  post("3", 5, 1000);
  CHECK(story.notices(NoticeKind::kAlertDropped).size() == 1);
  CHECK(story.notices(NoticeKind::kAlertReceived).size() == 3);
}
