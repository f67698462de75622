#include "core/template/time_methods.h"

#include <algorithm>
#include <limits>
#include <map>
#include <string>

#include "core/template/go_format.h"
#include "core/template/go_time_format.h"
#include "core/template/object.h"

namespace tocsin::tmpl {
namespace {

using Method = std::shared_ptr<const Function>;

// time.Location: what In takes and Location returns.
class Location : public Object {
 public:
  static constexpr const char* kTypeName = "*time.Location";
  explicit Location(Zone zone) : zone_(std::move(zone)) {}
  std::string type_name() const override { return kTypeName; }
  std::optional<std::string> text() const override { return zone_.name(); }
  const Zone& zone() const { return zone_; }

 private:
  Zone zone_;
};

struct TimeReceiver {
  Time time;
  Zone local;
};

using TimeMethods = std::map<std::string_view, Method (*)(const TimeReceiver&)>;
using DurationMethods = std::map<std::string_view, Method (*)(Duration)>;

// A method without arguments that reads one number of the wall clock.
template <auto Field>
Method civil_field(const TimeReceiver& receiver) {
  return make_function([time = receiver.time] { return static_cast<std::int64_t>(time.civil().*Field); });
}

const TimeMethods& format_methods() {
  static const TimeMethods kMethods = {
      {"Format",
       [](const TimeReceiver& r) {
         return make_function([t = r.time](const std::string& layout) { return format_go_time(t, layout); });
       }},
      {"String", [](const TimeReceiver& r) { return make_function([t = r.time] { return time_text(t); }); }},
      {"Unix",
       [](const TimeReceiver& r) {
         return make_function([t = r.time] { return Value::integer(t.unix_seconds(), IntegerType::int64); });
       }},
      {"UnixMilli",
       [](const TimeReceiver& r) {
         return make_function([t = r.time] {
           return Value::integer(t.unix_seconds() * 1'000 + t.nanosecond() / 1'000'000, IntegerType::int64);
         });
       }},
      {"UnixMicro",
       [](const TimeReceiver& r) {
         return make_function([t = r.time] {
           return Value::integer(t.unix_seconds() * 1'000'000 + t.nanosecond() / 1'000, IntegerType::int64);
         });
       }},
      {"UnixNano",
       [](const TimeReceiver& r) {
         return make_function([t = r.time] {
           // Years outside 1678..2262 wrap around, as in Go.
           const auto wrapped = static_cast<std::uint64_t>(t.unix_seconds()) * 1'000'000'000U +
                                static_cast<std::uint64_t>(t.nanosecond());
           return Value::integer(static_cast<std::int64_t>(wrapped), IntegerType::int64);
         });
       }},
      {"IsZero", [](const TimeReceiver& r) { return make_function([t = r.time] { return t.is_zero(); }); }},
      {"IsDST",
       [](const TimeReceiver& r) {
         return make_function([t = r.time] {
           // Daylight saving is on when the offset is above the smaller one of January and July.
           const std::int64_t year = t.civil().year;
           const auto offset = [&](int month) {
             return Time::from_civil(year, month, 1, 0, 0, 0, 0, t.zone()).civil().offset.seconds;
           };
           return t.civil().offset.seconds > std::min(offset(1), offset(7));
         });
       }},
  };
  return kMethods;
}

const TimeMethods& civil_methods() {
  static const TimeMethods kMethods = {
      {"Year", civil_field<&CivilTime::year>},
      {"Day", civil_field<&CivilTime::day>},
      {"Hour", civil_field<&CivilTime::hour>},
      {"Minute", civil_field<&CivilTime::minute>},
      {"Second", civil_field<&CivilTime::second>},
      {"Nanosecond", civil_field<&CivilTime::nanosecond>},
      {"YearDay", civil_field<&CivilTime::day_of_year>},
      {"Month",
       [](const TimeReceiver& r) {
         return make_function([t = r.time] { return Value::integer(t.civil().month, IntegerType::month); });
       }},
      {"Weekday",
       [](const TimeReceiver& r) {
         return make_function(
             [t = r.time] { return Value::integer(t.civil().weekday, IntegerType::weekday); });
       }},
      {"UTC",
       [](const TimeReceiver& r) { return make_function([t = r.time] { return t.in(Zone::utc()); }); }},
      {"Local", [](const TimeReceiver& r) { return make_function([r] { return r.time.in(r.local); }); }},
      {"Location",
       [](const TimeReceiver& r) {
         return make_function([t = r.time] { return Value::object(std::make_shared<Location>(t.zone())); });
       }},
      {"In",
       [](const TimeReceiver& r) {
         return make_function([t = r.time](const std::shared_ptr<const Location>& location) {
           return t.in(location->zone());
         });
       }},
  };
  return kMethods;
}

const TimeMethods& arithmetic_methods() {
  static const TimeMethods kMethods = {
      {"Add",
       [](const TimeReceiver& r) { return make_function([t = r.time](Duration d) { return t.add(d); }); }},
      {"Sub",
       [](const TimeReceiver& r) {
         return make_function([t = r.time](const Time& other) { return t.since(other); });
       }},
      {"AddDate",
       [](const TimeReceiver& r) {
         return make_function([t = r.time](std::int64_t years, std::int64_t months, std::int64_t days) {
           return t.add_date(years, months, days);
         });
       }},
      {"Truncate",
       [](const TimeReceiver& r) {
         return make_function([t = r.time](Duration d) { return t.truncate(d); });
       }},
      {"Round",
       [](const TimeReceiver& r) { return make_function([t = r.time](Duration d) { return t.round(d); }); }},
      {"Before",
       [](const TimeReceiver& r) {
         return make_function([t = r.time](const Time& o) { return t.compare(o) < 0; });
       }},
      {"After",
       [](const TimeReceiver& r) {
         return make_function([t = r.time](const Time& o) { return t.compare(o) > 0; });
       }},
      {"Equal",
       [](const TimeReceiver& r) {
         return make_function([t = r.time](const Time& o) { return t.compare(o) == 0; });
       }},
      {"Compare",
       [](const TimeReceiver& r) {
         return make_function([t = r.time](const Time& o) {
           const auto order = t.compare(o);
           return static_cast<std::int64_t>(order < 0 ? -1 : order > 0 ? 1 : 0);
         });
       }},
  };
  return kMethods;
}

const DurationMethods& duration_methods() {
  static const DurationMethods kMethods = {
      {"String", [](Duration d) { return make_function([d] { return duration_text(d); }); }},
      {"Hours",
       [](Duration d) { return make_function([d] { return duration_in(d, {3'600'000'000'000}); }); }},
      {"Minutes", [](Duration d) { return make_function([d] { return duration_in(d, {60'000'000'000}); }); }},
      {"Seconds", [](Duration d) { return make_function([d] { return duration_seconds(d); }); }},
      {"Milliseconds",
       [](Duration d) {
         return make_function([d] { return Value::integer(d.nanoseconds / 1'000'000, IntegerType::int64); });
       }},
      {"Microseconds",
       [](Duration d) {
         return make_function([d] { return Value::integer(d.nanoseconds / 1'000, IntegerType::int64); });
       }},
      {"Nanoseconds",
       [](Duration d) {
         return make_function([d] { return Value::integer(d.nanoseconds, IntegerType::int64); });
       }},
      {"Round",
       [](Duration d) { return make_function([d](Duration multiple) { return round(d, multiple); }); }},
      {"Truncate",
       [](Duration d) { return make_function([d](Duration multiple) { return truncate(d, multiple); }); }},
      {"Abs",
       [](Duration d) {
         return make_function([d] {
           constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
           if (d.nanoseconds == std::numeric_limits<std::int64_t>::min()) return Duration{kMax};
           return Duration{d.nanoseconds < 0 ? -d.nanoseconds : d.nanoseconds};
         });
       }},
  };
  return kMethods;
}

template <class Methods, class Receiver>
Method look_up(const Methods& methods, std::string_view name, const Receiver& receiver) {
  const auto found = methods.find(name);
  return found == methods.end() ? nullptr : found->second(receiver);
}

}  // namespace

std::shared_ptr<const Function> time_method(const Value& receiver, std::string_view name, const Zone& local) {
  if (receiver.is_duration()) return look_up(duration_methods(), name, receiver.as_duration());
  if (receiver.kind() == Kind::time) {
    const TimeReceiver time{receiver.as_time(), local};
    for (const TimeMethods* methods : {&format_methods(), &civil_methods(), &arithmetic_methods()}) {
      if (Method method = look_up(*methods, name, time)) return method;
    }
    return nullptr;
  }
  const bool named = receiver.kind() == Kind::integer && (receiver.integer_type() == IntegerType::month ||
                                                          receiver.integer_type() == IntegerType::weekday);
  if (named && name == "String") {
    return make_function([text = value_text(receiver)] { return text; });
  }
  return nullptr;
}

}  // namespace tocsin::tmpl
