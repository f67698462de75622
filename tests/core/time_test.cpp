#include "core/time.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace tocsin {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint at(std::int64_t seconds, std::int64_t nanoseconds = 0) {
  return TimePoint(std::chrono::seconds(seconds)) + Duration(nanoseconds);
}

}  // namespace

TEST_CASE("RFC 3339 times are read with fractions and any offset") {
  const struct {
    std::string text;
    TimePoint time;
  } table[] = {
      {"1970-01-01T00:00:00Z", at(0)},
      {"2023-11-14T22:13:20Z", at(1'700'000'000)},
      {"2023-11-14T23:13:20+01:00", at(1'700'000'000)},
      {"2023-11-14T16:43:20-05:30", at(1'700'000'000)},
      {"2023-11-14T22:13:20.5Z", at(1'700'000'000, 500'000'000)},
      {"2023-11-14T22:13:20.123456789Z", at(1'700'000'000, 123'456'789)},
      {"2023-11-14T22:13:20.1234567899Z", at(1'700'000'000, 123'456'789)},
      {"1969-12-31T23:59:59.25Z", at(-1, 250'000'000)},
      {"2024-02-29T00:00:00Z", at(1'709'164'800)},
      {"0001-01-01T00:00:00Z", kNoTime},
      {"0001-01-01T01:00:00+01:00", kNoTime},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    const Result<TimePoint> time = parse_rfc3339(row.text);
    REQUIRE(time.has_value());
    CHECK(*time == row.time);
  }
}

TEST_CASE("what is no RFC 3339 time is refused, and shown back") {
  for (const std::string& text : std::vector<std::string>{
           "", "2023", "2023-11-14", "2023-11-14 22:13:20Z", "2023-11-14T22:13:20", "2023-11-14T22:13:20z",
           "2023-11-14T22:13:20.Z", "2023-11-14T22:13:20+0100", "2023-11-14T22:13:20Zx", "23-11-14T22:13:20Z",
           "2023-13-01T00:00:00Z", "2023-02-29T00:00:00Z", "2023-01-01T24:00:00Z", "2023-01-01T00:60:00Z",
           "2023-01-01T00:00:60Z", "2023-01-01T00:00:00+24:00", "2023-01-01T00:00:00+01:60",
           "-023-01-01T00:00:00Z"}) {
    CAPTURE(text);
    const Result<TimePoint> time = parse_rfc3339(text);
    REQUIRE_FALSE(time.has_value());
    CHECK(time.error().message.find('"' + std::string(text) + '"') != std::string::npos);
  }
}

TEST_CASE("times outside the range of nanoseconds are clamped, and an early time is still a time") {
  CHECK(parse_rfc3339("9999-12-31T23:59:59Z").value() == kNever);
  CHECK(parse_rfc3339("1500-01-01T00:00:00Z").value() == kNoTime + 1ns);
  CHECK(is_set(parse_rfc3339("0001-01-01T00:00:01Z").value()));
}

TEST_CASE("times print as Go prints them in UTC") {
  CHECK(format_rfc3339(at(1'700'000'000)) == "2023-11-14T22:13:20Z");
  CHECK(format_rfc3339(at(1'700'000'000, 120'000'000)) == "2023-11-14T22:13:20.12Z");
  CHECK(format_rfc3339(at(1'700'000'000, 1)) == "2023-11-14T22:13:20.000000001Z");
  CHECK(format_rfc3339(at(-1, 250'000'000)) == "1969-12-31T23:59:59.25Z");
  CHECK(format_rfc3339(kNoTime) == "0001-01-01T00:00:00Z");
  CHECK(format_rfc3339(kNever) == "2262-04-11T23:47:16.854775807Z");
  CHECK(format_rfc3339(kNoTime + 1ns) == "1677-09-21T00:12:43.145224193Z");
}

TEST_CASE("the API's times have three fraction digits, cut off and not rounded") {
  CHECK(format_rfc3339_millis(at(1'700'000'000)) == "2023-11-14T22:13:20.000Z");
  CHECK(format_rfc3339_millis(at(1'700'000'000, 678'999'999)) == "2023-11-14T22:13:20.678Z");
  CHECK(format_rfc3339_millis(kNoTime) == "0001-01-01T00:00:00.000Z");
}

TEST_CASE("Unix seconds have three digits") {
  CHECK(format_unix_seconds(at(1'700'000'000, 123'000'000)) == "1700000000.123");
  CHECK(format_unix_seconds(at(0)) == "0.000");
  CHECK(format_unix_seconds(at(-1, 500'000'000)) == "-0.500");
}

TEST_CASE("spans turn into seconds and back, and saturate") {
  CHECK(to_seconds(1500ms) == 1.5);
  CHECK(to_seconds(-1500ms) == -1.5);
  CHECK(from_seconds(0.1) == 100ms);
  CHECK(from_seconds(1e300) == Duration::max());
  CHECK(from_seconds(-std::numeric_limits<double>::infinity()) == Duration::min());
  CHECK(from_seconds(std::nan("")) == 0ns);
}

}  // namespace tocsin
