// From what on the cost of a query is worth a finding.
#pragma once

#include "core/time.h"

namespace tocsin {

// Zero: without limit.
struct CostLimits {
  double series = 0;        // of the result
  double samples = 0;       // that are read
  double peak_samples = 0;  // that the server holds at the same time
  Duration time = std::chrono::seconds(10);
};

}  // namespace tocsin
