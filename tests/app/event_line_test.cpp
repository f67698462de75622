#include "app/event_line.h"

#include <doctest/doctest.h>

using namespace tocsin;
using namespace std::chrono_literals;

namespace {

constexpr EventLine::Time kNow{1h};

Event answer() {
  return DeliveryFinished{"some notification", {}};
}

struct Line : EventLine {
  std::size_t take_all() {
    std::vector<Event> events;
    take(events);
    return events.size();
  }
};

}  // namespace

TEST_CASE("the answer to a lone page is taken at once") {
  Line line;
  CHECK(line.due() == EventLine::Time::max());
  line.begun(1);
  CHECK(line.push(answer(), kNow));
  CHECK(line.due() == EventLine::Time::min());
  CHECK(line.take_all() == 1);
  CHECK(line.due() == EventLine::Time::max());
}

TEST_CASE("in a storm the answers of a moment are taken together") {
  Line line;
  line.begun(500);
  CHECK(line.push(answer(), kNow));
  CHECK_FALSE(line.push(answer(), kNow + 1ms));
  CHECK(line.due() == kNow + EventLine::kGathering);
  CHECK(line.take_all() == 2);
  CHECK(line.push(answer(), kNow + 5ms));
  CHECK(line.due() == kNow + 5ms + EventLine::kGathering);
}

TEST_CASE("whatever is no answer is taken at once, and the answers before it with it") {
  Line line;
  line.begun(500);
  CHECK(line.push(answer(), kNow));
  CHECK(line.push(AlertsPosted{{Alert{}, Alert{}}}, kNow));
  CHECK(line.due() == EventLine::Time::min());
  CHECK(line.alerts() == 2);
  CHECK_FALSE(line.push(SilenceUnwanted{}, kNow));  // woken already
  CHECK(line.take_all() == 3);
  CHECK(line.alerts() == 0);
}

TEST_CASE("the last answers of a storm do not wait for others") {
  Line line;
  line.begun(EventLine::kStorm + 2);
  CHECK(line.push(answer(), kNow));
  CHECK_FALSE(line.push(answer(), kNow));
  CHECK(line.due() == kNow + EventLine::kGathering);
  CHECK(line.push(answer(), kNow));
  CHECK(line.due() == EventLine::Time::min());
}

TEST_CASE("many answers do not wait for more") {
  Line line;
  line.begun(10 * EventLine::kEnough);
  for (std::size_t i = 1; i < EventLine::kEnough; ++i) line.push(answer(), kNow);
  CHECK(line.due() == kNow + EventLine::kGathering);
  CHECK(line.push(answer(), kNow));
  CHECK(line.due() == EventLine::Time::min());
}
