// The types of metrics as their exporters declare them to the server. Where targets disagree, nobody knows.
#pragma once

#include <string_view>

#include "rules/findings/metric_facts.h"
#include "rules/online/answer.h"

namespace tocsin {

// kHistogram is that of the metric itself; the series X_bucket, X_sum and X_count of one, and X_sum and
// X_count of a summary, are counters.
MetricType declared_type(const Metadata&, std::string_view metric);

}  // namespace tocsin
