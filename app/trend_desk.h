// The trend desk asks Prometheus for what pages show of the recent past. Few questions at once per server, so
// that what matters, the evaluations, is not held up; what would have to wait in a long line is not asked at
// all.
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
#include "evaluator/trend_query.h"

namespace tocsin {

class TrendDesk {
 public:
  static constexpr std::size_t kAtOnce = 2;  // per server
  static constexpr std::size_t kLongestLine = 50;

  using Post = std::function<void(TrendArrived)>;
  TrendDesk(Transport&, Clock&, Post);
  ~TrendDesk();

  // Every question is answered, be it with nothing.
  void take(TrendQuestion);
  // No answer is posted from here on.
  void close();
  void stop();

 private:
  TrendArrived ask(const TrendQuestion&);

  Transport& transport_;
  Clock& clock_;
  Post post_;
  std::mutex mutex_;
  bool closed_ = false;
  std::map<std::string, std::unique_ptr<WorkerPool>> pools_;  // by server name
  std::set<std::string> without_post_;                        // URLs of servers that take no POST
};

}  // namespace tocsin
