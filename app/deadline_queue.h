// DeadlineQueue: wake-ups of many owners in one heap, served by one thread that sleeps until the earliest is
// due. Wake-ups cannot be taken back: who no longer cares ignores his, so moving a deadline into the future
// costs nothing.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

namespace tocsin {

class DeadlineQueue {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Wakeup = std::pair<TimePoint, uint64_t>;  // when, and whose

  void add(TimePoint when, uint64_t owner);
  // Sleeps until a wake-up is due and returns it; nothing once close() was called.
  std::optional<Wakeup> wait();
  void close();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::priority_queue<Wakeup, std::vector<Wakeup>, std::greater<>> heap_;
  bool closed_ = false;
};

}  // namespace tocsin
