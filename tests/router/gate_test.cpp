#include "router/gate.h"

#include <doctest/doctest.h>

#include <vector>

#include "tests/router/router_story.h"

using namespace tocsin;
using namespace std::chrono_literals;

namespace {

DeliveryResult too_many(Duration retry_after) {
  DeliveryResult result = failing();
  result.status = 429;
  result.retry_after = retry_after;
  return result;
}

Gate shut_gate() {
  Gate gate("x");
  for (std::uint64_t group : {1, 2, 3}) {
    gate.passed(at(0));
    gate.refused(group, refused(), at(0));
  }
  return gate;
}

}  // namespace

TEST_CASE("Without a pace everybody passes at once") {
  Gate gate("x");
  for (int i = 0; i < 10'000; ++i) {
    REQUIRE(gate.open(at(0)));
    gate.passed(at(0));
  }
  CHECK(gate.obstacle(at(0)) == Gate::Obstacle::kNone);
}

TEST_CASE("A pace lets a burst through and then one each interval, and what was not used comes back") {
  Gate gate("x");
  gate.set_pace({1s, 3});
  std::vector<double> times;
  for (double second = 0; second < 10; second += 0.25) {
    if (second >= 5 && second < 9) continue;  // nobody comes
    if (!gate.open(at(second))) continue;
    gate.passed(at(second));
    times.push_back(second);
  }
  CHECK(times == std::vector<double>{0, 0.25, 0.5, 1, 2, 3, 4, 9, 9.25, 9.5});
  CHECK(gate.obstacle(at(9.5)) == Gate::Obstacle::kPace);
  CHECK(gate.opens_at() == at(10));
}

TEST_CASE("After a restart the burst is used up, because nobody knows what was sent a moment ago") {
  Gate gate("x");
  gate.set_pace({1s, 3});
  gate.spend_burst(at(0));
  CHECK(gate.open(at(0)));
  gate.passed(at(0));
  CHECK(gate.opens_at() == at(1));
}

TEST_CASE("Retry-After shuts the gate for everybody, for so long and no longer") {
  Gate gate("x");
  for (int i = 0; i < 3; ++i) gate.passed(at(0));
  CHECK(gate.failed(too_many(77s), at(0)));
  CHECK(gate.failed(too_many(70s), at(1)));
  CHECK(gate.failed(too_many(0s), at(2)));
  CHECK(gate.obstacle(at(76)) == Gate::Obstacle::kPause);
  CHECK(gate.opens_at() == at(77));
  gate.passed(at(77));
  gate.failed(too_many(1000h), at(77));
  CHECK(gate.opens_at() == at(77 + 3600));
}

TEST_CASE("A 503 with Retry-After is a wish too; any other failure is that of one attempt") {
  Gate gate("x");
  gate.passed(at(0));
  CHECK_FALSE(gate.failed(failing(), at(0)));
  CHECK(gate.open(at(0)));
  DeliveryResult busy = failing();
  busy.retry_after = 5s;
  gate.passed(at(0));
  CHECK(gate.failed(busy, at(0)));
  CHECK(gate.opens_at() == at(5));
}

TEST_CASE("429 without Retry-After pauses for longer each time, and at least a second") {
  Gate gate("x");
  double now = 0;
  double longest = 0;
  for (int i = 0; i < 20; ++i) {
    gate.passed(at(now));
    gate.failed(too_many(0s), at(now));
    const double pause = to_seconds(gate.opens_at() - at(now));
    CHECK(pause >= 1);
    CHECK(pause <= 90);
    longest = std::max(longest, pause);
    now += pause;
  }
  CHECK(longest > 29);
}

