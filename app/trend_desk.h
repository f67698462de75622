// The trend desk asks Prometheus for what pages show of the recent past. Few questions at once per server, so
// that what matters, the evaluations, is not held up; what would have to wait in a long line is not asked at
// all.
#pragma once

#include <functional>

#include "app/clock.h"
#include "app/query_workers.h"
#include "app/transport.h"
#include "evaluator/trend_query.h"

namespace tocsin {

class TrendDesk {
 public:
  static constexpr std::size_t kAtOnce = 2;  // per server
  static constexpr std::size_t kLongestLine = 50;

  using Post = std::function<void(TrendArrived)>;
  TrendDesk(Transport&, Clock&, Post);

  // Every question is answered, be it with nothing.
  void take(TrendQuestion);
  // No answer is posted from here on.
  void close() { workers_.close(); }
  void stop() { workers_.stop(); }

 private:
  TrendArrived ask(const TrendQuestion&);

  Clock& clock_;
  Post post_;
  QueryWorkers workers_;  // last: ends before what it uses
};

}  // namespace tocsin
