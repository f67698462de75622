#include "app/rules_snapshot.h"

#include <algorithm>
#include <tuple>

#include "evaluator/evaluator.h"

namespace tocsin {
namespace {

RuleSnapshot snapshot(const RuleState& state, RuleDetail detail) {
  RuleSnapshot rule;
  rule.last_evaluation = state.last_evaluation;
  rule.evaluation_took = state.evaluation_took;
  rule.last_error = state.last_error;
  rule.evaluations = state.evaluations;
  rule.failures = state.failures;
  rule.samples = state.samples;
  for (const auto& [labels, instance] : state.tracker.instances()) {
    ++(instance.state == Instance::State::kFiring ? rule.firing : rule.pending);
  }
  if (detail == RuleDetail::kCounts) return rule;
  rule.instances.reserve(state.tracker.instances().size());
  for (const auto& [labels, instance] : state.tracker.instances()) rule.instances.push_back(instance);
  return rule;
}

}  // namespace

RulesSnapshot snapshot_rules(const Evaluator& evaluator, RuleDetail detail) {
  RulesSnapshot rules;
  rules.groups.reserve(evaluator.groups().size());
  for (const auto& [id, state] : evaluator.groups()) {
    RuleGroupSnapshot group;
    group.id = id;
    group.server = state.plan->server->name;
    group.group = std::shared_ptr<const RuleGroup>(state.plan, &state.plan->group);
    group.interval = state.plan->interval;
    group.last_evaluation = state.last_evaluation;
    group.evaluation_took = state.took;
    group.iterations = state.iterations;
    group.missed = state.missed;
    for (const RuleState& rule : state.rules) group.rules.push_back(snapshot(rule, detail));
    rules.groups.push_back(std::move(group));
  }
  std::sort(rules.groups.begin(), rules.groups.end(),
            [](const RuleGroupSnapshot& a, const RuleGroupSnapshot& b) {
              return std::tie(a.group->file, a.group->name, a.server) <
                     std::tie(b.group->file, b.group->name, b.server);
            });
  return rules;
}

}  // namespace tocsin
