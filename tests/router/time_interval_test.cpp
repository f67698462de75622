#include "router/time_interval.h"

#include <doctest/doctest.h>

#include "router/time_interval_reader.h"

using namespace tocsin;

namespace {

TimePoint time(std::string_view rfc3339) {
  return *parse_rfc3339(rfc3339);
}

// One entry, as it is written under time_intervals.
std::vector<TimeInterval> read(std::string_view entries) {
  Problems problems;
  const std::string yaml = "- name: x\n  time_intervals:\n" + std::string(entries);
  const YamlDocument document = YamlDocument::parse(yaml, "tocsin.yml", problems);
  NamedTimeIntervals named = read_time_intervals(document.root(), YamlNode(), problems);
  REQUIRE(problems.to_string() == "");
  return named.at("x");
}

struct Row {
  std::string entry;
  std::vector<std::string> inside;
  std::vector<std::string> outside;
};

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    CAPTURE(row.entry);
    const auto intervals = read("  - " + row.entry + "\n");
    for (const std::string& at : row.inside) {
      CAPTURE(at);
      CHECK(contains(intervals, time(at)));
    }
    for (const std::string& at : row.outside) {
      CAPTURE(at);
      CHECK_FALSE(contains(intervals, time(at)));
    }
  }
}

// Minute by minute, as nobody should.
TimePoint next_change_by_minutes(const std::vector<TimeInterval>& intervals, TimePoint from) {
  TimePoint at = std::chrono::floor<std::chrono::minutes>(from);
  const bool now = contains(intervals, from);
  do at += std::chrono::minutes(1);
  while (contains(intervals, at) == now);
  return at;
}

}  // namespace

TEST_CASE("An interval holds at the times that Alertmanager's does") {
  check({
      {"{times: [{start_time: '09:00', end_time: '17:00'}], weekdays: ['monday:friday']}",
       {"2020-05-04T15:04:00Z", "2020-05-05T10:04:00Z", "2020-06-09T09:04:00Z", "2020-07-08T09:00:00Z",
        "2020-07-08T16:59:59Z", "2021-04-01T13:00:00Z"},
       {"2020-05-03T15:04:00Z", "2020-05-04T08:59:59Z", "2020-05-05T05:00:00Z", "2020-07-08T17:00:00Z"}},
      {"{days_of_month: ['4:6'], months: [april], years: [2020]}",
       {"2020-04-04T15:04:00Z", "2020-04-05T00:00:00Z", "2020-04-06T23:05:00Z"},
       {"2018-05-03T15:04:00Z", "2020-04-03T23:59:00Z", "2020-06-04T23:59:00Z", "2019-04-06T23:59:00Z",
        "2020-04-07T00:00:00Z"}},
      {"{days_of_month: ['-3:-1']}",
       {"2020-01-31T15:04:00Z", "2020-01-30T15:04:00Z", "2020-01-29T15:04:00Z", "2020-06-30T00:00:00Z",
        "2020-02-29T23:05:00Z"},
       {"2018-05-03T15:04:00Z", "2020-01-28T15:04:00Z", "2020-04-03T23:59:00Z", "2020-03-01T00:00:00Z"}},
      {"{months: ['6'], days_of_month: ['-31:-1']}",
       {"2020-06-30T00:00:00Z", "2020-06-01T00:00:00Z"},
       {"2020-05-31T00:00:00Z", "2020-07-01T00:00:00Z"}},
      {"{weekdays: ['monday:friday', 'sunday'], months: ['january:march'], days_of_month: ['-7:-1'], "
       "years: ['2020:2025', '2030:2035'], times: [{start_time: '09:00', end_time: '17:00'}]}",
       {"2021-01-27T09:00:00Z", "2021-01-28T16:59:00Z", "2021-01-29T13:00:00Z", "2025-03-31T13:00:00Z",
        "2035-01-31T13:00:00Z"},
       {"2021-01-30T13:00:00Z", "2021-04-01T13:00:00Z", "2026-01-30T13:00:00Z", "2035-01-31T17:01:00Z"}},
      {"{weekdays: ['monday:wednesday', 'saturday', 'sunday'], times: [{start_time: '13:00', end_time: "
       "'15:00'}], days_of_month: ['1', '10', '20:-1'], years: ['2020:2023'], months: ['january:march']}",
       {"2021-01-10T13:00:00Z", "2021-01-30T14:24:00Z"},
       {"2021-01-09T13:00:00Z", "2021-01-20T12:59:00Z", "2021-02-02T13:00:00Z"}},
      {"{days_of_month: ['30:31'], years: ['2020:2023'], months: [february]}", {}, {"2021-02-28T13:00:00Z"}},
      {"{days_of_month: ['27:31'], months: [february]}", {"2021-02-28T13:00:00Z"}, {"2021-03-28T13:00:00Z"}},
      {"{times: [{start_time: '00:00', end_time: '24:00'}]}",
       {"2021-02-28T00:00:00Z", "2021-02-28T23:59:59Z"},
       {}},
      {"{months: ['January:DECEMBER']}", {"2021-01-01T00:00:00Z", "2021-12-31T23:59:59Z"}, {}},
  });
}

