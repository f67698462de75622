#include "core/time.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdint>

namespace tocsin {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hh_mm_ss;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year_month_day;

constexpr sys_seconds kGoZeroTime = sys_days(std::chrono::year(1) / 1 / 1);

// Reads the parts of a fixed format from the front; `ok` falls once, and stays down.
struct Cursor {
  std::string_view rest;
  bool ok = true;

  int number(std::size_t digits) {
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (rest.empty() || rest.front() < '0' || rest.front() > '9') ok = false;
      if (!ok) return 0;
      value = value * 10 + (rest.front() - '0');
      rest.remove_prefix(1);
    }
    return value;
  }
  void literal(char c) {
    if (!take(c)) ok = false;
  }
  bool take(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  // The digits after a dot as nanoseconds; those after the ninth are dropped.
  std::int64_t fraction() {
    if (!take('.')) return 0;
    std::int64_t value = 0;
    std::int64_t place = 100'000'000;
    std::size_t count = 0;
    for (; !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; rest.remove_prefix(1), ++count) {
      value += place * (rest.front() - '0');
      place /= 10;
    }
    if (count == 0) ok = false;
    return value;
  }
  // "Z" or ±hh:mm, as seconds east of UTC.
  seconds offset() {
    if (take('Z')) return seconds(0);
    const int sign = take('-') ? -1 : 1;
    if (sign > 0) literal('+');
    const int hours = number(2);
    literal(':');
    const int minutes = number(2);
    if (hours > 23 || minutes > 59) ok = false;
    return seconds(sign * (hours * 3600 + minutes * 60));
  }
};

TimePoint clamped(sys_seconds whole, std::int64_t nanoseconds) {
  // The lowest value means "no time", so that the earliest time is one nanosecond after it.
  constexpr TimePoint kEarliest = kNoTime + Duration(1);
  if (whole <= floor<seconds>(kEarliest)) return kEarliest;
  if (whole >= floor<seconds>(kNever)) return kNever;
  return TimePoint(whole) + Duration(nanoseconds);
}

struct Civil {
  int year;
  unsigned month, day;
  std::int64_t hour, minute, second;
  std::int64_t nanosecond;
};

Civil civil(TimePoint t) {
  if (!is_set(t)) return {1, 1, 1, 0, 0, 0, 0};
  // Rounding the lowest times down to a day would leave the range of nanoseconds: round in seconds.
  const sys_seconds whole = floor<seconds>(t);
  const sys_days day = floor<days>(whole);
  const year_month_day date(day);
  const hh_mm_ss clock(whole - day);
  // Likewise `t - whole`, where `whole` may lie before the first nanosecond.
  std::int64_t nanosecond = t.time_since_epoch().count() % 1'000'000'000;
  if (nanosecond < 0) nanosecond += 1'000'000'000;
  return {static_cast<int>(date.year()),
          static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()),
          clock.hours().count(),
          clock.minutes().count(),
          clock.seconds().count(),
          nanosecond};
}

template <class Number>
char* append_digits(char* out, Number number, int count) {
  for (int i = count; i-- > 0; number /= 10) out[i] = static_cast<char>('0' + number % 10);
  return out + count;
}

// The longest: 2026-01-02T03:04:05.123456789Z.
struct TimeText {
  std::array<char, 32> room;
  char* end = room.data();

  explicit TimeText(const Civil& c) {
    number(c.year, 4, '-');
    number(c.month, 2, '-');
    number(c.day, 2, 'T');
    number(c.hour, 2, ':');
    number(c.minute, 2, ':');
    end = append_digits(end, c.second, 2);
  }
  std::string finish() {
    *end++ = 'Z';
    return {room.data(), end};
  }

 private:
  template <class Number>
  void number(Number value, int digits, char after) {
    end = append_digits(end, value, digits);
    *end++ = after;
  }
};

std::int64_t saturated(double value) {
  if (std::isnan(value)) return 0;
  if (value >= 9223372036854775807.0) return std::numeric_limits<std::int64_t>::max();
  if (value <= -9223372036854775808.0) return std::numeric_limits<std::int64_t>::min();
  return std::llround(value);
}

}  // namespace

Result<TimePoint> parse_rfc3339(std::string_view text) {
  Cursor cursor{text};
  const std::chrono::year year(cursor.number(4));
  cursor.literal('-');
  const std::chrono::month month(static_cast<unsigned>(cursor.number(2)));
  cursor.literal('-');
  const std::chrono::day day(static_cast<unsigned>(cursor.number(2)));
  cursor.literal('T');
  const int hour = cursor.number(2);
  cursor.literal(':');
  const int minute = cursor.number(2);
  cursor.literal(':');
  const int second = cursor.number(2);
  const std::int64_t nanoseconds = cursor.fraction();
  const seconds offset = cursor.offset();
  if (!cursor.ok || !cursor.rest.empty()) {
    return fail(fmt::format(
        "not a time: \"{}\"; write it as 2026-01-31T18:00:00Z or 2026-01-31T18:00:00+01:00", text));
  }
  const year_month_day date = year / month / day;
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) {
    return fail(
        fmt::format("no such time: \"{}\": month, day, hour, minute or second is out of range", text));
  }
  const sys_seconds whole = sys_days(date) + seconds(hour * 3600 + minute * 60 + second) - offset;
  if (whole == kGoZeroTime && nanoseconds == 0) return kNoTime;
  return clamped(whole, nanoseconds);
}

std::string format_rfc3339(TimePoint t) {
  const Civil c = civil(t);
  TimeText text(c);
  if (c.nanosecond != 0) {
    *text.end++ = '.';
    text.end = append_digits(text.end, c.nanosecond, 9);
    while (text.end[-1] == '0') --text.end;
  }
  return text.finish();
}

std::string format_rfc3339_millis(TimePoint t) {
  const Civil c = civil(t);
  TimeText text(c);
  *text.end++ = '.';
  text.end = append_digits(text.end, c.nanosecond / 1'000'000, 3);
  return text.finish();
}

std::string format_unix_seconds(TimePoint t) {
  const std::int64_t millis = floor<std::chrono::milliseconds>(t).time_since_epoch().count();
  const std::int64_t positive = millis < 0 ? -millis : millis;
  return fmt::format("{}{}.{:03}", millis < 0 ? "-" : "", positive / 1000, positive % 1000);
}

double to_seconds(Duration duration) {
  const auto whole = std::chrono::duration_cast<seconds>(duration);
  return static_cast<double>(whole.count()) + static_cast<double>((duration - whole).count()) / 1e9;
}

Duration from_seconds(double value) {
  return Duration(saturated(value * 1e9));
}

}  // namespace tocsin
