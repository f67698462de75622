// Points in time and spans of it. Everything inside is UTC with nanoseconds; zones matter only where a text
// is read or written. The vocabulary has no clock: `now` is always an argument.
#pragma once

#include <chrono>
#include <limits>
#include <string>
#include <string_view>

#include "core/result.h"

namespace tocsin {

using Duration = std::chrono::nanoseconds;
using TimePoint = std::chrono::sys_time<std::chrono::nanoseconds>;

// "No time": what Go calls the zero time, 0001-01-01T00:00:00Z, which lies outside the range of nanoseconds.
inline constexpr TimePoint kNoTime = TimePoint::min();
// Later than everything: no deadline.
inline constexpr TimePoint kNever = TimePoint::max();

constexpr bool is_set(TimePoint t) {
  return t != kNoTime;
}

// RFC 3339 with any zone offset; fraction digits after the ninth are dropped. "0001-01-01T00:00:00Z" is
// kNoTime. Times outside the range of nanoseconds (before 1678, after 2261) become the first time there is,
// or kNever.
Result<TimePoint> parse_rfc3339(std::string_view text);

// As Go's time.RFC3339Nano prints UTC: fraction without trailing zeros, "Z". kNoTime prints as
// 0001-01-01T00:00:00Z.
std::string format_rfc3339(TimePoint);
// With exactly three fraction digits, as Alertmanager's API writes times: 2026-01-02T03:04:05.678Z.
std::string format_rfc3339_millis(TimePoint);

// Seconds since 1970 with fraction, for Prometheus' API: 1700000000.123 (three digits).
std::string format_unix_seconds(TimePoint);
double to_seconds(Duration);
Duration from_seconds(double seconds);

}  // namespace tocsin
