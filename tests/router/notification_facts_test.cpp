// What a notification knows beside its alerts: what is new, since when it fires, how often it was told.
#include <doctest/doctest.h>

#include "tests/router/router_story.h"

using namespace tocsin;

namespace {

// "A new, B unchanged", in the notification's order.
std::string changes(const Notification& notification) {
  std::string out;
  REQUIRE(notification.changes.size() == notification.alerts.size());
  for (std::size_t i = 0; i < notification.alerts.size(); ++i) {
    out += (i == 0 ? "" : ", ") + std::string(notification.alerts[i].labels.value("alertname")) + " " +
           std::string(to_string(notification.changes[i]));
  }
  return out;
}

}  // namespace

TEST_CASE("A notification says of each alert what the integration did not know") {
  RouterStory story;
  story.fires("A", 0);
  story.fires("B", 1);
  story.run_until(31);
  CHECK(changes(story.last()) == "A new, B new");
  story.fires("C", 40);
  story.resolves("B", 50);
  story.run_until(331);
  CHECK(changes(story.last()) == "A unchanged, B resolved, C new");
  CHECK(story.last().times_notified == 1);
  story.resolves("A", 400);
  story.run_until(631);
  CHECK(changes(story.last()) == "A resolved, C unchanged");
}

TEST_CASE("Nothing is new in a repeat") {
  RouterStory story;
  story.fires("A", 0);
  story.run_until(4 * 3600 + 60);
  REQUIRE(story.last().reason == NotifyReason::kRepeat);
  CHECK(changes(story.last()) == "A unchanged");
  CHECK(story.last().times_notified == 1);
}

TEST_CASE("What a failed attempt said is still new when it is tried again") {
  RouterStory story;
  int failures = 2;
  story.service = [&](const Notification&) { return failures-- > 0 ? failing() : ok(); };
  story.fires("A", 0);
  story.run_until(60);
  REQUIRE(story.deliveries_.size() == 3);
  for (const Notification& attempt : story.deliveries_) CHECK(changes(attempt) == "A new");
}

TEST_CASE("An alert that was silenced after it was told is new again when the silence ends") {
  RouterStory story;
  story.fires("A", 0);
  story.fires("B", 0);
  story.run_until(31);
  story.silences(equals("alertname", "A"), 40, 500);
  story.run_until(700);
  CHECK(story.last().reason == NotifyReason::kNewAlerts);
  CHECK(changes(story.last()) == "A new, B unchanged");
}

TEST_CASE("A group's first firing is remembered although that alert has ended") {
  RouterStory story;
  story.fires("A", 0);
  story.run_until(31);
  CHECK(story.last().first_fired_at == at(0));
  story.fires("B", 200);
  story.resolves("A", 210);
  story.run_until(331);
  CHECK(story.last().first_fired_at == at(0));
  story.fires("C", 340);
  story.run_until(631);
  REQUIRE(changes(story.last()) == "B unchanged, C new");
  CHECK(story.last().first_fired_at == at(0));
  story.resolves("B", 700);
  story.resolves("C", 700);
  story.run_until(1231);
  REQUIRE(story.last().reason == NotifyReason::kAllResolved);
  CHECK(story.last().first_fired_at == at(0));
  story.fires("D", 2000);
  story.run_until(2031);
  CHECK(story.last().first_fired_at == at(2000));
}
