// What is known about metrics by their name: of the exporters of AI and ML services, whose public rules get
// it wrong most often, and of a few that everybody has. One table: a fact that turns out to be wrong, or a
// new exporter, is one line here.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tocsin {

enum class MetricType : std::uint8_t { kUnknown, kCounter, kGauge, kHistogram };
enum class MetricUnit : std::uint8_t {
  kUnknown,
  kSeconds,  // of a request or a part of it
  kMilliseconds,
  kMicroseconds,
  kRatio,    // 0 to 1
  kPercent,  // 0 to 100
};
enum class MetricStatus : std::uint8_t {
  kExported,
  kRenamed,      // by a newer version; `instead` is the new name
  kNotExported,  // nobody exports that name; `instead` says what does
};

struct MetricFact {
  std::string_view name;  // of a histogram without _bucket, _sum, _count
  MetricType type = MetricType::kUnknown;
  MetricUnit unit = MetricUnit::kUnknown;
  MetricStatus status = MetricStatus::kExported;
  std::string_view instead;
};

// Sorted by name.
std::span<const MetricFact> all_metric_facts();
// Null where nothing is known. Finds a histogram also by the names of its series.
const MetricFact* find_metric_fact(std::string_view metric);

// By the table, else by the name: _total and _bucket are of counters.
bool is_counter(std::string_view metric);
// Only by the table.
bool is_gauge(std::string_view metric);

}  // namespace tocsin
