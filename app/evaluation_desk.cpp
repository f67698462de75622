#include "app/evaluation_desk.h"

#include <chrono>

#include "evaluator/evaluator.h"

namespace tocsin {

EvaluationDesk::EvaluationDesk(Transport& transport, Clock& clock, Post post)
    : transport_(transport), clock_(clock), post_(std::move(post)) {}

EvaluationDesk::~EvaluationDesk() {
  stop();
}

void EvaluationDesk::take(EvaluateGroup evaluation) {
  WorkerPool* pool = nullptr;
  {
    const std::lock_guard lock(mutex_);
    auto& place = pools_[evaluation.plan->server->name];
    if (!place) place = std::make_unique<WorkerPool>(kWorkersPerServer);
    pool = place.get();
  }
  pool->submit([this, evaluation = std::move(evaluation)] {
    const auto started = std::chrono::steady_clock::now();
    const Stopwatch stopwatch = [started] { return Duration(std::chrono::steady_clock::now() - started); };
    post_(evaluate_group(
        evaluation.plan, evaluation.at,
        [this](const PrometheusServer& server, const std::string& expression, TimePoint at) {
          return ask(server, expression, at);
        },
        stopwatch));
  });
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

void EvaluationDesk::stop() {
  std::map<std::string, std::unique_ptr<WorkerPool>> pools;
  {
    const std::lock_guard lock(mutex_);
    pools.swap(pools_);
  }
  for (auto& [name, pool] : pools) pool->stop();
}

}  // namespace tocsin