TEST_CASE("The wall clock of the location counts, summer time and winter time alike") {
  check({
      {"{times: [{start_time: '09:00', end_time: '17:00'}], weekdays: ['monday:friday'], location: "
       "Australia/Sydney}",
       {"2021-04-06T13:00:00+10:00"},
       {"2021-04-06T13:00:00Z"}},
      {"{times: [{start_time: '09:00', end_time: '17:00'}], months: [november], location: Australia/Sydney}",
       {"2021-11-01T09:00:00+11:00", "2021-10-31T22:00:00Z"},
       {"2021-10-31T21:00:00Z"}},
      // 02:30 does not exist on the day when clocks go forward, and exists twice when they go back.
      {"{times: [{start_time: '02:00', end_time: '03:00'}], location: Europe/Berlin}",
       {"2024-10-27T00:30:00Z", "2024-10-27T01:30:00Z", "2024-03-30T01:30:00Z"},
       {"2024-03-31T00:59:59Z", "2024-03-31T01:00:00Z", "2024-10-27T02:00:00Z"}},
      {"{times: [{start_time: '02:00', end_time: '02:30'}], location: Australia/Lord_Howe}",
       {"2024-04-05T15:00:00Z", "2024-04-07T15:30:00Z"},
       // Clocks go from 02:00 to 02:30 at 15:30 UTC.
       {"2024-10-05T15:29:59Z", "2024-10-05T15:30:00Z"}},
      {"{times: [{start_time: '01:30', end_time: '02:00'}], location: Australia/Lord_Howe}",
       // Clocks go from 02:00 back to 01:30 at 15:00 UTC.
       {"2024-04-06T14:45:00Z", "2024-04-06T15:00:00Z", "2024-04-06T15:29:59Z"},
       {"2024-04-06T15:30:00Z"}},
  });
}

TEST_CASE("Hours past midnight belong to the day on which they start") {
  check({
      // 2024-01-05 is a Friday.
      {"{times: [{start_time: '22:00', end_time: '06:00'}], weekdays: [friday]}",
       {"2024-01-05T22:00:00Z", "2024-01-05T23:59:00Z", "2024-01-06T00:00:00Z", "2024-01-06T05:59:00Z"},
       {"2024-01-05T05:00:00Z", "2024-01-05T21:59:00Z", "2024-01-06T06:00:00Z", "2024-01-06T22:00:00Z"}},
      {"{times: [{start_time: '22:00', end_time: '00:00'}], weekdays: [friday]}",
       {"2024-01-05T23:59:00Z"},
       {"2024-01-06T00:00:00Z", "2024-01-05T00:00:00Z"}},
      {"{times: [{start_time: '20:00', end_time: '04:00'}], days_of_month: ['-1'], months: [december], "
       "years: [2024]}",
       {"2024-12-31T20:00:00Z", "2025-01-01T03:59:00Z"},
       {"2024-12-31T03:00:00Z", "2024-12-01T03:00:00Z", "2025-01-01T20:00:00Z"}},
  });
}

