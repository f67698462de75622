// The first hours after an Alertmanager has gone: what it told is neither told again nor forgotten.
#include <doctest/doctest.h>

#include "tests/router/router_story.h"

using namespace tocsin;

namespace {

Alert posted(std::string_view name, double starts, double ends) {
  Alert alert;
  alert.labels = named(name);
  alert.starts_at = at(starts);
  alert.ends_at = at(ends);
  alert.updated_at = at(0);
  return alert;
}

// Alertmanager told team/slack[0] at second -100 that A and B fire, about the group of everything.
RouterStory story_after_alertmanager() {
  RouterStory story;
  ImportedEntry entry;
  entry.group_key = "{}:{}";
  entry.integration = {"team", "slack", 0};
  entry.at = at(-100);
  entry.expires_at = at(28'800);
  entry.firing = {nflog_hash(named("A")), nflog_hash(named("B"))};
  const Record record = imported_record(entry);
  story.store()[{record.bucket, record.key}] = *record.value;
  story.restarts(0);
  return story;
}

}  // namespace

TEST_CASE("What was told by the Alertmanager before is not told again before its repeat") {
  RouterStory story = story_after_alertmanager();
  story.accepts(posted("A", -1000, 100'000), 1);
  story.run_until(14'000);
  CHECK(story.said() == "");
  story.run_until(
      14'432);  // the first flush that is four hours after the page at -100, give or take half an interval
  CHECK(story.said() == "14431 team/slack[0] repeat interval elapsed: +A\n");
}

TEST_CASE("An alert that is new since is told, and so is one that began anew") {
  RouterStory story = story_after_alertmanager();
  story.accepts(posted("A", -1000, 100'000), 1);
  story.accepts(posted("B", -50, 100'000), 2);
  story.run_until(31);
  CHECK(story.said() == "31 team/slack[0] new alerts added: +A +B\n");
}

TEST_CASE(
    "Whoever was told by the Alertmanager before hears of the end, also if it came while nobody watched") {
  RouterStory story = story_after_alertmanager();
  story.accepts(posted("A", -1000, -10), 1);
  story.accepts(posted("C", -1000, -10), 1);  // nobody was told of it
  story.run_until(1000);
  CHECK(story.said() == "31 team/slack[0] all alerts resolved: -A\n");
}

TEST_CASE("What was taken over counts once: an alert that ends and fires again is news") {
  RouterStory story = story_after_alertmanager();
  story.accepts(posted("A", -1000, 100'000), 1);
  story.accepts(posted("A", -1000, 40), 40);
  story.run_until(400);
  CHECK(story.said() == "331 team/slack[0] all alerts resolved: -A\n");
  story.accepts(posted("A", -1000, 100'000), 500);
  story.run_until(600);
  CHECK(story.said() == "530 team/slack[0] first notification: +A\n");
}

TEST_CASE("A hash is Alertmanager's") {
  CHECK(nflog_hash(Labels{}) == 0xef46db3751d8e999ULL);  // xxHash64 of nothing
}
