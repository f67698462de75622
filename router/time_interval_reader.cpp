#include "router/time_interval_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "core/labels.h"
#include "core/nearest_name.h"

namespace tocsin {
namespace {

using Names = std::vector<std::string>;

const Names& weekdays() {
  static const Names names{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
  return names;
}

const Names& months() {
  static const Names names{"january", "february", "march",     "april",   "may",      "june",
                           "july",    "august",   "september", "october", "november", "december"};
  return names;
}

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

std::optional<int> whole_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<int> index_in(const Names& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<int>(found - names.begin());
}

// A mistake in one range, in words; the caller knows the place.
struct Mistake {
  std::string message;
  std::string hint;
};

template <class T>
using Read = tl::expected<T, Mistake>;

tl::unexpected<Mistake> mistake(std::string message, std::string hint = "") {
  return tl::unexpected(Mistake{std::move(message), std::move(hint)});
}

Read<int> read_weekday(const std::string& text) {
  if (const auto day = index_in(weekdays(), lower(text))) return *day;
  std::string hint = did_you_mean(lower(text), weekdays());
  return mistake(fmt::format("{} is not a weekday", go_quote(text)),
                 hint.empty() ? "write it in full: monday, or monday:friday" : hint);
}

Read<int> read_month(const std::string& text) {
  if (const auto month = index_in(months(), lower(text))) return *month + 1;
  const auto number = whole_number(text);
  if (number && *number >= 1 && *number <= 12) return *number;
  std::string hint = did_you_mean(lower(text), months());
  return mistake(fmt::format("{} is not a month", go_quote(text)),
                 hint.empty() ? "write it in full, or as a number from 1 to 12: january:march, 1:3" : hint);
}

Read<int> read_day_of_month(const std::string& text) {
  const auto number = whole_number(text);
  if (number && *number != 0 && *number >= -31 && *number <= 31) return *number;
  return mistake(fmt::format("{} is not a day of a month", go_quote(text)),
                 "days are 1 to 31, or -1 (the last) to -31, counted from the end");
}

Read<int> read_year(const std::string& text) {
  if (const auto number = whole_number(text)) return *number;
  return mistake(fmt::format("{} is not a year", go_quote(text)), "write 2026, or 2026:2028");
}

Read<DateRange> read_range(const std::string& text, Read<int> (*read_member)(const std::string&)) {
  const std::size_t colon = text.find(':');
  const Read<int> first = read_member(text.substr(0, colon));
  if (!first) return tl::unexpected(first.error());
  if (colon == std::string::npos) return DateRange{*first, *first};
  if (text.find(':', colon + 1) != std::string::npos) {
    return mistake(fmt::format("{} is not a range", go_quote(text)), "a range has one colon: FIRST:LAST");
  }
  const Read<int> last = read_member(text.substr(colon + 1));
  if (!last) return tl::unexpected(last.error());
  return DateRange{*first, *last};
}

// saturday:sunday goes around the week's end.
Read<DateRange> read_weekdays(const std::string& text) {
  return read_range(text, read_weekday);
}

// What is wrong in every month is refused; the shortest has 28 days.
Read<DateRange> read_days_of_month(const std::string& text) {
  const Read<DateRange> range = read_range(text, read_day_of_month);
  if (!range) return range;
  if (range->first < 0 && range->last > 0) {
    return mistake(
        fmt::format("{}: where the first day is counted from the end of the month, the last must be too",
                    text),
        "for example -7:-1, the last seven days");
  }
  const auto in_shortest = [](int day) { return day < 0 ? 28 + day : day; };
  if (in_shortest(range->first) > in_shortest(range->last)) {
    return mistake(fmt::format("the days {} end before they begin", text),
                   "write the earlier day first; a range does not go on into the next month");
  }
  return range;
}

Read<DateRange> read_months(const std::string& text) {
  const Read<DateRange> range = read_range(text, read_month);
  if (!range || range->first <= range->last) return range;
  return mistake(fmt::format("the months {} end before they begin", text),
                 fmt::format("write two ranges: {}:december and january:{}",
                             months()[static_cast<std::size_t>(range->first - 1)],
                             months()[static_cast<std::size_t>(range->last - 1)]));
}

Read<DateRange> read_years(const std::string& text) {
  const Read<DateRange> range = read_range(text, read_year);
  if (!range || range->first <= range->last) return range;
  return mistake(fmt::format("the years {} end before they begin", text), "write the earlier year first");
}

std::optional<int> minute_of_day(const std::string& text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (std::size_t i : {0, 1, 3, 4}) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
  }
  const int hour = (text[0] - '0') * 10 + (text[1] - '0');
  const int minute = (text[3] - '0') * 10 + (text[4] - '0');
  if (minute > 59 || hour > 24 || (hour == 24 && minute > 0)) return std::nullopt;
  return hour * 60 + minute;
}

class Reader {
 public:
  explicit Reader(Problems& problems) : problems_(problems) {}

