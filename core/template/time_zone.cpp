#include "core/template/time_zone.h"

#include <date/tz.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <exception>

namespace tocsin::tmpl {
namespace {

const date::time_zone& rules_of(const void* rules) {
  return *static_cast<const date::time_zone*>(rules);
}

std::int64_t start_of(int year) {
  return date::sys_seconds{date::sys_days{date::year{year} / date::January / 1}}.time_since_epoch().count();
}

// The database lists changes up to 2037; the yearly rules go on after that. An instant beyond is looked up in
// a year before that has the same calendar, leap day and weekdays alike.
std::int64_t within_listed_years(std::int64_t unix_seconds) {
  constexpr int kLastListed = 2036;
  static const std::int64_t kEnd = start_of(kLastListed + 1);
  if (unix_seconds < kEnd) return unix_seconds;
  // Beyond this the calendar arithmetic of the library would overflow; a zone that far away has no meaning
  // anyway.
  constexpr std::int64_t kLimit = 900'000'000'000;
  unix_seconds = std::min(unix_seconds, kLimit);
  const auto day = date::floor<date::days>(date::sys_seconds{std::chrono::seconds{unix_seconds}});
  const auto year = date::year_month_day{day}.year();
  const auto weekday = [](date::year of) { return date::weekday{date::sys_days{of / date::January / 1}}; };
  for (int candidate = kLastListed; candidate > kLastListed - 28; --candidate) {
    const date::year alike{candidate};
    if (alike.is_leap() == year.is_leap() && weekday(alike) == weekday(year)) {
      return unix_seconds - start_of(static_cast<int>(year)) + start_of(candidate);
    }
  }
  return kEnd;
}

ZoneOffset local_offset_at(std::int64_t unix_seconds) {
  const std::time_t instant = unix_seconds;
  std::tm wall{};
  if (localtime_r(&instant, &wall) == nullptr) return {0, "UTC"};
  return {wall.tm_gmtoff, wall.tm_zone};
}

}  // namespace

Zone Zone::fixed(std::string abbreviation, std::int64_t seconds_east) {
  Zone zone;
  zone.name_ = std::move(abbreviation);
  zone.offset_ = seconds_east;
  return zone;
}

ZoneOffset Zone::offset_at(std::int64_t unix_seconds) const {
  constexpr std::int64_t kEarliest = -900'000'000'000;
  if (local_) return local_offset_at(std::clamp(unix_seconds, kEarliest, -kEarliest));
  if (rules_ == nullptr) return {offset_, name_};
  unix_seconds = within_listed_years(std::max(unix_seconds, kEarliest));
  const auto info = rules_of(rules_).get_info(date::sys_seconds{std::chrono::seconds{unix_seconds}});
  return {info.offset.count(), info.abbrev};
}

std::int64_t Zone::offset_for_local(std::int64_t local_seconds) const {
  if (rules_ == nullptr && !local_) return offset_;
  // As Go's time.Date: guess with the offset in force at the wall time read as UTC, then correct once.
  const std::int64_t guess = offset_at(local_seconds).seconds;
  const std::int64_t refined = offset_at(local_seconds - guess).seconds;
  if (refined == guess) return guess;
  return offset_at(local_seconds - refined).seconds;
}

Result<Zone> find_zone(std::string_view name) {
  if (name.empty() || name == "UTC") return Zone::utc();
  if (name == "Local") {
    tzset();
    Zone zone;
    zone.name_ = "Local";
    zone.local_ = true;
    return zone;
  }
  try {
    Zone zone;
    zone.name_ = std::string(name);
    zone.rules_ = date::locate_zone(std::string(name));
    return zone;
  } catch (const std::exception&) {
    return fail("unknown time zone " + std::string(name));
  }
}

}  // namespace tocsin::tmpl
