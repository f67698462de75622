// Silences that end with what they mute.
#include <doctest/doctest.h>

#include "tests/router/silence_testing.h"

using namespace tocsin;

namespace {

Silence until_resolved(std::string_view text, double start, double end) {
  Silence wanted = silence(text, start, end);
  wanted.until_resolved = true;
  return wanted;
}

Silence when_idle(std::string_view text, double start, double end, int idle_seconds) {
  Silence wanted = silence(text, start, end);
  wanted.expire_when_idle = std::chrono::seconds(idle_seconds);
  return wanted;
}

Labels on(std::string_view instance) {
  return Labels{{"alertname", "A"}, {"instance", instance}};
}

constexpr const char* kResolved = "SilenceExpired id1: nothing that it mutes fires any more\n";

}  // namespace

TEST_CASE("A silence until resolved ends when the last alert that it matches has ended") {
  SilenceStory story;
  story.fires(on("1"), 0);
  story.fires(on("2"), 0);
  story.sets(until_resolved(R"(alertname="A")", 0, 1000), 10);
  story.said();
  story.resolves(on("1"), 20);
  story.fires(on("3"), 25);
  story.resolves(on("2"), 30);
  story.fires(named("B"), 31);
  story.resolves(named("B"), 32);
  CHECK(story.said() == "");
  story.resolves(on("3"), 40);
  CHECK(story.said() == kResolved);
  CHECK_FALSE(story.silences.mutes(on("1"), at(40)));
  CHECK(story.silences.find("id1")->ends_at == at(40));
}

TEST_CASE("A silence until resolved waits for something to fire first") {
  SilenceStory story;
  story.sets(until_resolved(R"(alertname="A")", 0, 1000), 0);
  story.advances(500);
  story.said();
  story.fires(on("1"), 500);
  CHECK(story.silences.mutes(on("1"), at(500)));
  story.resolves(on("1"), 600);
  CHECK(story.said() == kResolved);
}

TEST_CASE("What fired and ended while a silence was pending does not end it") {
  SilenceStory story;
  story.fires(on("1"), 0);
  story.sets(until_resolved(R"(alertname="A")", 100, 1000), 0);
  story.resolves(on("1"), 50);
  story.advances(200);
  CHECK(story.said() == "SilenceSet id1\nSilenceStarted id1\n");
  story.fires(on("1"), 300);
  story.resolves(on("1"), 310);
  CHECK(story.said() == kResolved);
}

TEST_CASE("What fires when a pending silence starts counts as muted by it") {
  SilenceStory story;
  story.sets(until_resolved(R"(alertname="A")", 100, 1000), 0);
  story.fires(on("1"), 50);
  story.advances(100);
  story.resolves(on("1"), 200);
  CHECK(story.said() == "SilenceSet id1\nSilenceStarted id1\n" + std::string(kResolved));
}

TEST_CASE("An end and a start in the same batch do not end a silence, in whichever order they come") {
  SilenceStory story;
  story.fires(on("1"), 0);
  story.sets(until_resolved(R"(alertname="A")", 0, 1000), 0);
  story.said();
  story.step([&](RouterOutput& out) {
    story.silences.ended(on("1"), at(20), out);
    CHECK(story.silences.next_deadline() <= at(20));
    story.silences.started(on("2"), at(20), out);
    story.silences.advance(at(20), out);
  });
  CHECK(story.said() == "");
  CHECK(story.silences.mutes(on("2"), at(20)));
}

TEST_CASE("An alert that is told twice counts once") {
  SilenceStory story;
  story.fires(on("1"), 0);
  story.sets(until_resolved(R"(alertname="A")", 0, 1000), 0);
  story.fires(on("1"), 10);
  story.said();
  story.resolves(on("1"), 20);
  CHECK(story.said() == kResolved);
  story.resolves(on("1"), 21);
  CHECK(story.said() == "");
}

