#include "evaluator/alert_tracker.h"

#include <doctest/doctest.h>

#include <limits>

using namespace tocsin;
using namespace std::chrono_literals;
using Kind = Transition::Kind;

namespace {

const TimePoint kStart = TimePoint(1'700'000'000s);
const Labels kFoo{{"alertname", "Foo"}};
const Labels kBar{{"alertname", "Foo"}, {"instance", "b"}};

// A rule under test: says what an evaluation brought, in words.
struct Story {
  TrackerPolicy policy;
  AlertTracker tracker{};

  std::string at(Duration offset, std::vector<InstanceSeed> seeds) {
    const auto transitions = tracker.advance(policy, std::move(seeds), kStart + offset);
    if (!transitions) return transitions.error().message;
    std::string words;
    for (const Transition& t : *transitions) {
      static constexpr const char* kNames[] = {"pending",  "fired",    "updated",  "kept",
                                               "returned", "resolved", "forgotten"};
      if (!words.empty()) words += ", ";
      words += kNames[static_cast<int>(t.kind)];
    }
    return words;
  }
};

InstanceSeed seed(const Labels& labels, double value = 1, Labels annotations = {}) {
  return {labels, annotations, value};
}

}  // namespace

TEST_CASE("a clock that was set back neither resolves what fires nor holds up what is pending") {
  Story story{{.hold_for = 5min, .keep_firing_for = 2min}};
  story.at(1000h, {seed(kFoo)});
  CHECK(story.at(1000h + 5min, {seed(kFoo), seed(kBar)}) == "fired, pending");
  CHECK(story.at(0min, {seed(kFoo), seed(kBar)}) == "");
  CHECK(story.at(4min, {seed(kFoo), seed(kBar)}) == "");
  CHECK(story.at(5min, {seed(kFoo), seed(kBar)}) == "fired");
  CHECK(story.at(6min, {}) == "kept, kept");
  CHECK(story.at(1min, {}) == "");
  CHECK(story.at(3min, {}) == "resolved, resolved");
}

TEST_CASE("an alert waits for its `for` and fires at the evaluation that completes it") {
  Story story{{.hold_for = 5min}};
  CHECK(story.at(0min, {seed(kFoo)}) == "pending");
  CHECK(story.at(4min, {seed(kFoo)}) == "");
  CHECK(story.at(5min, {seed(kFoo)}) == "fired");
  const Instance& instance = story.tracker.instances().at(kFoo);
  CHECK(instance.active_at == kStart);
  CHECK(instance.fired_at == kStart + 5min);
}

TEST_CASE("without `for` an alert fires in the first evaluation") {
  Story story{{}};
  CHECK(story.at(0min, {seed(kFoo)}) == "fired");
  CHECK(story.at(1min, {}) == "resolved");
  CHECK(story.tracker.instances().empty());
}

TEST_CASE("a pending alert whose condition ends is forgotten and starts over") {
  Story story{{.hold_for = 5min}};
  CHECK(story.at(0min, {seed(kFoo)}) == "pending");
  CHECK(story.at(4min, {}) == "forgotten");
  CHECK(story.at(5min, {seed(kFoo)}) == "pending");
  CHECK(story.at(9min, {seed(kFoo)}) == "");
  CHECK(story.at(10min, {seed(kFoo)}) == "fired");
}

TEST_CASE(
    "keep_firing_for counts from the first evaluation without the series, and a returning sample cancels "
    "it") {
  Story story{{.keep_firing_for = 5min}};
  CHECK(story.at(0min, {seed(kFoo)}) == "fired");
  CHECK(story.at(1min, {}) == "kept");
  CHECK(story.at(5min, {}) == "");
  CHECK(story.at(5min + 30s, {seed(kFoo)}) == "returned");
  CHECK(story.at(6min, {}) == "kept");
  CHECK(story.at(10min, {}) == "");
  CHECK(story.at(11min, {}) == "resolved");
}

TEST_CASE("while kept, value and annotations stay those of the last real match") {
  Story story{{.keep_firing_for = 5min}};
  story.at(0min, {seed(kFoo, 7, Labels{{"summary", "seven"}})});
  story.at(1min, {});
  CHECK(story.tracker.instances().at(kFoo).value == 7);
  CHECK(story.tracker.instances().at(kFoo).annotations.value("summary") == "seven");
}

TEST_CASE("raising `for` sends an alert that is too young back to pending") {
  Story story{{}};
  CHECK(story.at(0min, {seed(kFoo)}) == "fired");
  story.policy.hold_for = 10min;
  CHECK(story.at(1min, {seed(kFoo)}) == "resolved");
  CHECK(story.tracker.instances().at(kFoo).state == Instance::State::kPending);
  CHECK(story.at(10min, {seed(kFoo)}) == "fired");
}

TEST_CASE("more instances than the limit allows are an error that changes nothing") {
  Story story{{.limit = 1}};
  CHECK(story.at(0min, {seed(kFoo)}) == "fired");
  CHECK(story.at(1min, {seed(kFoo), seed(kBar)}) == "exceeded limit of 1 with 2 alerts");
  CHECK(story.tracker.instances().size() == 1);
  CHECK(story.tracker.instances().at(kFoo).state == Instance::State::kFiring);
  CHECK(story.at(2min, {seed(kBar)}) == "resolved, fired");
}

TEST_CASE("a changed value or annotation of a firing alert is an update; the same one is nothing") {
  Story story{{}};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(story.at(0min, {seed(kFoo, 1)}) == "fired");
  CHECK(story.at(1min, {seed(kFoo, 1)}) == "");
  CHECK(story.at(2min, {seed(kFoo, 2)}) == "updated");
  CHECK(story.at(3min, {seed(kFoo, nan)}) == "updated");
  CHECK(story.at(4min, {seed(kFoo, nan)}) == "");
  CHECK(story.at(5min, {seed(kFoo, nan, Labels{{"summary", "x"}})}) == "updated");
}

TEST_CASE("when the rule is deleted, what fires resolves and what is pending is forgotten") {
  Story story{{.hold_for = 1min}};
  story.at(0min, {seed(kFoo)});
  story.at(1min, {seed(kFoo), seed(kBar)});
  const auto transitions = story.tracker.end();
  REQUIRE(transitions.size() == 2);
  CHECK(transitions[0].kind == Kind::kResolved);
  CHECK(transitions[0].cause == ResolveCause::kRuleDeleted);
  CHECK(transitions[1].kind == Kind::kForgotten);
}
