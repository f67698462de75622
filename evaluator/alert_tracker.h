// AlertTracker is the state machine of one alerting rule: samples in, transitions out; it has no clock and
// asks nobody. It does as Prometheus does (rules/alerting.go) but for two things that one
// process can do better: an evaluation that failed never reaches it, so alerts hold; and exceeding `limit` is
// such a failure instead of forgetting what fires.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/alert.h"
#include "core/result.h"
#include "evaluator/instance.h"

namespace tocsin {

// What of a rule decides about its instances.
struct TrackerPolicy {
  Duration hold_for{};  // `for`
  Duration keep_firing_for{};
  std::int64_t limit = 0;  // of pending and firing instances; 0: none
};

struct Transition {
  enum class Kind {
    kPending,  // new, waiting for `for`
    kFired,
    kUpdated,    // fires on; its annotations or value changed
    kKept,       // its condition is false; held by keep_firing_for from now on
    kReturned,   // its condition holds again while it was kept
    kResolved,   // cause says why
    kForgotten,  // pending, went away before `for` was over
  };
  Kind kind;
  Instance instance;  // as it is after the transition
  ResolveCause cause = ResolveCause::kNone;
};

class AlertTracker {
 public:
  // One successful evaluation at `at`. Fails, and changes nothing, where more instances would be active than
  // the limit allows. Transitions come in order of labels.
  Result<std::vector<Transition>> advance(const TrackerPolicy&, std::vector<InstanceSeed> seeds,
                                          TimePoint at);

  // The rule is gone: what fires resolves now, what is pending is forgotten.
  std::vector<Transition> end();

  // Puts back what was stored.
  void restore(Instance instance) { instances_[instance.labels] = std::move(instance); }
  // Pending instances start over: nobody watched for longer than may be bridged.
  std::vector<Transition> forget_pending();

  const std::map<Labels, Instance>& instances() const { return instances_; }

 private:
  std::map<Labels, Instance> instances_;
};

}  // namespace tocsin
