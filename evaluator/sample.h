// A Sample is one series of a query's answer: labels and a value. It knows nothing of rules.
#pragma once

#include <string>

#include "core/labels.h"

namespace tocsin {

struct Sample {
  Labels labels;
  double value = 0;  // 0 for a native histogram
  bool is_histogram = false;
  std::string histogram_text;  // {count:3, sum:4.5, (0.5,1]:3}, as Prometheus prints a histogram in templates
};

}  // namespace tocsin
