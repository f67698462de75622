#include "app/evaluation_desk.h"

#include <chrono>
#include <exception>

#include "evaluator/evaluator.h"

namespace tocsin {
namespace {

GroupEvaluated failed_evaluation(const EvaluateGroup& evaluation, const std::string& why) {
  GroupEvaluated result{evaluation.plan, evaluation.at, {}, {}};
  for (const Rule& rule : evaluation.plan->group.rules) {
    RuleOutcome& outcome = result.outcomes.emplace_back();
    outcome.evaluated = rule.kind != Rule::Kind::kRecording;
    if (!outcome.evaluated) continue;
    outcome.failure = QueryResult::Failure::kQuery;
    outcome.error = "the group's evaluation broke off: " + why;
  }
  return result;
}

}  // namespace

EvaluationDesk::EvaluationDesk(Transport& transport, Clock& clock, Post post)
    : clock_(clock), post_(std::move(post)), workers_(transport, kWorkersPerServer) {}

void EvaluationDesk::take(EvaluateGroup evaluation) {
  const std::string server = evaluation.plan->server->name;
  workers_.submit(server, [this, evaluation = std::move(evaluation)] { evaluate(evaluation); });
}

void EvaluationDesk::evaluate(const EvaluateGroup& evaluation) {
  const auto started = std::chrono::steady_clock::now();
  const Stopwatch stopwatch = [started] { return Duration(std::chrono::steady_clock::now() - started); };
  GroupEvaluated result;
  try {
    result = evaluate_group(
        evaluation.plan, evaluation.at,
        [this](const PrometheusServer& server, const std::string& expression, TimePoint at) {
          return ask(server, expression, at);
        },
        stopwatch);
  } catch (const std::exception& error) {
    // One group's answers must not end the program and with it all other pages.
    result = failed_evaluation(evaluation, error.what());
  }
  if (!workers_.closed()) post_(std::move(result));
}

QueryResult EvaluationDesk::ask(const PrometheusServer& server, const std::string& expression, TimePoint at) {
  const TimePoint wall = at - clock_.ahead();
  return read_query_answer(workers_.ask(
      server.url, [&] { return instant_query_request(server, expression, wall, server.timeout); },
      [&] { return instant_query_get_request(server, expression, wall, server.timeout); }));
}

}  // namespace tocsin
