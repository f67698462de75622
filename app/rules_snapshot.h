// What the API and the metrics show of the evaluator: values, detached from it, so that they can be filtered
// and serialised on another thread. Cheap to take: labels are pointers, and the rules themselves are shared
// with the configuration that they came from.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/time.h"
#include "evaluator/instance.h"
#include "rules/rule.h"

namespace tocsin {

class Evaluator;

struct RuleSnapshot {
  TimePoint last_evaluation = kNoTime;  // kNoTime: never evaluated since the start
  Duration evaluation_took{};
  std::string last_error;  // of the last evaluation; empty: it went well
  std::uint64_t evaluations = 0;
  std::uint64_t failures = 0;
  std::size_t samples = 0;          // that the last evaluation brought
  std::size_t pending = 0;          // instances
  std::size_t firing = 0;           // likewise
  std::vector<Instance> instances;  // both, in order of labels; of kInstances only
};

struct RuleGroupSnapshot {
  std::string id;  // server, file and name: unique, where file and name need not be
  std::string server;
  std::shared_ptr<const RuleGroup> group;
  Duration interval{};
  TimePoint last_evaluation = kNoTime;
  Duration evaluation_took{};
  std::uint64_t iterations = 0;
  std::uint64_t missed = 0;
  std::vector<RuleSnapshot> rules;  // as many as the group has
};

struct RulesSnapshot {
  std::vector<RuleGroupSnapshot> groups;  // by file, then group name, then server
};

// kCounts spares a copy of every instance.
enum class RuleDetail { kInstances, kCounts };
RulesSnapshot snapshot_rules(const Evaluator&, RuleDetail = RuleDetail::kInstances);

}  // namespace tocsin
