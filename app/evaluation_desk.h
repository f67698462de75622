// The evaluation desk takes the groups that are due, evaluates each on a worker against its Prometheus, and
// posts the results. Each server has workers of its own, so that one that hangs delays nobody else's rules.
#pragma once

#include <functional>
#include <string>

#include "app/clock.h"
#include "app/query_workers.h"
#include "app/transport.h"
#include "evaluator/group_evaluation.h"

namespace tocsin {

struct EvaluateGroup;

class EvaluationDesk {
 public:
  static constexpr std::size_t kWorkersPerServer = 8;
  using Post = std::function<void(GroupEvaluated)>;

  EvaluationDesk(Transport&, Clock&, Post);

  void take(EvaluateGroup);
  // From now on nothing is taken, and what is under way is not posted: a query that a stop cuts off says
  // nothing about its server.
  void close() { workers_.close(); }
  void stop() { workers_.stop(); }

 private:
  void evaluate(const EvaluateGroup&);
  QueryResult ask(const PrometheusServer&, const std::string& expression, TimePoint at);

  Clock& clock_;
  Post post_;
  QueryWorkers workers_;  // last: ends before what it uses
};

}  // namespace tocsin
