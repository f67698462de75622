// A CommitGate holds back what a step of the engine asks for until the step is committed: a message may be
// worded meanwhile, but must not leave the program. From any thread.
#pragma once

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace tocsin {

class CommitGate {
 public:
  // Acts at once where the gate is open, and otherwise as it opens, on the thread that opens it.
  void pass(std::function<void()> act) {
    {
      const std::lock_guard lock(mutex_);
      if (!open_) {
        waiting_.push_back(std::move(act));
        return;
      }
    }
    act();
  }

  void open() {
    std::vector<std::function<void()>> waiting;
    {
      const std::lock_guard lock(mutex_);
      open_ = true;
      waiting.swap(waiting_);
    }
    for (const auto& act : waiting) act();
  }

 private:
  std::mutex mutex_;
  bool open_ = false;
  std::vector<std::function<void()>> waiting_;
};

}  // namespace tocsin
