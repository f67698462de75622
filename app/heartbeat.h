// The Heartbeat is the dead man's switch: a sign of life to a service outside that raises the alarm when it
// stays away. It is given only while people would really be paged: every rule group is evaluated, no
// integration fails for long, the store takes what is said. It decides that, from what evaluator and router
// know; the sign itself is the shell's to give. Not to be mixed up with the time stamp that the engine stores
// every half minute.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/notice.h"
#include "evaluator/evaluator.h"
#include "router/router.h"

namespace tocsin {

// When a sign of life is due, and when it is withheld.
struct HeartbeatPolicy {
  Duration interval = std::chrono::minutes(1);
  int evaluations = 3;  // of a group that may fail or be late in a row, by its own interval
  Duration delivery = std::chrono::minutes(10);  // for so long a page may be on its way
};

struct HeartbeatSign {
  enum class Kind { kAlive, kUnwell };
  Kind kind = Kind::kAlive;
  std::string why;  // unwell: what is wrong
};

class Heartbeat {
 public:
  // Null: no signs are given. The first one comes an interval after there was none to give.
  void configure(std::shared_ptr<const HeartbeatPolicy>, TimePoint now);
  // The sign that is due, if one is. A notice tells each change of what is wrong.
  std::optional<HeartbeatSign> advance(const Evaluator&, const Router&, bool store_fails, TimePoint now,
                                       std::vector<Notice>&);
  TimePoint next_deadline() const { return next_; }
  bool configured() const { return policy_ != nullptr; }
  // What was wrong at the last one; empty: nothing.
  const std::string& withheld() const { return withheld_; }

 private:
  std::shared_ptr<const HeartbeatPolicy> policy_;
  TimePoint next_ = kNever;
  std::string withheld_;
};

// What keeps people from being paged, in words that stay the same while it does; empty: nothing.
std::vector<std::string> ailments(const HeartbeatPolicy&, const Evaluator&, const Router&, bool store_fails,
                                  TimePoint now);

}  // namespace tocsin
