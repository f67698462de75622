#include "rules/online/declared_types.h"

#include <string>

namespace tocsin {
namespace {

// The one that all exporters declare; "" where there is none.
std::string_view only_type(const Metadata& metadata, std::string_view metric) {
  const auto found = metadata.types.find(std::string(metric));
  if (found == metadata.types.end() || found->second.size() != 1) return "";
  return found->second.front();
}

bool is_declared(const Metadata& metadata, std::string_view metric) {
  return metadata.types.contains(std::string(metric));
}

}  // namespace

MetricType declared_type(const Metadata& metadata, std::string_view metric) {
  if (is_declared(metadata, metric)) {
    const std::string_view type = only_type(metadata, metric);
    if (type == "counter") return MetricType::kCounter;
    if (type == "gauge") return MetricType::kGauge;
    if (type == "histogram") return MetricType::kHistogram;
    return MetricType::kUnknown;
  }
  // OpenMetrics declares X, and gives X_total.
  for (const std::string_view suffix : {"_total", "_bucket", "_sum", "_count"}) {
    if (!metric.ends_with(suffix)) continue;
    const std::string_view type = only_type(metadata, metric.substr(0, metric.size() - suffix.size()));
    const bool counts = suffix == "_total"    ? type == "counter"
                        : suffix == "_bucket" ? type == "histogram"
                                              : type == "histogram" || type == "summary";
    return counts ? MetricType::kCounter : MetricType::kUnknown;
  }
  return MetricType::kUnknown;
}

}  // namespace tocsin
