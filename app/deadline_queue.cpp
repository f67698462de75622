#include "app/deadline_queue.h"

namespace tocsin {

void DeadlineQueue::add(TimePoint when, uint64_t owner) {
  bool earliest = false;
  {
    const std::lock_guard lock(mutex_);
    earliest = heap_.empty() || when < heap_.top().first;
    heap_.emplace(when, owner);
  }
  if (earliest) changed_.notify_one();
}

std::optional<DeadlineQueue::Wakeup> DeadlineQueue::wait() {
  std::unique_lock lock(mutex_);
  while (!closed_) {
    if (heap_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const Wakeup first = heap_.top();
    if (first.first <= std::chrono::steady_clock::now()) {
      heap_.pop();
      return first;
    }
    changed_.wait_until(lock, first.first);
  }
  return std::nullopt;
}

void DeadlineQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_one();
}

}  // namespace tocsin
