#include "evaluator/alert_tracker.h"

#include <algorithm>
#include <bit>

namespace tocsin {
namespace {

// Equal as a reader sees it: NaN equals NaN.
bool same_value(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

// What becomes of an instance that the result lacks: true if keep_firing_for holds it.
bool kept(const TrackerPolicy& policy, Instance& instance, TimePoint at) {
  if (instance.state != Instance::State::kFiring || policy.keep_firing_for <= Duration::zero()) return false;
  if (!is_set(instance.keep_firing_since) || instance.keep_firing_since > at) instance.keep_firing_since = at;
  return at - instance.keep_firing_since < policy.keep_firing_for;
}

}  // namespace

Result<std::vector<Transition>> AlertTracker::advance(const TrackerPolicy& policy,
                                                      std::vector<InstanceSeed> seeds, TimePoint at) {
  using Kind = Transition::Kind;
  using State = Instance::State;
  std::map<Labels, Instance> next;
  std::vector<Transition> transitions;

  for (InstanceSeed& seed : seeds) {
    const auto known = instances_.find(seed.labels);
    Instance instance;
    if (known == instances_.end()) {
      instance.labels = seed.labels;
      instance.active_at = at;
    } else {
      instance = known->second;
    }
    const bool fired_before = instance.state == State::kFiring;
    // The clock may have been set back over a restart: then `for` counts anew, and what fired before its own
    // start has not become too young by that.
    const bool fired_later = fired_before && instance.fired_at > at;
    if (!fired_before) instance.active_at = std::min(instance.active_at, at);
    const bool returned = is_set(instance.keep_firing_since);
    const bool changed = !same_value(instance.value, seed.value) || instance.annotations != seed.annotations;
    instance.keep_firing_since = kNoTime;
    instance.annotations = std::move(seed.annotations);
    instance.value = seed.value;

    const bool held_long_enough = fired_later || at - instance.active_at >= policy.hold_for;
    if (!fired_before && held_long_enough) {
      instance.state = State::kFiring;
      instance.fired_at = at;
      transitions.push_back({Kind::kFired, instance});
    } else if (fired_before && !held_long_enough) {
      // `for` was raised by a reload: too young to fire (Prometheus 3.11 and later do the same).
      transitions.push_back({Kind::kResolved, instance, ResolveCause::kRuleChanged});
      instance.state = State::kPending;
      instance.fired_at = kNoTime;
      instance.alert_labels = {};
    } else if (known == instances_.end()) {
      transitions.push_back({Kind::kPending, instance});
    } else if (fired_before && returned) {
      transitions.push_back({Kind::kReturned, instance});
    } else if (fired_before && changed) {
      transitions.push_back({Kind::kUpdated, instance});
    }
    next.emplace(instance.labels, std::move(instance));
  }

  for (const auto& [labels, before] : instances_) {
    if (next.contains(labels)) continue;
    Instance instance = before;
    if (kept(policy, instance, at)) {
      if (!is_set(before.keep_firing_since)) transitions.push_back({Kind::kKept, instance});
      next.emplace(labels, std::move(instance));
    } else if (instance.state == State::kFiring) {
      transitions.push_back({Kind::kResolved, std::move(instance), ResolveCause::kConditionFalse});
    } else {
      transitions.push_back({Kind::kForgotten, std::move(instance)});
    }
  }

  if (policy.limit > 0 && next.size() > static_cast<std::size_t>(policy.limit)) {
    return fail("exceeded limit of " + std::to_string(policy.limit) + " with " + std::to_string(next.size()) +
                " alerts");
  }
  instances_ = std::move(next);
  std::stable_sort(transitions.begin(), transitions.end(), [](const Transition& a, const Transition& b) {
    return a.instance.labels < b.instance.labels;
  });
  return transitions;
}

std::vector<Transition> AlertTracker::end() {
  std::vector<Transition> transitions;
  for (auto& [labels, instance] : instances_) {
    const bool fires = instance.state == Instance::State::kFiring;
    transitions.push_back({fires ? Transition::Kind::kResolved : Transition::Kind::kForgotten, instance,
                           fires ? ResolveCause::kRuleDeleted : ResolveCause::kNone});
  }
  instances_.clear();
  return transitions;
}

std::vector<Transition> AlertTracker::forget_pending() {
  std::vector<Transition> transitions;
  std::erase_if(instances_, [&](const auto& entry) {
    if (entry.second.state != Instance::State::kPending) return false;
    transitions.push_back({Transition::Kind::kForgotten, entry.second});
    return true;
  });
  return transitions;
}

}  // namespace tocsin
