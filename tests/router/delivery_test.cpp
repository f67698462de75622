#include "router/delivery.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "tests/router/router_story.h"

using namespace tocsin;

TEST_CASE("The back-off grows by half each try, up to a minute, with jitter of half either way") {
  const double steady[] = {0.5, 0.75, 1.125, 1.6875};
  for (int tries = 1; tries <= 40; ++tries) {
    CAPTURE(tries);
    double expected = tries <= 4 ? steady[tries - 1] : std::min(60.0, 0.5 * std::pow(1.5, tries - 1));
    double waited = to_seconds(back_off("some id", tries, {}));
    CHECK(waited >= expected * 0.5);
    CHECK(waited <= expected * 1.5);
  }
}

TEST_CASE("The jitter is the same in every run and differs between notifications and tries") {
  CHECK(back_off("a", 3, {}) == back_off("a", 3, {}));
  CHECK(back_off("a", 3, {}) != back_off("b", 3, {}));
  CHECK(back_off("a", 20, {}) != back_off("a", 21, {}));
}

TEST_CASE("A service that asks for a longer wait gets it, up to an hour") {
  CHECK(back_off("a", 1, std::chrono::seconds(30)) == std::chrono::seconds(30));
  CHECK(back_off("a", 30, std::chrono::milliseconds(1)) > std::chrono::seconds(29));
  CHECK(back_off("a", 1, std::chrono::hours(1000)) == std::chrono::hours(1));
}

TEST_CASE("A rejected delivery is held from one group_interval up to an hour, always until a flush") {
  const Duration interval = std::chrono::minutes(5);
  Delivery delivery;
  delivery.start("id", at(0));
  for (int minutes : {5, 10, 20, 40, 60, 60}) {
    delivery.rejected(refused(), at(0), interval);
    CHECK(delivery.state() == Delivery::State::kHeld);
    CHECK(delivery.next_attempt_at() == at(minutes * 60));
    CHECK(delivery.last_error() == "no such channel");
    delivery.again(at(1));
  }
  CHECK(delivery.tries() == 7);
}

TEST_CASE("A group_interval above an hour holds until the next flush") {
  Delivery delivery;
  delivery.start("id", at(0));
  delivery.rejected(refused(), at(0), std::chrono::hours(3));
  CHECK(delivery.next_attempt_at() == at(3 * 3600));
  delivery.end_hold();
  CHECK(delivery.next_attempt_at() < at(0));
}

TEST_CASE("After a restart what was under way is due at once, and what was held is held") {
  Delivery delivery;
  CHECK(delivery.memory().id.empty());
  delivery.start("id", at(0));
  Delivery again;
  again.restore(delivery.memory(), at(100));
  CHECK(again.id() == "id");
  CHECK(again.state() == Delivery::State::kBackingOff);
  CHECK(again.next_attempt_at() == at(100));
  delivery.rejected(refused(), at(0), std::chrono::minutes(5));
  again.restore(delivery.memory(), at(100));
  CHECK(again.state() == Delivery::State::kHeld);
  CHECK(again.next_attempt_at() == at(300));
  again.restore({.id = "id", .rejections = 1, .held_until = at(1'000'000)}, at(100));
  CHECK(again.next_attempt_at() == at(3700));
  again.restore(delivery.memory(), at(100));
  again.again(at(300));
  again.rejected(refused(), at(300), std::chrono::minutes(5));
  CHECK(again.next_attempt_at() == at(900));
}
