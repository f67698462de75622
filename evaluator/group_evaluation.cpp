#include "evaluator/group_evaluation.h"

#include "evaluator/template_run.h"

namespace tocsin {
namespace {

class GroupRun {
 public:
  GroupRun(const GroupPlan& plan, TimePoint slot, const AskPrometheus& ask, const Stopwatch& stopwatch)
      : plan_(plan), slot_(slot), ask_(ask), stopwatch_(stopwatch), templates_(environment()) {}

  RuleOutcome evaluate(std::size_t rule_index) {
    const Rule& rule = plan_.group.rules[rule_index];
    RuleOutcome outcome;
    if (rule.kind == Rule::Kind::kRecording) return outcome;
    outcome.evaluated = true;
    const Duration started = stopwatch_();
    fill(rule, *plan_.templates[rule_index], outcome);
    outcome.took = stopwatch_() - started;
    return outcome;
  }

 private:
  // As in Prometheus, the template function `query` asks at the slot itself, without the group's query
  // offset.
  TemplateEnvironment environment() {
    return {slot_, plan_.external_labels, plan_.external_url,
            [this](const std::string& expression) -> Result<std::vector<Sample>> {
              QueryResult result = ask_(*plan_.server, expression, slot_);
              if (!result.ok()) return fail(result.error);
              return std::move(result.samples);
            }};
  }

  void fill(const Rule& rule, const RuleTemplates& templates, RuleOutcome& outcome) {
    QueryResult result = ask_(*plan_.server, rule.expression, slot_ - plan_.query_offset);
    outcome.failure = result.failure;
    outcome.error = result.error;
    outcome.warnings = std::move(result.warnings);
    if (!result.ok()) return;
    outcome.samples = result.samples.size();
    auto instances = make_instances(rule, templates, result.samples, templates_);
    if (!instances) {
      outcome.failure = QueryResult::Failure::kQuery;
      outcome.error = instances.error().message;
      return;
    }
    outcome.seeds = std::move(instances->seeds);
    outcome.template_failures = std::move(instances->template_failures);
  }

  const GroupPlan& plan_;
  const TimePoint slot_;
  const AskPrometheus& ask_;
  const Stopwatch& stopwatch_;
  TemplateRun templates_;
};

}  // namespace

GroupEvaluated evaluate_group(std::shared_ptr<const GroupPlan> plan, TimePoint slot, const AskPrometheus& ask,
                              const Stopwatch& stopwatch) {
  GroupEvaluated result{plan, slot, {}, {}};
  const Duration started = stopwatch();
  GroupRun run(*plan, slot, ask, stopwatch);
  result.outcomes.reserve(plan->group.rules.size());
  for (std::size_t i = 0; i < plan->group.rules.size(); ++i) result.outcomes.push_back(run.evaluate(i));
  result.took = stopwatch() - started;
  return result;
}

}  // namespace tocsin
