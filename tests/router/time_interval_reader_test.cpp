#include "router/time_interval_reader.h"

#include <doctest/doctest.h>

using namespace tocsin;

namespace {

NamedTimeIntervals read(std::string_view yaml, Problems& problems) {
  const YamlDocument document = YamlDocument::parse(yaml, "tocsin.yml", problems);
  YamlObject root(document.root(), "the configuration", problems);
  return read_time_intervals(root.child("time_intervals"), root.child("mute_time_intervals"), problems);
}

// The file around one entry; the entry is in line 4.
std::string around(std::string_view entry) {
  return "time_intervals:\n- name: x\n  time_intervals:\n  - " + std::string(entry) + "\n";
}

}  // namespace

TEST_CASE("Every field of a time interval is read") {
  Problems problems;
  const NamedTimeIntervals named = read(around(R"({
    times: [{start_time: '01:35', end_time: '17:39'}, {start_time: 22:00, end_time: '24:00'}],
    weekdays: ['Monday:friday', sunday, 'saturday:sunday'],
    days_of_month: ['1:-1', 15, '-7:-1'],
    months: ['january:3', 12],
    years: ['2020:2022', 2030],
    location: Europe/Berlin})"),
                                        problems);
  REQUIRE(problems.to_string() == "");
  REQUIRE(named.at("x").size() == 1);
  const TimeInterval::Fields& fields = named.at("x")[0].fields();
  CHECK(*fields.times == std::vector<MinuteRange>{{95, 1059}, {1320, 1440}});
  CHECK(*fields.weekdays == std::vector<DateRange>{{1, 5}, {0, 0}, {6, 0}});
  CHECK(*fields.days_of_month == std::vector<DateRange>{{1, -1}, {15, 15}, {-7, -1}});
  CHECK(*fields.months == std::vector<DateRange>{{1, 3}, {12, 12}});
  CHECK(*fields.years == std::vector<DateRange>{{2020, 2022}, {2030, 2030}});
  CHECK(fields.zone.name() == "Europe/Berlin");
}

TEST_CASE("A location is UTC unless it is said, and may be the machine's own") {
  Problems problems;
  CHECK(read(around("{years: [2020]}"), problems).at("x")[0].fields().zone.name() == "UTC");
  CHECK(read(around("{location: ''}"), problems).at("x")[0].fields().zone.name() == "UTC");
  CHECK(read(around("{location: Local}"), problems).at("x")[0].fields().zone.name() == "Local");
  CHECK(problems.to_string() == "");
}

TEST_CASE("The older list of mute time intervals shares its names with the newer one") {
  Problems problems;
  const NamedTimeIntervals named = read(
      "time_intervals:\n- name: a\n  time_intervals: [{years: [2020]}]\n"
      "mute_time_intervals:\n- name: b\n  time_intervals: [{years: [2020]}]\n",
      problems);
  CHECK(problems.to_string() == "");
  CHECK(named.contains("a"));
  CHECK(named.contains("b"));
  read(
      "time_intervals:\n- name: a\n  time_intervals: [{years: [2020]}]\n"
      "mute_time_intervals:\n- name: a\n  time_intervals: [{years: [2020]}]\n",
      problems);
  REQUIRE(problems.all().size() == 1);
  CHECK(problems.all()[0].message == "there are two time intervals \"a\"");
  CHECK(problems.all()[0].position.line == 5);
}

