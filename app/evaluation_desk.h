// The evaluation desk takes the groups that are due, evaluates each on a worker against its Prometheus, and
// posts the results. Each server has workers of its own, so that one that hangs delays nobody else's rules.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "app/clock.h"
#include "app/transport.h"
#include "app/worker_pool.h"
#include "evaluator/group_evaluation.h"

namespace tocsin {

struct EvaluateGroup;

class EvaluationDesk {
 public:
  static constexpr std::size_t kWorkersPerServer = 8;
  using Post = std::function<void(GroupEvaluated)>;

  EvaluationDesk(Transport&, Clock&, Post);
  ~EvaluationDesk();

  void take(EvaluateGroup);
  // From now on nothing is taken, and what is under way is not posted: a query that a stop cuts off says
  // nothing about its server.
  void close();
  void stop();

 private:
  void evaluate(const EvaluateGroup&);
  QueryResult ask(const PrometheusServer&, const std::string& expression, TimePoint at);

  Transport& transport_;
  Clock& clock_;
  Post post_;
  std::mutex mutex_;
  bool closed_ = false;
  std::map<std::string, std::unique_ptr<WorkerPool>> pools_;  // by server name
  std::set<std::string> without_post_;                        // URLs of servers that take no POST
};

}  // namespace tocsin