TEST_CASE("A range of weekdays may go around the week's end") {
  check({
      {"{weekdays: ['saturday:sunday']}",
       {"2024-01-06T12:00:00Z", "2024-01-07T12:00:00Z"},
       {"2024-01-05T12:00:00Z", "2024-01-08T12:00:00Z"}},
      {"{weekdays: ['friday:monday']}",
       {"2024-01-05T12:00:00Z", "2024-01-08T12:00:00Z"},
       {"2024-01-04T12:00:00Z", "2024-01-09T12:00:00Z"}},
  });
}

TEST_CASE("Entries of one name are alternatives; no entry holds never, an empty one always") {
  const auto weekend_or_night =
      read("  - weekdays: [saturday]\n  - times: [{start_time: '22:00', end_time: '06:00'}]\n");
  CHECK(contains(weekend_or_night, time("2024-01-06T12:00:00Z")));
  CHECK(contains(weekend_or_night, time("2024-01-05T23:00:00Z")));
  CHECK_FALSE(contains(weekend_or_night, time("2024-01-05T12:00:00Z")));
  CHECK_FALSE(contains(std::vector<TimeInterval>{}, time("2024-01-05T12:00:00Z")));
  CHECK(contains({TimeInterval()}, time("2024-01-05T12:00:00Z")));
}

TEST_CASE("The names that hold are answered in the order asked") {
  NamedTimeIntervals named;
  named["always"] = {TimeInterval()};
  named["also"] = {TimeInterval()};
  named["never"] = {};
  CHECK(active_names({"never", "gone", "always", "also"}, named, time("2024-01-05T12:00:00Z")) ==
        std::vector<std::string>{"always", "also"});
}

TEST_CASE("The next change is found without going there minute by minute") {
  const std::vector<std::string> entries = {
      "  - {times: [{start_time: '09:00', end_time: '17:00'}], weekdays: ['monday:friday'], location: "
      "Europe/Berlin}\n",
      "  - {times: [{start_time: '22:00', end_time: '06:00'}], location: Australia/Lord_Howe}\n",
      "  - {times: [{start_time: '02:00', end_time: '02:30'}], location: Australia/Lord_Howe}\n",
      "  - {times: [{start_time: '02:15', end_time: '03:00'}], location: Europe/Berlin}\n",
      "  - {days_of_month: ['-1'], location: America/St_Johns}\n",
      "  - {weekdays: [sunday]}\n  - {times: [{start_time: '00:00', end_time: '02:10'}], location: "
      "Asia/Kolkata}\n",
  };
  // Days around the changes of clocks in 2024.
  for (const char* start : {"2024-03-30T20:10:30Z", "2024-10-26T13:00:00Z", "2024-04-06T10:01:02.5Z",
                            "2024-10-05T09:59:59.999Z", "2024-01-01T00:00:00Z"}) {
    for (const std::string& entry : entries) {
      CAPTURE(entry);
      const auto intervals = read(entry);
      TimePoint at = time(start);
      for (int i = 0; i < 4; ++i) {
        CAPTURE(format_rfc3339(at));
        const TimePoint next = next_change(intervals, at);
        REQUIRE(format_rfc3339(next) == format_rfc3339(next_change_by_minutes(intervals, at)));
        at = next;
      }
    }
  }
}

TEST_CASE("A change that is far away is found, one that never comes is never") {
  const TimePoint now = time("2024-01-05T12:00:00Z");
  CHECK(format_rfc3339(next_change(read("  - {months: [december], years: [2025]}\n"), now)) ==
        "2025-12-01T00:00:00Z");
  CHECK(next_change(read("  - {years: [2030]}\n"), now) == kNever);
  CHECK(next_change({}, now) == kNever);
  CHECK(next_change({TimeInterval()}, now) == kNever);
  CHECK(next_change(read("  - {times: [{start_time: '00:00', end_time: '24:00'}]}\n"), now) == kNever);
  CHECK(next_change(read("  - {years: [2024]}\n"), kNever) == kNever);
  CHECK(next_change(read("  - {years: [2024]}\n"), kNoTime) == kNever);
}
