#include "core/template/go_time.h"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <utility>

namespace tocsin::tmpl {
namespace {

using Wide = __int128;

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
constexpr std::int64_t kSecondsPerDay = 86400;

std::int64_t floor_div(std::int64_t value, std::int64_t divisor) {
  const std::int64_t quotient = value / divisor;
  return value % divisor < 0 ? quotient - 1 : quotient;
}

std::int64_t saturate(Wide value) {
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
  if (value > kMax) return kMax;
  if (value < kMin) return kMin;
  return static_cast<std::int64_t>(value);
}

struct Date {
  std::int64_t year;
  int month;
  int day;
};

// The inverse of days_from_civil, in 400-year eras that begin on March 1.
Date civil_from_days(std::int64_t days) {
  days += 719468;
  const std::int64_t era = floor_div(days, 146097);
  const std::int64_t day_of_era = days - era * 146097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const int day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  const int month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

std::string fraction_text(std::uint64_t value, int digits) {
  std::string text = fmt::format("{:0{}}", value, digits);
  while (!text.empty() && text.back() == '0') text.pop_back();
  return text.empty() ? text : "." + text;
}

std::uint64_t unsigned_magnitude(std::int64_t value) {
  return value < 0 ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
}

}  // namespace

std::string duration_text(Duration duration) {
  if (duration.nanoseconds == 0) return "0s";
  const std::uint64_t total = unsigned_magnitude(duration.nanoseconds);
  const std::string sign = duration.nanoseconds < 0 ? "-" : "";
  if (total < 1'000) return fmt::format("{}{}ns", sign, total);
  if (total < 1'000'000) return fmt::format("{}{}{}µs", sign, total / 1'000, fraction_text(total % 1'000, 3));
  if (total < 1'000'000'000) {
    return fmt::format("{}{}{}ms", sign, total / 1'000'000, fraction_text(total % 1'000'000, 6));
  }
  const std::uint64_t seconds = total / 1'000'000'000;
  std::string text = fmt::format("{}{}s", seconds % 60, fraction_text(total % 1'000'000'000, 9));
  if (seconds >= 60) text = fmt::format("{}m{}", seconds / 60 % 60, text);
  if (seconds >= 3600) text = fmt::format("{}h{}", seconds / 3600, text);
  return sign + text;
}

double duration_in(Duration duration, Duration unit) {
  const std::int64_t whole = duration.nanoseconds / unit.nanoseconds;
  const std::int64_t rest = duration.nanoseconds % unit.nanoseconds;
  return static_cast<double>(whole) + static_cast<double>(rest) / static_cast<double>(unit.nanoseconds);
}

double duration_seconds(Duration duration) {
  return duration_in(duration, {kNanosPerSecond});
}

Duration truncate(Duration duration, Duration multiple) {
  if (multiple.nanoseconds <= 0) return duration;
  return {duration.nanoseconds - duration.nanoseconds % multiple.nanoseconds};
}

Duration round(Duration duration, Duration multiple) {
  if (multiple.nanoseconds <= 0) return duration;
  const Wide step = multiple.nanoseconds;
  const Wide value = duration.nanoseconds;
  const Wide magnitude = value < 0 ? -value : value;
  const Wide rest = magnitude % step;
  const Wide rounded = rest + rest < step ? magnitude - rest : magnitude - rest + step;
  return {saturate(value < 0 ? -rounded : rounded)};
}

std::int64_t days_from_civil(std::int64_t year, int month, std::int64_t day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = floor_div(year, 400);
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

const char* month_name(std::int64_t month) {
  static constexpr std::array kNames = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
  return month >= 1 && month <= 12 ? kNames[static_cast<std::size_t>(month - 1)] : nullptr;
}

const char* weekday_name(std::int64_t weekday) {
  static constexpr std::array kNames = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                        "Thursday", "Friday", "Saturday"};
  return weekday >= 0 && weekday <= 6 ? kNames[static_cast<std::size_t>(weekday)] : nullptr;
}

Time::Time(std::int64_t unix_seconds, std::int64_t nanoseconds, Zone zone) : zone_(std::move(zone)) {
  const std::int64_t carry = floor_div(nanoseconds, kNanosPerSecond);
  seconds_ = saturate(Wide{unix_seconds} + carry);
  nanosecond_ = static_cast<int>(nanoseconds - carry * kNanosPerSecond);
}

Time::Time(std::chrono::sys_time<std::chrono::nanoseconds> instant, Zone zone)
    : Time(0, instant.time_since_epoch().count(), std::move(zone)) {}

Time Time::from_civil(std::int64_t year, std::int64_t month, std::int64_t day, std::int64_t hour,
                      std::int64_t minute, std::int64_t second, std::int64_t nanosecond, const Zone& zone) {
  const std::int64_t month_index = month - 1;
  const std::int64_t year_carry = floor_div(month_index, 12);
  const std::int64_t days =
      days_from_civil(year + year_carry, static_cast<int>(month_index - year_carry * 12) + 1, day);
  const Wide wide_seconds = Wide{days} * kSecondsPerDay + Wide{hour} * 3600 + Wide{minute} * 60 + second;
  const std::int64_t nano_carry = floor_div(nanosecond, kNanosPerSecond);
  const std::int64_t local = saturate(wide_seconds + nano_carry);
  return {local - zone.offset_for_local(local), nanosecond - nano_carry * kNanosPerSecond, zone};
}

CivilTime Time::civil() const {
  CivilTime civil;
  civil.offset = zone_.offset_at(seconds_);
  const std::int64_t local = saturate(Wide{seconds_} + civil.offset.seconds);
  const std::int64_t days = floor_div(local, kSecondsPerDay);
  const Date date = civil_from_days(days);
  const int second_of_day = static_cast<int>(local - days * kSecondsPerDay);
  civil.year = date.year;
  civil.month = date.month;
  civil.day = date.day;
  civil.hour = second_of_day / 3600;
  civil.minute = second_of_day / 60 % 60;
  civil.second = second_of_day % 60;
  civil.nanosecond = nanosecond_;
  civil.weekday = static_cast<int>(days - floor_div(days + 4, 7) * 7 + 4);  // 1970-01-01 was a Thursday.
  civil.day_of_year = static_cast<int>(days - days_from_civil(date.year, 1, 1)) + 1;
  return civil;
}

Time Time::add(Duration duration) const {
  const std::int64_t seconds = floor_div(duration.nanoseconds, kNanosPerSecond);
  const std::int64_t rest = duration.nanoseconds - seconds * kNanosPerSecond;
  return {saturate(Wide{seconds_} + seconds), nanosecond_ + rest, zone_};
}

Time Time::add_date(std::int64_t years, std::int64_t months, std::int64_t days) const {
  // Years beyond this range would overflow the count of days; no calendar needs them.
  const auto clamp = [](std::int64_t value) {
    constexpr std::int64_t kLimit = 1'000'000'000;
    return value < -kLimit ? -kLimit : value > kLimit ? kLimit : value;
  };
  const CivilTime now = civil();
  return from_civil(now.year + clamp(years), now.month + clamp(months), now.day + clamp(days), now.hour,
                    now.minute, now.second, now.nanosecond, zone_);
}

Duration Time::since(const Time& earlier) const {
  const Wide difference =
      (Wide{seconds_} - earlier.seconds_) * kNanosPerSecond + nanosecond_ - earlier.nanosecond_;
  return {saturate(difference)};
}

Duration Time::beyond_multiple(Duration multiple) const {
  const Wide since_zero = (Wide{seconds_} - kZeroTimeSeconds) * kNanosPerSecond + nanosecond_;
  const Wide rest = since_zero % multiple.nanoseconds;
  return {static_cast<std::int64_t>(rest < 0 ? rest + multiple.nanoseconds : rest)};
}

Time Time::truncate(Duration multiple) const {
  if (multiple.nanoseconds <= 0) return *this;
  return add({-beyond_multiple(multiple).nanoseconds});
}

Time Time::round(Duration multiple) const {
  if (multiple.nanoseconds <= 0) return *this;
  const std::int64_t rest = beyond_multiple(multiple).nanoseconds;
  const bool down = Wide{rest} + rest < multiple.nanoseconds;
  return add({down ? -rest : multiple.nanoseconds - rest});
}

std::strong_ordering Time::compare(const Time& other) const {
  if (seconds_ != other.seconds_) return seconds_ <=> other.seconds_;
  return nanosecond_ <=> other.nanosecond_;
}

}  // namespace tocsin::tmpl
