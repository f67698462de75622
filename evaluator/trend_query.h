// The recent past of what a rule watches, asked for when one of its alerts begins, so that a page can show
// it. Only an ornament: it is asked once for a rule and not for each alert, within a short time and for few
// bytes, and a failure is no news about the rule.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/labels.h"
#include "core/outbound.h"
#include "core/trend.h"
#include "evaluator/evaluator_config.h"

namespace tocsin {

struct TrendQuestion {
  std::shared_ptr<const GroupPlan> plan;
  std::size_t rule = 0;    // of the plan
  TimePoint at = kNoTime;  // the end of what is asked for
};

// One series of what the rule watches.
struct TrendSeries {
  Labels labels;
  Trend trend;
};

// What came back; no series where nothing did.
struct TrendArrived {
  std::shared_ptr<const GroupPlan> plan;
  std::size_t rule = 0;
  std::vector<TrendSeries> series;
};

// POST /api/v1/query_range; as GET for servers that take no POST. The engine's clock may be ahead of the
// world's.
HttpRequest trend_request(const TrendQuestion&, Duration clock_ahead);
HttpRequest trend_get_request(const TrendQuestion&, Duration clock_ahead);
TrendArrived read_trend_answer(const TrendQuestion&, Duration clock_ahead, const OutboundAnswer&);

// The series that an alert of the rule came from: the one whose labels the alert has, save for those that the
// rule sets. Null where none is, or two are equally near.
const TrendSeries* find_series(const Rule&, const std::vector<TrendSeries>&, const Labels& alert_labels);

}  // namespace tocsin
