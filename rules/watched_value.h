// What an alerting rule watches: the part of its expression whose values it compares with a threshold. Shown
// over time, that tells more than the expression itself, which has values only while the alert is active.
//
//   a / b > 0.5 and on () up == 1      a / b, > 0.5
//   5 <= a                             a, >= 5
//   a > b                              a, and no threshold: there is not one number
//   absent(a)                          absent(a)
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tocsin {

struct WatchedValue {
  std::string expression;
  std::optional<double> threshold;
  std::string comparison;  // of the value with the threshold: ">", "<=", …; empty where there is none
};

// Of what is no expression, the text as it is.
WatchedValue watched_value(std::string_view expression);

}  // namespace tocsin
