// Time and Duration as Go's time package has them: an instant with nanoseconds and a zone that covers year 1
// to 9999 and beyond, and a signed count of nanoseconds. Arithmetic only: reading a clock is the caller's
// business, text is in go_time_format.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>

#include "core/template/time_zone.h"

namespace tocsin::tmpl {

// Nanoseconds; printed as Go does ("1h2m3.5s").
struct Duration {
  std::int64_t nanoseconds = 0;
  friend auto operator<=>(const Duration&, const Duration&) = default;
};

std::string duration_text(Duration duration);
// Whole units and the rest are converted apart, so that long durations keep their digits.
double duration_in(Duration duration, Duration unit);
double duration_seconds(Duration duration);
// Toward zero, and to the nearest (halves away from zero), multiple; a multiple ≤ 0 returns the duration
// unchanged.
Duration truncate(Duration duration, Duration multiple);
Duration round(Duration duration, Duration multiple);

// The wall clock of an instant in its zone.
struct CivilTime {
  std::int64_t year = 1;
  int month = 1;  // 1..12
  int day = 1;    // 1..31
  int hour = 0;
  int minute = 0;
  int second = 0;
  int nanosecond = 0;
  int weekday = 0;      // 0 is Sunday.
  int day_of_year = 1;  // 1..366
  ZoneOffset offset;
};

inline constexpr std::int64_t kZeroTimeSeconds = -62135596800;  // 0001-01-01T00:00:00Z

class Time {
 public:
  Time() = default;  // Go's zero time: year 1, UTC.
  Time(std::int64_t unix_seconds, std::int64_t nanoseconds, Zone zone = {});
  explicit Time(std::chrono::sys_time<std::chrono::nanoseconds> instant, Zone zone = {});

  // time.Date: fields out of range carry over, as October 32 does.
  static Time from_civil(std::int64_t year, std::int64_t month, std::int64_t day, std::int64_t hour,
                         std::int64_t minute, std::int64_t second, std::int64_t nanosecond, const Zone& zone);

  std::int64_t unix_seconds() const { return seconds_; }
  int nanosecond() const { return nanosecond_; }
  const Zone& zone() const { return zone_; }
  bool is_zero() const { return seconds_ == kZeroTimeSeconds && nanosecond_ == 0; }

  CivilTime civil() const;
  Time in(Zone zone) const { return {seconds_, nanosecond_, std::move(zone)}; }
  Time add(Duration duration) const;
  Time add_date(std::int64_t years, std::int64_t months, std::int64_t days) const;
  Duration since(const Time& earlier) const;  // Saturates, as Go's Sub does.
  Time truncate(Duration multiple) const;     // Multiples count from the zero time.
  Time round(Duration multiple) const;

  // Order and equality of instants; the zone does not matter.
  std::strong_ordering compare(const Time& other) const;

 private:
  Duration beyond_multiple(Duration multiple) const;

  std::int64_t seconds_ = kZeroTimeSeconds;
  int nanosecond_ = 0;
  Zone zone_;
};

// Days since 1970-01-01 of a proleptic Gregorian date; the month is 1..12, the day may be out of range.
std::int64_t days_from_civil(std::int64_t year, int month, std::int64_t day);

const char* month_name(std::int64_t month);      // 1 is January; nullptr outside 1..12.
const char* weekday_name(std::int64_t weekday);  // 0 is Sunday; nullptr outside 0..6.

}  // namespace tocsin::tmpl