TEST_CASE("A silence that is idle for long enough ends") {
  SilenceStory story;
  story.sets(when_idle(R"(alertname="A")", 0, 10000, 3600), 0);
  story.said();
  story.fires(on("1"), 3000);
  story.resolves(on("1"), 5000);
  CHECK(story.silences.next_deadline() == at(8600));
  story.advances(8599);
  CHECK(story.said() == "");
  story.advances(8600);
  CHECK(story.said() == "SilenceExpired id1: it muted nothing for 1h\n");
}

TEST_CASE("A pending silence is not idle") {
  SilenceStory story;
  story.sets(when_idle(R"(alertname="A")", 1000, 10000, 60), 0);
  story.advances(1000);
  story.advances(1059);
  CHECK(story.said() == "SilenceSet id1\nSilenceStarted id1\n");
  story.advances(1060);
  CHECK(story.said() == "SilenceExpired id1: it muted nothing for 1m\n");
}

TEST_CASE("The end of a silence comes, whatever fires") {
  SilenceStory story;
  story.fires(on("1"), 0);
  Silence both = until_resolved(R"(alertname="A")", 0, 100);
  both.expire_when_idle = std::chrono::seconds(10);
  story.sets(both, 0);
  story.said();
  story.advances(100);
  CHECK(story.said() == "SilenceExpired id1: its end has come\n");
}

TEST_CASE("What a silence has muted is remembered over a restart") {
  SilenceStory story;
  story.fires(on("1"), 0);
  story.sets(until_resolved(R"(alertname="A")", 0, 1000), 0);
  story.sets(until_resolved(R"(alertname="B")", 0, 1000), 0);
  story.said();
  story.restarts(100);
  CHECK(story.said() == "");
  SUBCASE("it ends after the restart") {
    story.resolves(on("1"), 110);
  }
  SUBCASE("it ended while we were away") {
    story.firing.clear();
    story.restarts(110);
  }
  CHECK(story.said() == kResolved);
  CHECK(story.silences.find("id2")->state(at(110)) == SilenceState::kActive);
}

TEST_CASE("Restarts do not lengthen an idle time") {
  SilenceStory story;
  story.sets(when_idle(R"(alertname="A")", 0, 10000, 600), 0);
  for (int second = 100; second <= 500; second += 100) story.restarts(second);
  CHECK(story.silences.next_deadline() == at(600));
  story.fires(on("1"), 550);
  story.restarts(1000);
  CHECK(story.silences.next_deadline() == at(10000));
  story.firing.clear();
  story.restarts(2000);
  story.restarts(2100);
  CHECK(story.silences.next_deadline() == at(2600));
}

TEST_CASE("A silence can be told later to end with what it mutes") {
  SilenceStory story;
  story.fires(on("1"), 0);
  Silence wanted = silence(R"(alertname="A")", 0, 1000);
  story.sets(wanted, 0);
  wanted.id = "id1";
  wanted.until_resolved = true;
  CHECK(*story.sets(wanted, 10) == "id1");
  story.said();
  story.resolves(on("1"), 20);
  CHECK(story.said() == kResolved);
}

TEST_CASE("A silence that shall no longer end with what it mutes does not") {
  SilenceStory story;
  story.fires(on("1"), 0);
  Silence wanted = until_resolved(R"(alertname="A")", 0, 1000);
  story.sets(wanted, 0);
  wanted.id = "id1";
  wanted.until_resolved = false;
  story.sets(wanted, 10);
  story.said();
  story.resolves(on("1"), 20);
  CHECK(story.said() == "");
  CHECK(story.silences.next_deadline() == at(1000));
}

TEST_CASE("Alerts that come and go write nothing where no silence waits for them") {
  Silences silences;
  RouterOutput out;
  silences.set(silence(R"(alertname="A")", 0, 100), "id1", at(0), {}, out);
  out = {};
  silences.started(on("1"), at(1), out);
  silences.ended(on("1"), at(2), out);
  CHECK(out.records.empty());
  CHECK(silences.next_deadline() == at(100));
}
