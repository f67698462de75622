// QuietTime: when to look after something has stirred: once nothing has for a while, but not later than a
// limit after the first stir, since somewhere there is always a folder that never rests. It has no clock.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace tocsin {

class QuietTime {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::milliseconds;

  QuietTime(Duration quiet, Duration limit) : quiet_(quiet), limit_(limit) {}

  void stirred(TimePoint now) {
    if (!first_) first_ = now;
    last_ = now;
  }
  // When to look; nothing while nothing has stirred.
  std::optional<TimePoint> due() const {
    if (!first_) return std::nullopt;
    return std::min(last_ + quiet_, *first_ + limit_);
  }
  void looked() { first_.reset(); }

 private:
  const Duration quiet_;
  const Duration limit_;
  std::optional<TimePoint> first_;
  TimePoint last_;
};

}  // namespace tocsin
