// The alerts that all micro-benchmarks use: seven labels, two annotations, ten alerts a group.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "core/alert.h"
#include "core/json.h"

namespace tocsin::bench {

inline const TimePoint kNow = std::chrono::sys_seconds(std::chrono::seconds(1'700'000'000));

inline Alert alert(int number) {
  Alert alert;
  alert.labels = Labels{{"alertname", "Bench"},
                        {"cluster", "eu-west-1"},
                        {"group", fmt::format("g{}", number / 10)},
                        {"id", std::to_string(number)},
                        {"instance", fmt::format("host-{}.example.org:9100", number)},
                        {"job", "node"},
                        {"severity", "warning"}};
  alert.annotations =
      Labels{{"summary", fmt::format("Instance host-{} is unhappy", number)},
             {"description", fmt::format("A longer description of what went wrong on host-{}.", number)}};
  alert.generator_url = "http://prometheus.example.org/graph?g0.expr=up&g0.tab=1";
  alert.starts_at = kNow;
  alert.ends_at = kNow + std::chrono::minutes(5);
  alert.updated_at = kNow;
  alert.ends_at_assumed = true;
  return alert;
}

inline std::vector<Alert> alerts(int first, int count) {
  std::vector<Alert> all;
  for (int i = 0; i < count; ++i) all.push_back(alert(first + i));
  return all;
}

// The body of a request that sends them.
inline std::string body(int first, int count) {
  JsonWriter json;
  json.begin_array();
  for (const Alert& a : alerts(first, count)) {
    json.begin_object().key("labels").labels(a.labels).key("annotations").labels(a.annotations);
    json.field("startsAt", format_rfc3339(a.starts_at)).field("generatorURL", a.generator_url).end_object();
  }
  return json.end_array().take();
}

}  // namespace tocsin::bench
