#include "core/moment.h"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace tocsin;

TEST_CASE("An age is as exact as it matters") {
  struct Row {
    Duration age;
    const char* text;
  };
  for (const Row& row : {Row{0s, "0s"}, Row{45s, "45s"}, Row{1499ms, "1s"}, Row{4min + 30s, "4m30s"},
                         Row{12min + 40s, "12m"}, Row{3h + 5min + 59s, "3h5m"}, Row{51h + 10min, "2d3h"}}) {
    CHECK(format_age(row.age) == row.text);
  }
}

TEST_CASE("A moment is a time of day with its distance, and has a date where the day is another one") {
  const TimePoint now = *parse_rfc3339("2026-01-02T12:04:05.4Z");
  struct Row {
    const char* at;
    const char* text;
  };
  for (const Row& row : {
           Row{"2026-01-02T12:01:05Z", "12:01:05 (3m ago)"},
           Row{"2026-01-02T12:04:35Z", "12:04:35 (in 30s)"},
           Row{"2026-01-02T12:04:05.2Z", "12:04:05 (now)"},
           Row{"2026-01-01T23:59:59Z", "2026-01-01 23:59:59 (12h4m ago)"},
           Row{"2026-01-05T12:04:06Z", "2026-01-05 12:04:06 (in 3d)"},
       }) {
    CHECK(format_moment(*parse_rfc3339(row.at), now) == row.text);
  }
}
