// A TimeInterval is one entry of a named time interval: hours, weekdays, days, months and years of a zone's
// wall clock. All fields that are given must fit; within a field any range may. A name stands for several
// entries, of which any may hold. Who is muted by which name is said by routes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/template/time_zone.h"
#include "core/time.h"

namespace tocsin {

// Minutes of the day, 0 to 1440; the end is not part of it. A range whose start is after its end goes on past
// midnight and belongs to the day on which it starts.
struct MinuteRange {
  int start = 0;
  int end = 0;
  friend bool operator==(const MinuteRange&, const MinuteRange&) = default;
};

// Both ends are part of it.
struct DateRange {
  int first = 0;
  int last = 0;
  friend bool operator==(const DateRange&, const DateRange&) = default;
};

class TimeInterval {
 public:
  // A field that is absent fits always; one without ranges never.
  struct Fields {
    std::optional<std::vector<MinuteRange>> times;
    std::optional<std::vector<DateRange>> weekdays;  // 0 is Sunday; first after last: around the week's end
    std::optional<std::vector<DateRange>> days_of_month;  // -1 is the last day of the month
    std::optional<std::vector<DateRange>> months;         // 1 to 12
    std::optional<std::vector<DateRange>> years;
    tmpl::Zone zone;
  };

  TimeInterval() = default;  // always
  explicit TimeInterval(Fields fields) : fields_(std::move(fields)) {}
  const Fields& fields() const { return fields_; }

  // By the minute of the wall clock; seconds do not matter.
  bool contains(TimePoint) const;

  // Adds the instants of [from, to), at most a day apart, at which contains() may change its answer.
  void add_edges(TimePoint from, TimePoint to, std::vector<TimePoint>& edges) const;

 private:
  bool contains_day(std::int64_t local_day) const;
  bool contains_local(std::int64_t local_seconds) const;
  void add_local_edges(std::int64_t from, std::int64_t to, std::int64_t offset,
                       std::vector<TimePoint>& edges) const;

  Fields fields_;
};

using NamedTimeIntervals = std::map<std::string, std::vector<TimeInterval>, std::less<>>;

// Whether any holds; false where there are none.
bool contains(const std::vector<TimeInterval>&, TimePoint);

// Those of `names` that hold now, in their order. A name that does not exist holds never.
std::vector<std::string> active_names(const std::vector<std::string>& names, const NamedTimeIntervals&,
                                      TimePoint);

// The first instant after `from` at which contains() gives another answer than at `from`; kNever where that
// is more than two years away.
TimePoint next_change(const std::vector<TimeInterval>&, TimePoint from);

}  // namespace tocsin
