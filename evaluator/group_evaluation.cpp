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
    if (unanswered_in_a_row_ >= kEnoughUnanswered) {
      outcome.failure = QueryResult::Failure::kUnreachable;
      outcome.error = "not asked: the server did not answer the rules before";
      return outcome;
    }
    const Duration started = stopwatch_();
    fill(rule, *plan_.templates[rule_index], outcome);
    outcome.took = stopwatch_() - started;
    const bool unanswered = outcome.failure == QueryResult::Failure::kUnreachable;
    unanswered_in_a_row_ = unanswered ? unanswered_in_a_row_ + 1 : 0;
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

  // A server that hangs costs a whole timeout per question: after so many without an answer the others are
  // not asked, so that the failure is known, and told, in time. One slow rule alone does not keep the others
  // from being evaluated.
  static constexpr int kEnoughUnanswered = 2;

  int unanswered_in_a_row_ = 0;
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
