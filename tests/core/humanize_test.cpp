#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "core/humanize.h"

using namespace tocsin;

namespace {
constexpr double kInfinity = std::numeric_limits<double>::infinity();
const double kNan = std::numeric_limits<double>::quiet_NaN();
struct Case {
  double value;
  const char* text;
};
}  // namespace

TEST_CASE("humanize steps by thousands in both directions") {
  const Case cases[] = {{0, "0"},
                        {1, "1"},
                        {1234567, "1.235M"},
                        {.12, "120m"},
                        {9223372036854775807.0, "9.223E"},
                        {999.96, "1000"},
                        {-1500, "-1.5k"},
                        {kNan, "NaN"},
                        {kInfinity, "+Inf"},
                        {-kInfinity, "-Inf"}};
  for (const Case& c : cases) CHECK(humanize(c.value) == c.text);
}

TEST_CASE("humanize1024 steps by 1024 upwards only") {
  const Case cases[] = {
      {0, "0"},        {1, "1"},      {0.12, "0.12"},     {1048576, "1Mi"}, {18446744073709551615.0, "16Ei"},
      {-2048, "-2ki"}, {kNan, "NaN"}, {kInfinity, "+Inf"}};
  for (const Case& c : cases) CHECK(humanize_1024(c.value) == c.text);
}

TEST_CASE("durations are split from days to seconds") {
  const Case cases[] = {{0, "0s"},
                        {1, "1s"},
                        {60, "1m 0s"},
                        {3600, "1h 0m 0s"},
                        {86400, "1d 0h 0m 0s"},
                        {-1, "-1s"},
                        {-90061, "-1d 1h 1m 1s"},
                        {899.99, "14m 59s"},
                        {1.2345, "1.234s"},
                        {12.345, "12.35s"},
                        {.1, "100ms"},
                        {.0001, "100us"},
                        {.12345, "123.5ms"},
                        {1234567, "14d 6h 56m 7s"},
                        {kNan, "NaN"},
                        {kInfinity, "+Inf"}};
  for (const Case& c : cases) {
    CAPTURE(c.value);
    CHECK(humanize_duration(c.value) == c.text);
  }
}

TEST_CASE("percentages have four digits") {
  const Case cases[] = {
      {-0.22222, "-22.22%"}, {0, "0%"}, {1, "100%"}, {1.23456, "123.5%"}, {1234567.891, "1.235e+08%"}};
  for (const Case& c : cases) CHECK(humanize_percentage(c.value) == c.text);
}

TEST_CASE("timestamps are UTC to the millisecond") {
  CHECK(humanize_timestamp(1435065584.128).value() == "2015-06-23 13:19:44.128 +0000 UTC");
  CHECK(humanize_timestamp(0).value() == "1970-01-01 00:00:00 +0000 UTC");
  CHECK(humanize_timestamp(kInfinity).value() == "+Inf");
  REQUIRE(!humanize_timestamp(1e20).has_value());
  CHECK(humanize_timestamp(1e20).error().message ==
        "1e+20 cannot be represented as a nanoseconds timestamp since it overflows int64");
}
