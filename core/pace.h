// A Pace is how fast one service takes notifications: one per interval in the long run, and a few at once. It
// is a wish of the service and no state: what has been used up of it is known to the router's gates.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"
#include "core/time.h"

namespace tocsin {

struct Pace {
  Duration interval{};  // between two notifications; zero: as fast as they come
  int burst = 1;        // how many may go out at once

  bool limited() const { return interval > Duration::zero(); }
  std::string to_string() const;  // "1/s, 5 at once", "no limit"
  friend bool operator==(const Pace&, const Pace&) = default;
};

// "1/s", "0.5/s", "120/min", "20/h": the interval between two.
Result<Duration> parse_rate(std::string_view text);
// The rate in the unit that reads best: "1/s", "15/min".
std::string format_rate(Duration interval);

}  // namespace tocsin
