// The EventLine holds what waits for the engine. It says when that has to be taken: at once, as a rule.
// Answers to deliveries are another matter in a storm: nobody waits for them, each has its record to be
// committed, and so they are gathered for a moment and taken together. It has no clock and no lock: the event
// loop owns it.
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "app/event.h"

namespace tocsin {

class EventLine {
 public:
  using Time = std::chrono::steady_clock::time_point;
  // So long the first answer waits for others, while at least so many deliveries are under way.
  static constexpr std::chrono::milliseconds kGathering{5};
  static constexpr std::size_t kStorm = 64;
  // So many answers need not wait for more.
  static constexpr std::size_t kEnough = 512;

  // Whether whoever takes has to be woken, because due() is earlier than it was.
  bool push(Event, Time now);
  // So many deliveries were begun.
  void begun(std::size_t deliveries) { under_way_ += deliveries; }

  bool empty() const { return events_.empty(); }
  // When what waits is to be taken; Time::min(): at once; Time::max(): nothing waits.
  Time due() const;
  // All of it, in order; into an empty list, whose memory is used for the next.
  void take(std::vector<Event>& into);
  // Alerts that were posted and are not taken yet.
  std::size_t alerts() const { return alerts_; }

 private:
  std::vector<Event> events_;
  bool answers_only_ = true;
  Time first_at_{};  // of those that wait
  std::size_t alerts_ = 0;
  std::size_t under_way_ = 0;  // deliveries without an answer yet
};

}  // namespace tocsin
