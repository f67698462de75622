// What the metrics show of the program's state at the moment of a scrape; whoever answers /metrics fills it
// in. Values that only ever grow with events are not here: Metrics counts them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "app/http_server.h"
#include "app/metric_values.h"
#include "app/rules_snapshot.h"

namespace tocsin {

struct MetricsSnapshot {
  std::string version;
  std::string revision;
  std::string branch;

  std::map<std::string, std::size_t> alerts_by_state;  // "active", "suppressed", "unprocessed"; what is missing is 0
  std::size_t groups = 0;                              // of the router
  std::map<std::string, std::size_t> silences_by_state;  // "active", "pending", "expired"
  std::size_t inhibition_rules = 0;
  RulesSnapshot rules;
  HttpServerCounters http;
  std::int64_t gets_in_flight = 0;
  std::int64_t gets_refused = 0;  // because too many were in flight

  std::size_t receivers = 0;
  std::size_t integrations = 0;
  std::uint64_t config_hash = 0;
  bool last_reload_worked = false;
  TimePoint config_loaded_at = kNoTime;  // the last load that worked

  std::size_t deliveries_under_way = 0;
  bool store_failing = false;
};

// One list of series per metric. Rule metrics carry the name that Prometheus gives them, and `server` in
// addition, because one file may be evaluated against several.
std::vector<MetricValues> snapshot_values(const MetricsSnapshot&);

}  // namespace tocsin
