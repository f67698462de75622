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
    : transport_(transport), clock_(clock), post_(std::move(post)) {}

EvaluationDesk::~EvaluationDesk() {
  stop();
}

void EvaluationDesk::take(EvaluateGroup evaluation) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  auto& pool = pools_[evaluation.plan->server->name];
  if (!pool) pool = std::make_unique<WorkerPool>(kWorkersPerServer);
  pool->submit([this, evaluation = std::move(evaluation)] { evaluate(evaluation); });
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
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
  }
  post_(std::move(result));
}

QueryResult EvaluationDesk::ask(const PrometheusServer& server, const std::string& expression, TimePoint at) {
  const TimePoint wall = at - clock_.ahead();
  bool post = true;
  {
    const std::lock_guard lock(mutex_);
    post = !without_post_.contains(server.url);
  }
  if (post) {
    const OutboundAnswer answer =
        transport_.perform(instant_query_request(server, expression, wall, server.timeout));
    if (!refuses_post(answer)) return read_query_answer(answer);
    const std::lock_guard lock(mutex_);
    without_post_.insert(server.url);
  }
  return read_query_answer(
      transport_.perform(instant_query_get_request(server, expression, wall, server.timeout)));
}

void EvaluationDesk::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

void EvaluationDesk::stop() {
  close();
  std::map<std::string, std::unique_ptr<WorkerPool>> pools;
  {
    const std::lock_guard lock(mutex_);
    pools.swap(pools_);
  }
  for (auto& [name, pool] : pools) pool->stop();
}

}  // namespace tocsin
