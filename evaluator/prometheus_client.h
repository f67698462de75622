// Speaks the query part of the Prometheus HTTP API, as values: builds the request, reads the answer. The
// shell's transport carries them; when to ask again is the evaluator's decision. A big answer is read in one
// pass straight into label blocks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/outbound.h"
#include "core/time.h"
#include "evaluator/prometheus_server.h"
#include "evaluator/sample.h"

namespace tocsin {

struct QueryResult {
  enum class Failure {
    kNone,
    kUnreachable,  // no answer: network, time-out, TLS
    kServer,       // the server answered that it cannot now: 5xx, 401, timeout, unavailable
    kQuery,        // the expression is wrong, or fails on the data
    kBadAnswer,    // what came back is not an answer of the Prometheus API
    kWrongType,    // a matrix or a string, which rules cannot use
  };
  std::vector<Sample> samples;
  std::vector<std::string> warnings;  // with Thanos and Mimir: the result may be incomplete
  Failure failure = Failure::kNone;
  std::string error;  // in words, set where failure is not kNone

  bool ok() const { return failure == Failure::kNone; }
};

std::string_view to_string(QueryResult::Failure);

// POST /api/v1/query. `timeout` is told to the server; the transport waits a little longer, so that the
// server's own words arrive.
HttpRequest instant_query_request(const PrometheusServer&, std::string_view expression, TimePoint at,
                                  Duration timeout);
// The same as GET, for servers and proxies that take no POST; the caller remembers which of them do not.
HttpRequest instant_query_get_request(const PrometheusServer&, std::string_view expression, TimePoint at,
                                      Duration timeout);
bool refuses_post(const OutboundAnswer&);  // 405 or 501

// Values at `begin`, and every `step` up to `end`.
struct RangeQuery {
  std::string expression;
  TimePoint begin = kNoTime, end = kNoTime;
  Duration step{};
  Duration timeout{};
};
HttpRequest range_query_request(const PrometheusServer&, const RangeQuery&, std::size_t max_answer_bytes);
HttpRequest range_query_get_request(const PrometheusServer&, const RangeQuery&, std::size_t max_answer_bytes);

// Vectors as they are; a scalar becomes one sample without labels.
QueryResult read_query_answer(const OutboundAnswer&);

}  // namespace tocsin
