// Functions beside the types that exporters declare.
#include <doctest/doctest.h>

#include "tests/rules/online_testing.h"

using namespace tocsin;
using namespace tocsin::testing;

TEST_CASE("promql/rate and promql/counter: the type that an exporter declares decides") {
  Server server;
  server.metadata.types = {{"queue", {"gauge"}},           {"hits", {"counter"}}, {"latency", {"histogram"}},
                           {"both", {"gauge", "counter"}}, {"om", {"counter"}},   {"rpc", {"summary"}},
                           {"nothing", {"unknown"}}};
  for (const char* metric :
       {"queue", "hits", "latency", "both", "om_total", "rpc_count", "latency_sum", "nothing", "x"})
    server.series[metric] = {{"api", 1}};
  struct Case {
    std::string expression;
    std::string codes;
  };
  for (const Case& one : std::initializer_list<Case>{
           {"rate(queue[5m]) > 0", "promql/rate"},
           {"increase(queue[5m]) > 0", "promql/rate"},
           {"deriv(queue[5m]) > 0", ""},
           {"rate(hits[5m]) > 0", ""},
           {"hits > 0", "promql/counter"},
           {"delta(hits[5m]) > 0", "promql/counter"},
           {"om_total > 5", "promql/counter"},
           {"rpc_count > 5", "promql/counter"},
           {"latency_sum > 5", "promql/counter"},
           {"count(hits) > 5", ""},
           {"both > 5", ""},
           {"rate(both[5m]) > 5", ""},
           {"nothing > 5", ""},
           {"x > 5", ""},
           {"histogram_quantile(0.9, rate(latency[5m])) > 1", ""},
           {"histogram_quantile(0.9, rate(hits[5m])) > 1", "promql/rate"},
       }) {
    CAPTURE(one.expression);
    CHECK(ask_alert(one.expression, server).codes() == one.codes);
  }
}
