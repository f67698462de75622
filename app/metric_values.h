// Metric values that are taken at the moment of a scrape, before they become text. What is counted along the
// way lives in Metrics.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tocsin {

struct MetricValue {
  std::vector<std::pair<std::string, std::string>> labels;
  double value = 0;
};

// All series of one metric.
struct MetricValues {
  enum class Type { kGauge, kCounter };
  std::string name;
  std::string help;
  Type type = Type::kGauge;
  std::vector<MetricValue> values;
};

}  // namespace tocsin
