#include "app/clock.h"

#include <algorithm>

namespace tocsin {
namespace {

TimePoint wall_time() {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

}  // namespace

SystemClock::SystemClock() : last_(wall_time()), last_steady_(std::chrono::steady_clock::now()) {}

TimePoint SystemClock::advance(TimePoint last, Duration elapsed, TimePoint wall) {
  // The two clocks never agree to the nanosecond; below this they are the same.
  constexpr Duration kJitter = std::chrono::milliseconds(10);
  if (wall + kJitter >= last + elapsed) return std::max(last, wall);
  return last + elapsed / 2;
}

TimePoint SystemClock::now() {
  const std::lock_guard lock(mutex_);
  const auto steady = std::chrono::steady_clock::now();
  last_ = advance(last_, steady - last_steady_, wall_time());
  last_steady_ = steady;
  return last_;
}

Duration SystemClock::ahead() {
  const TimePoint engine = now();
  constexpr Duration kNoticeable = std::chrono::seconds(1);
  const Duration difference = engine - wall_time();
  return difference > kNoticeable ? difference : Duration::zero();
}

}  // namespace tocsin
