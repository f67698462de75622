#include "evaluator/schedule.h"

#include <doctest/doctest.h>

#include <set>

using namespace tocsin;
using namespace std::chrono_literals;

TEST_CASE("slots are one interval apart and depend only on identity and interval") {
  const Schedule schedule("main;rules/ai.yml;ai", 1min);
  const TimePoint now(1'700'000'000s);
  const TimePoint slot = schedule.slot_at_or_before(now);
  CHECK(slot <= now);
  CHECK(now - slot < 1min);
  CHECK(schedule.slot_at_or_before(slot) == slot);
  CHECK(schedule.slot_after(slot) == slot + 1min);
  CHECK(Schedule("main;rules/ai.yml;ai", 1min).slot_at_or_before(now) == slot);
}

TEST_CASE("groups spread over the interval") {
  std::set<std::int64_t> tenths;
  for (int i = 0; i < 100; ++i) {
    const Schedule schedule("main;rules.yml;group-" + std::to_string(i), 1min);
    tenths.insert(schedule.slot_at_or_before(TimePoint(1'700'000'000s)).time_since_epoch() % Duration(1min) /
                  Duration(6s));
  }
  CHECK(tenths.size() == 10);
}

TEST_CASE("skipped slots are counted") {
  const Schedule schedule("x", 1min);
  const TimePoint slot = schedule.slot_at_or_before(TimePoint(1'700'000'000s));
  CHECK(schedule.slots_between(slot, slot + 1min) == 0);
  CHECK(schedule.slots_between(slot, slot + 4min) == 3);
  CHECK(schedule.slots_between(slot, slot) == 0);
}
