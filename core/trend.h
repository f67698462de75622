// A Trend is what the expression of an alert's rule gave in the time before a page: a short row of values,
// and the limit that the rule sets them. It decorates a page and proves nothing: a page goes out without it
// where it is not known in time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/time.h"

namespace tocsin {

struct Trend {
  TimePoint begin = kNoTime;  // of the first value
  Duration step{};
  std::vector<double> values;  // NaN where there was none
  std::optional<double> threshold;
  // How the rule compares a value with it: ">", "<=", "==", …; empty where there is no threshold.
  std::string comparison;
  std::string fingerprint;  // of the alert that it is about, of the notification's

  TimePoint end() const {
    return begin + step * static_cast<Duration::rep>(values.empty() ? 0 : values.size() - 1);
  }
  // Whether the rule would fire at that value.
  bool beyond(double value) const;
};

inline bool Trend::beyond(double value) const {
  if (!threshold) return false;
  if (comparison == ">") return value > *threshold;
  if (comparison == ">=") return value >= *threshold;
  if (comparison == "<") return value < *threshold;
  if (comparison == "<=") return value <= *threshold;
  if (comparison == "!=") return value != *threshold;
  return value == *threshold;
}

}  // namespace tocsin
