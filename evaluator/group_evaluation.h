// One evaluation of a rule group: queries asked, templates expanded. It runs on a worker, away from the
// engine, and is a pure function of the plan, the slot and the answers; its result is the event that the
// engine decides by.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "evaluator/evaluator_config.h"
#include "evaluator/instances.h"
#include "evaluator/prometheus_client.h"

namespace tocsin {

// What one rule's evaluation brought.
struct RuleOutcome {
  bool evaluated = false;  // recording rules are not, until there is a place to write to
  QueryResult::Failure failure = QueryResult::Failure::kNone;
  std::string error;  // set where the rule failed; its alerts hold
  std::vector<InstanceSeed> seeds;
  std::vector<std::string> warnings;           // Prometheus' own, e.g. partial answers
  std::vector<std::string> template_failures;  // texts; the alerts fire all the same
  std::size_t samples = 0;
  Duration took{};
  bool failed() const { return !error.empty(); }
};

struct GroupEvaluated {
  std::shared_ptr<const GroupPlan> plan;
  TimePoint at = kNoTime;             // the slot
  std::vector<RuleOutcome> outcomes;  // per rule
  Duration took{};
};

// Asks one query at a time; blocks until there is an answer or the time is up.
using AskPrometheus =
    std::function<QueryResult(const PrometheusServer&, const std::string& expression, TimePoint at)>;
// A stopwatch that the shell lends: monotonic time since it was made.
using Stopwatch = std::function<Duration()>;

GroupEvaluated evaluate_group(std::shared_ptr<const GroupPlan>, TimePoint slot, const AskPrometheus&,
                              const Stopwatch&);

}  // namespace tocsin