TEST_CASE("After a pause one passes, and twice as many with each that arrives") {
  Gate gate("x");
  gate.passed(at(0));
  gate.failed(too_many(10s), at(0));
  gate.passed(at(10));
  CHECK(gate.obstacle(at(10)) == Gate::Obstacle::kOneAtATime);
  CHECK(gate.opens_at() == kNever);
  gate.delivered(at(11));
  int passed = 0;
  for (; gate.open(at(11)) && passed < 10; ++passed) gate.passed(at(11));
  CHECK(passed == 2);
  for (int i = 0; i < 2; ++i) gate.delivered(at(12));
  for (passed = 0; gate.open(at(12)) && passed < 100; ++passed) gate.passed(at(12));
  CHECK(passed == 8);
  for (int i = 0; i < 12; ++i) gate.delivered(at(13));
  for (passed = 0; gate.open(at(13)) && passed < 10'000; ++passed) gate.passed(at(13));
  CHECK(passed == 10'000);
}

TEST_CASE("Three groups refused in a row shut the gate; probes come after growing times, up to ten minutes") {
  Gate gate = shut_gate();
  REQUIRE(gate.circuit_open());
  CHECK(gate.failing_since() == at(0));
  CHECK(gate.obstacle(at(1)) == Gate::Obstacle::kCircuit);
  std::vector<double> waits;
  TimePoint now = at(0);
  for (int i = 0; i < 8; ++i) {
    waits.push_back(to_seconds(gate.opens_at() - now));
    now = gate.opens_at();
    gate.passed(now);
    CHECK(gate.opens_at() == kNever);  // one probe at a time
    gate.refused(9, refused(), now);
  }
  CHECK(waits == std::vector<double>{30, 60, 120, 240, 480, 600, 600, 600});
  gate.passed(gate.opens_at());
  gate.delivered(now + 600s);
  CHECK_FALSE(gate.circuit_open());
  CHECK(gate.failing_since() == kNoTime);
  CHECK(gate.last_error().empty());
  CHECK(gate.open(now + 600s));
}

TEST_CASE("One group refused again and again, or refused in between, shuts nothing") {
  Gate gate("x");
  for (int i = 0; i < 20; ++i) {
    gate.passed(at(i));
    gate.refused(1, refused(), at(i));
  }
  for (std::uint64_t group = 2; group < 20; ++group) {
    gate.passed(at(30));
    if (group % 2 == 0)
      gate.delivered(at(30));
    else
      gate.refused(group, refused(), at(30));
  }
  CHECK_FALSE(gate.circuit_open());
}

TEST_CASE("What could not even be sent shuts nothing: there is nobody to spare") {
  Gate gate("x");
  DeliveryResult unsent = refused();
  unsent.status = 0;
  for (std::uint64_t group = 0; group < 9; ++group) {
    gate.passed(at(0));
    gate.refused(group, unsent, at(0));
  }
  CHECK_FALSE(gate.circuit_open());
  CHECK(gate.failing_since() == at(0));
}

TEST_CASE("Answers that were under way when the gate shut are no probes") {
  Gate gate("x");
  for (int i = 0; i < 10; ++i) gate.passed(at(0));
  for (std::uint64_t group = 0; group < 9; ++group) gate.refused(group, refused(), at(0));
  CHECK(gate.next_probe_at() == at(30));
  CHECK(gate.opens_at() == kNever);  // the tenth is still under way
  gate.refused(9, refused(), at(1));
  CHECK(gate.opens_at() == at(30));
}

TEST_CASE("A shut gate is shut after a restart, however the clock was set meanwhile") {
  Gate again("x");
  again.restore(shut_gate().memory(), at(10));
  CHECK(again.circuit_open());
  CHECK(again.opens_at() == at(30));
  CHECK(again.failing_since() == at(0));
  CHECK(again.last_error() == "no such channel");
  Gate earlier("x");
  earlier.restore(shut_gate().memory(), at(-100'000));
  CHECK(earlier.opens_at() == at(-100'000 + 600));
}

TEST_CASE("Where nothing is owed any more, all failure is of the past: the next one is the probe") {
  Gate gate("x");
  gate.passed(at(0));
  gate.failed(failing(), at(0));
  gate.idle();
  CHECK(gate.failing_since() == kNoTime);
  Gate shut = shut_gate();
  shut.idle();
  CHECK_FALSE(shut.circuit_open());
  CHECK(shut.failing_since() == kNoTime);
  CHECK(shut.open(at(0)));
}