  void read_list(const YamlNode& list, const char* key);
  NamedTimeIntervals named;

 private:
  void read_named(const YamlNode&, const char* key);
  std::vector<TimeInterval> read_entries(YamlObject&);
  TimeInterval read_entry(const YamlNode&);
  void read_times(YamlObject&, TimeInterval::Fields&);
  std::optional<MinuteRange> read_time(const YamlNode&);
  void read_dates(YamlObject&, const char* key, Read<DateRange> (*)(const std::string&),
                  std::optional<std::vector<DateRange>>&);
  void read_location(YamlObject&, TimeInterval::Fields&);
  void warn_empty(YamlObject&, const char* key);

  Problems& problems_;
};

void Reader::read_list(const YamlNode& list, const char* key) {
  if (list.null()) return;
  if (list.kind() != YamlNode::Kind::kList) {
    problems_.error(list.file(), list.position(), fmt::format("{} must be a list", key),
                    "begin each named interval with \"- name: NAME\"");
    return;
  }
  for (const YamlNode& item : list.items()) read_named(item, key);
}

void Reader::read_named(const YamlNode& node, const char* key) {
  // Alertmanager takes it too; nobody can name it.
  if (node.null()) {
    problems_.warning(node.file(), node.position(), fmt::format("an empty entry in {} has no effect", key),
                      "give it a name and time_intervals, or remove the line");
    return;
  }
  YamlObject object(node, "time interval", problems_);
  std::string name;
  object.text("name", name);
  if (name.empty()) object.error("name", "a time interval must have a name", "add `name: NAME`");
  std::vector<TimeInterval> entries = read_entries(object);
  object.refuse_unknown_keys();
  if (name.empty()) return;
  if (!named.emplace(name, std::move(entries)).second) {
    object.error("name", fmt::format("there are two time intervals {}", go_quote(name)),
                 "rename one; time_intervals and mute_time_intervals share their names");
  }
}

std::vector<TimeInterval> Reader::read_entries(YamlObject& object) {
  std::vector<TimeInterval> entries;
  const YamlNode list = object.child("time_intervals");
  for (const YamlNode& item : object.list("time_intervals")) entries.push_back(read_entry(item));
  if (list.null() || (list.kind() == YamlNode::Kind::kList && entries.empty())) {
    problems_.warning(object.file(), object.position(), "this time interval has no entries: it never holds",
                      "add `time_intervals:` with times, weekdays, days_of_month, months or years");
  }
  return entries;
}

TimeInterval Reader::read_entry(const YamlNode& node) {
  TimeInterval::Fields fields;
  const bool empty = node.null() || (node.kind() == YamlNode::Kind::kMapping && node.entries().empty());
  if (empty) {
    problems_.warning(node.file(), node.position(), "an empty entry holds at any time",
                      "say when it holds, or remove it");
    return TimeInterval(std::move(fields));
  }
  YamlObject object(node, "time_intervals entry", problems_);
  read_times(object, fields);
  read_dates(object, "weekdays", read_weekdays, fields.weekdays);
  read_dates(object, "days_of_month", read_days_of_month, fields.days_of_month);
  read_dates(object, "months", read_months, fields.months);
  read_dates(object, "years", read_years, fields.years);
  read_location(object, fields);
  object.refuse_unknown_keys();
  return TimeInterval(std::move(fields));
}

// As in Alertmanager an empty list is not the same as none: no time fits.
void Reader::warn_empty(YamlObject& object, const char* key) {
  problems_.warning(object.file(), object.position_of(key),
                    fmt::format("{} is an empty list: this entry never holds", key),
                    "remove the key where any will do");
}

void Reader::read_times(YamlObject& object, TimeInterval::Fields& fields) {
  if (!object.has("times")) {
    object.child("times");
    return;
  }
  fields.times.emplace();
  const std::vector<YamlNode> items = object.list("times");
  for (const YamlNode& item : items) {
    if (const auto range = read_time(item)) fields.times->push_back(*range);
  }
  if (items.empty() && object.child("times").kind() == YamlNode::Kind::kList) warn_empty(object, "times");
}

std::optional<MinuteRange> Reader::read_time(const YamlNode& node) {
  if (node.null()) {
    problems_.error(node.file(), node.position(), "an empty time range",
                    "write {start_time: '09:00', end_time: '17:00'}");
    return std::nullopt;
  }
  YamlObject object(node, "time range", problems_);
  if (node.kind() != YamlNode::Kind::kMapping) return std::nullopt;  // which the object has said
  std::array<std::optional<int>, 2> minutes;
  const std::array<const char*, 2> keys{"start_time", "end_time"};
  for (std::size_t i = 0; i < 2; ++i) {
    std::string text;
    object.text(keys[i], text);
    minutes[i] = minute_of_day(text);
    if (text.empty()) {
      object.error(keys[i], fmt::format("a time range needs {}", keys[i]),
                   "write {start_time: '09:00', end_time: '17:00'}");
    } else if (!minutes[i]) {
      object.error(keys[i], fmt::format("{} is not a time of day", go_quote(text)),
                   "times are 00:00 to 24:00, hours and minutes with two digits each");
    }
  }
  object.refuse_unknown_keys();
  if (!minutes[0] || !minutes[1]) return std::nullopt;
  if (*minutes[0] == *minutes[1] || *minutes[0] == 24 * 60) {
    object.error("start_time", "the time range is empty",
                 "a whole day is 00:00 to 24:00; one that starts after its end goes on past midnight");
    return std::nullopt;
  }
  return MinuteRange{*minutes[0], *minutes[1]};
}

void Reader::read_dates(YamlObject& object, const char* key, Read<DateRange> (*read)(const std::string&),
                        std::optional<std::vector<DateRange>>& ranges) {
  if (!object.has(key)) {
    object.child(key);
    return;
  }
  ranges.emplace();
  const std::vector<YamlNode> items = object.list(key);
  for (const YamlNode& item : items) {
    if (item.kind() != YamlNode::Kind::kScalar) {
      problems_.error(item.file(), item.position(), fmt::format("an item of {} must be text", key),
                      "write one value, or FIRST:LAST");
      continue;
    }
    if (const Read<DateRange> range = read(item.text())) {
      ranges->push_back(*range);
    } else {
      problems_.error(item.file(), item.position(), range.error().message, range.error().hint);
    }
  }
  if (items.empty() && object.child(key).kind() == YamlNode::Kind::kList) warn_empty(object, key);
}

void Reader::read_location(YamlObject& object, TimeInterval::Fields& fields) {
  std::string name;
  if (!object.text("location", name)) return;
  Result<tmpl::Zone> zone = tmpl::find_zone(name);
  if (zone) {
    fields.zone = std::move(*zone);
  } else {
    object.error(
        "location", zone.error().message,
        "write a name of the time zone database such as Europe/Berlin, or UTC, or Local; the package "
        "tzdata must be installed");
  }
}

}  // namespace

NamedTimeIntervals read_time_intervals(const YamlNode& time_intervals, const YamlNode& mute_time_intervals,
                                       Problems& problems) {
  Reader reader(problems);
  reader.read_list(time_intervals, "time_intervals");
  reader.read_list(mute_time_intervals, "mute_time_intervals");
  return std::move(reader.named);
}

}  // namespace tocsin