TEST_CASE("Each mistake in an entry is named with its place") {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"times: [{start_time: '01:99', end_time: '23:59'}]", "\"01:99\" is not a time of day"},
      {"times: [{start_time: '00:00', end_time: '99:99'}]", "\"99:99\" is not a time of day"},
      {"times: [{start_time: '12:30', end_time: '24:01'}]", "\"24:01\" is not a time of day"},
      {"times: [{start_time: '9:00', end_time: '10:00'}]", "\"9:00\" is not a time of day"},
      {"times: [{start_time: '17:31', end_time: '17:31'}]", "the time range is empty"},
      {"times: [{start_time: '24:00', end_time: '17:41'}]", "the time range is empty"},
      {"times: [{start_time: '14:03'}]", "a time range needs end_time"},
      {"times: [{end_time: '14:03'}]", "a time range needs start_time"},
      {"times: [{start_time: '14:03', end_time: '15:00', zone: x}]", "zone"},
      {"times: ['14:03']", "must be a mapping"},
      {"times: [~]", "an empty time range"},
      {"weekdays: ['blurgsday:flurgsday']", "\"blurgsday\" is not a weekday"},
      {"weekdays: ['1:3']", "\"1\" is not a weekday"},
      {"weekdays: ['-2:-1']", "\"-2\" is not a weekday"},
      {"weekdays: [mon]", "\"mon\" is not a weekday"},
      {"weekdays: ['monday:tuesday:friday']", "is not a range"},
      {"weekdays: ['monday:']", "\"\" is not a weekday"},
      {"weekdays: [~]", "an item of weekdays must be text"},
      {"weekdays: monday", "weekdays"},
      {"days_of_month: ['0']", "\"0\" is not a day of a month"},
      {"days_of_month: ['-50:-20']", "\"-50\" is not a day of a month"},
      {"days_of_month: ['1:50']", "\"50\" is not a day of a month"},
      {"days_of_month: ['-15:5']", "the last must be too"},
      {"days_of_month: ['10:-25']", "the days 10:-25 end before they begin"},
      {"days_of_month: ['20:10']", "the days 20:10 end before they begin"},
      {"months: ['martius:june']", "\"martius\" is not a month"},
      {"months: ['march:junius']", "\"junius\" is not a month"},
      {"months: ['december:january']", "the months december:january end before they begin"},
      {"months: ['0']", "\"0\" is not a month"},
      {"months: ['1:13']", "\"13\" is not a month"},
      {"years: ['2022:2020']", "the years 2022:2020 end before they begin"},
      {"years: [MMXX]", "\"MMXX\" is not a year"},
      {"location: Mars/Phobos", "unknown time zone Mars/Phobos"},
      {"time_zone: Europe/Berlin", "time_zone"},
      {"just text", "must be a mapping"},
  };
  for (const auto& [entry, message] : rows) {
    CAPTURE(entry);
    Problems problems;
    read(around(entry), problems);
    CAPTURE(problems.to_string());
    REQUIRE(problems.all().size() == 1);
    CHECK(problems.has_errors());
    CHECK(problems.all()[0].message.find(message) != std::string::npos);
    CHECK(problems.all()[0].position.line == 4);
  }
}

TEST_CASE("Each mistake around the entries is named with its place") {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"time_intervals: text\n", "time_intervals must be a list"},
      {"mute_time_intervals: [{time_intervals: [{years: [2020]}]}]\n", "must have a name"},
      {"time_intervals: [{name: a, time_intervals: [{years: [2020]}], times: []}]\n", "times"},
      {"time_intervals: [{name: a, time_intervals: text}]\n", "time_intervals"},
  };
  for (const auto& [yaml, message] : rows) {
    CAPTURE(yaml);
    Problems problems;
    read(yaml, problems);
    CAPTURE(problems.to_string());
    REQUIRE(problems.all().size() == 1);
    CHECK(problems.has_errors());
    CHECK(problems.all()[0].message.find(message) != std::string::npos);
  }
}

TEST_CASE("An empty entry among the named ones is a warning") {
  Problems problems;
  CHECK(read("time_intervals:\n-\n", problems).empty());
  CHECK_FALSE(problems.has_errors());
  CHECK(problems.to_string().find("an empty entry in time_intervals has no effect") != std::string::npos);
}

TEST_CASE("What holds never or always, and is hardly meant so, is a warning") {
  struct Row {
    std::string yaml;
    std::string message;
    bool holds;
  };
  const TimePoint now = *parse_rfc3339("2024-01-05T12:00:00Z");
  const std::vector<Row> rows = {
      {"time_intervals: [{name: x}]\n", "has no entries", false},
      {"time_intervals: [{name: x, time_intervals: []}]\n", "has no entries", false},
      {around("weekdays: []"), "weekdays is an empty list", false},
      {around("times: []"), "times is an empty list", false},
      {around("{}"), "holds at any time", true},
      {around("~"), "holds at any time", true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.yaml);
    Problems problems;
    const NamedTimeIntervals named = read(row.yaml, problems);
    CHECK_FALSE(problems.has_errors());
    REQUIRE(problems.all().size() == 1);
    CHECK(problems.all()[0].message.find(row.message) != std::string::npos);
    CHECK(contains(named.at("x"), now) == row.holds);
  }
}
