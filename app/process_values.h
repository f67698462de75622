// What the kernel says of this process, under the names that Prometheus' client libraries use.
#pragma once

#include <vector>

#include "app/metric_values.h"

namespace tocsin {

// What cannot be read is left out.
std::vector<MetricValues> process_values();

}  // namespace tocsin
