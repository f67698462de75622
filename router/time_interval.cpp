#include "router/time_interval.h"

#include <algorithm>
#include <chrono>

namespace tocsin {
namespace {

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kDay = 24 * 60 * kMinute;

std::int64_t unix_seconds(TimePoint t) {
  return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
}

TimePoint from_unix(std::int64_t seconds) {
  return TimePoint(std::chrono::seconds(seconds));
}

std::int64_t day_of(std::int64_t local_seconds) {
  return local_seconds >= 0 ? local_seconds / kDay : -((-local_seconds + kDay - 1) / kDay);
}

struct Calendar {
  int year;
  int month;
  int day;
  int weekday;  // 0 is Sunday
  int days_in_month;
};

Calendar calendar_of(std::int64_t local_day) {
  const std::chrono::sys_days days{std::chrono::days(local_day)};
  const std::chrono::year_month_day date{days};
  const std::chrono::year_month_day_last last{date.year() / date.month() / std::chrono::last};
  return {static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          static_cast<int>(std::chrono::weekday{days}.c_encoding()),
          static_cast<int>(static_cast<unsigned>(last.day()))};
}

template <class Range, class Fits>
bool any_fits(const std::optional<std::vector<Range>>& ranges, Fits fits) {
  return !ranges || std::ranges::any_of(*ranges, fits);
}

bool within(const DateRange& range, int value) {
  return value >= range.first && value <= range.last;
}

bool within_week(const DateRange& range, int weekday) {
  if (range.first <= range.last) return within(range, weekday);
  return weekday >= range.first || weekday <= range.last;
}

// A range that begins after the end of a short month does not exist in it; one that ends after it is cut.
bool within_month(const DateRange& range, const Calendar& date) {
  const auto counted = [&](int day) { return day < 0 ? date.days_in_month + day + 1 : day; };
  return within({counted(range.first), counted(range.last)}, date.day);
}

}  // namespace

bool TimeInterval::contains_day(std::int64_t local_day) const {
  const Calendar date = calendar_of(local_day);
  return any_fits(fields_.weekdays, [&](const DateRange& r) { return within_week(r, date.weekday); }) &&
         any_fits(fields_.days_of_month, [&](const DateRange& r) { return within_month(r, date); }) &&
         any_fits(fields_.months, [&](const DateRange& r) { return within(r, date.month); }) &&
         any_fits(fields_.years, [&](const DateRange& r) { return within(r, date.year); });
}

bool TimeInterval::contains_local(std::int64_t local_seconds) const {
  const std::int64_t day = day_of(local_seconds);
  if (!fields_.times) return contains_day(day);
  const int minute = static_cast<int>((local_seconds - day * kDay) / kMinute);
  bool since_today = false;
  bool since_yesterday = false;
  for (const MinuteRange& range : *fields_.times) {
    if (range.start <= range.end) {
      since_today |= minute >= range.start && minute < range.end;
    } else {
      since_today |= minute >= range.start;
      since_yesterday |= minute < range.end;
    }
  }
  return (since_today && contains_day(day)) || (since_yesterday && contains_day(day - 1));
}

bool TimeInterval::contains(TimePoint t) const {
  const std::int64_t seconds = unix_seconds(t);
  return contains_local(seconds + fields_.zone.offset_at(seconds).seconds);
}

// While the offset stays, wall clock and instant run side by side.
void TimeInterval::add_local_edges(std::int64_t from, std::int64_t to, std::int64_t offset,
                                   std::vector<TimePoint>& edges) const {
  const auto add = [&](std::int64_t local) {
    const std::int64_t instant = local - offset;
    if (instant >= from && instant < to) edges.push_back(from_unix(instant));
  };
  for (std::int64_t day = day_of(from + offset); day <= day_of(to + offset); ++day) {
    add(day * kDay);
    if (!fields_.times) continue;
    for (const MinuteRange& range : *fields_.times) {
      add(day * kDay + range.start * kMinute);
      add(day * kDay + range.end * kMinute);
    }
  }
}

void TimeInterval::add_edges(TimePoint from_time, TimePoint to_time, std::vector<TimePoint>& edges) const {
  const std::int64_t from = unix_seconds(from_time);
  const std::int64_t to = unix_seconds(to_time);
  const std::int64_t before = fields_.zone.offset_at(from).seconds;
  const std::int64_t after = fields_.zone.offset_at(to).seconds;
  if (before == after) {
    add_local_edges(from, to, before, edges);
    return;
  }
  // The clocks are changed on this day; zones change once in it. Find the second.
  std::int64_t low = from;
  std::int64_t high = to;
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    (fields_.zone.offset_at(middle).seconds == before ? low : high) = middle;
  }
  edges.push_back(from_unix(high));
  add_local_edges(from, high, before, edges);
  add_local_edges(high, to, after, edges);
}

bool contains(const std::vector<TimeInterval>& intervals, TimePoint t) {
  return std::ranges::any_of(intervals, [&](const TimeInterval& interval) { return interval.contains(t); });
}

std::vector<std::string> active_names(const std::vector<std::string>& names,
                                      const NamedTimeIntervals& intervals, TimePoint now) {
  std::vector<std::string> active;
  for (const std::string& name : names) {
    const auto found = intervals.find(name);
    if (found != intervals.end() && contains(found->second, now)) active.push_back(name);
  }
  return active;
}

TimePoint next_change(const std::vector<TimeInterval>& intervals, TimePoint from) {
  constexpr int kDays = 2 * 366;
  constexpr std::chrono::days kStep{1};
  if (from > kNever - kStep * (kDays + 1) || from < kNoTime + kStep) return kNever;
  const bool now = contains(intervals, from);
  std::vector<TimePoint> edges;
  for (int day = 0; day < kDays; ++day) {
    const TimePoint begin = from + day * kStep;
    edges.clear();
    for (const TimeInterval& interval : intervals) interval.add_edges(begin, begin + kStep, edges);
    std::sort(edges.begin(), edges.end());
    for (const TimePoint edge : edges) {
      if (edge > from && contains(intervals, edge) != now) return edge;
    }
  }
  return kNever;
}

}  // namespace tocsin
