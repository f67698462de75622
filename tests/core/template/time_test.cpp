#include <cstdlib>

#include "core/template/go_time_format.h"
#include "tests/core/template/template_table.h"

namespace tocsin::tmpl {
namespace {

const Time kMoment(1435065584, 128'000'000);  // 2015-06-23T13:19:44.128Z, a Tuesday.

TEST_CASE("times are written by Go layouts") {
  struct Row {
    const char* layout;
    const char* want;
  };
  const std::vector<Row> rows = {
      {"2006-01-02T15:04:05Z07:00", "2015-06-23T13:19:44Z"},
      {"Mon, 02 Jan 2006 15:04:05 MST", "Tue, 23 Jun 2015 13:19:44 UTC"},
      {"Monday January _2 3:04PM 06", "Tuesday June 23 1:19PM 15"},
      {"15:04:05.000 .999999 ,000", "13:19:44.128 .128 ,128"},
      {"002 __2 _2 2 1 3 4 5 pm", "174 174 23 23 6 1 19 44 pm"},
      {"-0700 -07:00 -07 Z0700", "+0000 +00:00 +00 Z"},
      {"Janet Monster", "Janet Monster"},
  };
  for (const Row& row : rows) CHECK(format_go_time(kMoment, row.layout) == row.want);
}

TEST_CASE("zones shift the wall clock, with daylight saving far into the future") {
  const Zone berlin = *find_zone("Europe/Berlin");
  CHECK(format_go_time(kMoment.in(berlin), "15:04 MST -0700") == "15:19 CEST +0200");
  CHECK(format_go_time(Time(2854216094, 0, berlin), "2006-01-02 15:04 MST") == "2060-06-11 23:48 CEST");
  CHECK(format_go_time(kMoment.in(Zone::fixed("X", -5400)), "15:04 MST -0700") == "11:49 X -0130");
  CHECK(find_zone("Mars/Phobos").error().message == "unknown time zone Mars/Phobos");
}

TEST_CASE("the zone Local is the one that TZ names") {
  const char* before = std::getenv("TZ");
  const std::string kept = before == nullptr ? "" : before;
  setenv("TZ", "Asia/Kolkata", 1);
  const Zone local = *find_zone("Local");
  CHECK(local.name() == "Local");
  CHECK(format_go_time(kMoment.in(local), "15:04 MST -0700") == "18:49 IST +0530");
  CHECK(local.offset_for_local(0) == 19800);
  before == nullptr ? unsetenv("TZ") : setenv("TZ", kept.c_str(), 1);
  find_zone("Local");
}

TEST_CASE("the zero time is year 1 and known as zero") {
  CHECK(time_text(Time()) == "0001-01-01 00:00:00 +0000 UTC");
  CHECK(Time().is_zero());
  CHECK(!kMoment.is_zero());
}

TEST_CASE("times are read by Go layouts, with Go's complaints") {
  const auto read = [](const char* layout, const char* text) {
    const auto time = parse_go_time(layout, text);
    return time ? time_text(*time) : time.error().message;
  };
  CHECK(read("2006-01-02", "2024-02-29") == "2024-02-29 00:00:00 +0000 UTC");
  CHECK(read("2006-01-02 15:04:05", "2024-02-29 10:11:12.5") == "2024-02-29 10:11:12.5 +0000 UTC");
  CHECK(read("2006-01-02T15:04:05Z07:00", "2024-02-29T10:11:12+02:00") == "2024-02-29 10:11:12 +0200 +0200");
  CHECK(read("Jan _2 2006 3:04PM", "feb  3 2024 12:30AM") == "2024-02-03 00:30:00 +0000 UTC");
  CHECK(read("2006 002", "2024 060") == "2024-02-29 00:00:00 +0000 UTC");
  CHECK(read("2006-01-02", "2023-02-29") == "parsing time \"2023-02-29\": day out of range");
  CHECK(read("2006-01-02", "2023-13-01") == "parsing time \"2023-13-01\": month out of range");
  CHECK(read("2006", "x") == "parsing time \"x\" as \"2006\": cannot parse \"x\" as \"2006\"");
  CHECK(read("2006", "2024x") == "parsing time \"2024x\": extra text: \"x\"");
}

TEST_CASE("durations print and round as Go's") {
  CHECK(duration_text({0}) == "0s");
  CHECK(duration_text({1}) == "1ns");
  CHECK(duration_text({1'500}) == "1.5µs");
  CHECK(duration_text({-2'000'000}) == "-2ms");
  CHECK(duration_text({1800'000'000'000}) == "30m0s");
  CHECK(duration_text({3'723'500'000'000}) == "1h2m3.5s");
  CHECK(duration_text({std::numeric_limits<std::int64_t>::min()}) == "-2562047h47m16.854775808s");
  CHECK(duration_text(round({1'500'000'000}, {1'000'000'000})) == "2s");
  CHECK(duration_text(truncate({-1'900'000'000}, {1'000'000'000})) == "-1s");
}

TEST_CASE("templates call the methods of times and durations") {
  const Value data = Value::map({{"t", Value::time(kMoment)},
                                 {"zero", Value::time(Time())},
                                 {"d", Value::duration({3'723'500'000'000})}});
  ExecuteOptions options;
  options.local = *find_zone("Europe/Berlin");
  check_table(
      {
          {"{{.t}}", "2015-06-23 13:19:44.128 +0000 UTC"},
          {"{{.t.Format \"15:04\"}} {{\"2006\" | .t.Format}}", "13:19 2015"},
          {"{{.t.Year}} {{.t.Month}} {{printf \"%d\" .t.Month}} {{.t.Day}} {{.t.Weekday}} {{.t.YearDay}}",
           "2015 June 6 23 Tuesday 174"},
          {"{{.t.Hour}}:{{.t.Minute}}:{{.t.Second}} {{.t.Nanosecond}} {{.t.Unix}} {{.t.UnixMilli}}",
           "13:19:44 128000000 1435065584 1435065584128"},
          {"{{.zero.IsZero}} {{.t.IsZero}} {{.t.After .zero}} {{.t.Before .zero}} {{.t.Equal .t}} "
           "{{.t.Compare .zero}}",
           "true false true false true 1"},
          {"{{.t.Sub (.t.Add -5000000000)}} {{(.t.Truncate 60000000000).Second}}", "5s 0"},
          {"{{(.t.AddDate 0 1 -23).Format \"2006-01-02\"}}", "2015-06-30"},
          {"{{.t.Local.Format \"15:04 MST\"}} {{.t.Local.UTC.Hour}} {{.t.Local.Location}}",
           "15:19 CEST 13 Europe/Berlin"},
          {"{{.d}} {{.d.Hours}} {{.d.Seconds}} {{.d.Milliseconds}} {{.d.Round 60000000000}}",
           "1h2m3.5s 1.0343055555555556 3723.5 3723500 1h2m0s"},
          {"{{if eq .t.Month 6}}June{{end}} {{.t.Month.String | len}} {{gt .d 5}}", "June 4 true"},
          {"{{.t.Nope}}",
           "template: t:1:4: executing \"t\" at <.t.Nope>: can't evaluate field Nope in type interface {}"},
          {"{{.t.Format 5}}", "template: t:1:12: executing \"t\" at <5>: expected string; found 5"},
          {"{{.t.Format}}",
           "template: t:1:4: executing \"t\" at <.t.Format>: wrong number of args for Format: want 1 got 0"},
      },
      data, options);
}

}  // namespace
}  // namespace tocsin::tmpl
