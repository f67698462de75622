#include "core/duration.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

namespace tocsin {
namespace {

using namespace std::chrono_literals;

struct Written {
  std::string text;
  Duration duration;
};
struct Refused {
  std::string text;
  std::string message;
};

}  // namespace

TEST_CASE("Prometheus durations are read as Prometheus reads them") {
  const Written table[] = {
      {"0", 0ns},
      {"0s", 0ns},
      {"5m", 5min},
      {"1h30m", 90min},
      {"1d12h", 36h},
      {"500ms", 500ms},
      {"1y", 8760h},
      {"2w", 336h},
      {"1w2d3h4m5s6ms", 219h + 4min + 5s + 6ms},
      {"292y", 292 * 8760h},
      {"007s", 7s},
  };
  for (const Written& row : table) {
    CAPTURE(row.text);
    const Result<Duration> duration = parse_prometheus_duration(row.text);
    REQUIRE(duration.has_value());
    CHECK(*duration == row.duration);
  }
}

TEST_CASE("what is no Prometheus duration is refused in Prometheus' words") {
  const Refused table[] = {
      {"", "empty duration string"},
      {"30m1h", R"(not a valid duration string: "30m1h")"},
      {"1m1m", R"(not a valid duration string: "1m1m")"},
      {"5", R"(not a valid duration string: "5")"},
      {"00", R"(not a valid duration string: "00")"},
      {"-5m", R"(not a valid duration string: "-5m")"},
      {"+5m", R"(not a valid duration string: "+5m")"},
      {" 5m", R"(not a valid duration string: " 5m")"},
      {"99999999999999999999s", R"(not a valid duration string: "99999999999999999999s")"},
      {"1.5h", R"(unknown unit "." in duration "1.5h")"},
      {"1m 5s", R"(unknown unit "m " in duration "1m 5s")"},
      {"5M", R"(unknown unit "M" in duration "5M")"},
      {"5 m", R"(unknown unit " m" in duration "5 m")"},
      {"300y", "duration out of range"},
      {"292y365d", "duration out of range"},
  };
  for (const Refused& row : table) {
    CAPTURE(row.text);
    const Result<Duration> duration = parse_prometheus_duration(row.text);
    REQUIRE_FALSE(duration.has_value());
    CHECK(duration.error().message == row.message);
  }
}

TEST_CASE("Prometheus durations print with the largest units that divide") {
  const Written table[] = {
      {"0s", 0ns},    {"0s", 999us},      {"1ms", 1ms},     {"1s", 1s},         {"1m30s", 90s},
      {"1w", 168h},   {"90d", 2160h},     {"1d12h", 36h},   {"1y", 8760h},      {"366d", 8784h},
      {"-5m", -5min}, {"1m1ms", 60001ms}, {"1s", 1s + 1us}, {"1w", 168h + 1us},
  };
  for (const Written& row : table) {
    CAPTURE(row.text);
    CHECK(format_prometheus_duration(row.duration) == row.text);
  }
}

TEST_CASE("Go durations are read as Go reads them") {
  const Written table[] = {
      {"0", 0ns},
      {"-0", 0ns},
      {"1.5h", 90min},
      {"300ms", 300ms},
      {"-1m", -1min},
      {"+5s", 5s},
      {"1h15m30.918s", 4530918ms},
      {".5s", 500ms},
      {"5.s", 5s},
      {"1us", 1us},
      {"1\xc2\xb5s", 1us},
      {"1\xce\xbcs", 1us},
      {"7ns", 7ns},
      {"1s1h", 3601s},
      {"9223372036854775807ns", Duration::max()},
      {"-9223372036854775808ns", Duration::min()},
      {"0.3333333333333333333h", 20min},
  };
  for (const Written& row : table) {
    CAPTURE(row.text);
    const Result<Duration> duration = parse_go_duration(row.text);
    REQUIRE(duration.has_value());
    CHECK(*duration == row.duration);
  }
}

TEST_CASE("what is no Go duration is refused in Go's words") {
  const Refused table[] = {
      {"", R"(time: invalid duration "")"},
      {"x", R"(time: invalid duration "x")"},
      {"-", R"(time: invalid duration "-")"},
      {".s", R"(time: invalid duration ".s")"},
      {"3", R"(time: missing unit in duration "3")"},
      {"1d", R"(time: unknown unit "d" in duration "1d")"},
      {"1h 5m", R"(time: unknown unit "h " in duration "1h 5m")"},
      {"9223372036854775808ns", R"(time: invalid duration "9223372036854775808ns")"},
      {"3000000h", R"(time: invalid duration "3000000h")"},
  };
  for (const Refused& row : table) {
    CAPTURE(row.text);
    const Result<Duration> duration = parse_go_duration(row.text);
    REQUIRE_FALSE(duration.has_value());
    CHECK(duration.error().message == row.message);
  }
}

TEST_CASE("Go durations print as Go prints them") {
  const Written table[] = {
      {"0s", 0ns},
      {"1ns", 1ns},
      {"1.1\xc2\xb5s", 1100ns},
      {"2.2ms", 2200us},
      {"3.3s", 3300ms},
      {"4m5s", 245s},
      {"4m5.001s", 245001ms},
      {"5h6m7.001s", 18367001ms},
      {"1h30m0s", 90min},
      {"300ms", 300ms},
      {"-1.5s", -1500ms},
      {"8m0.000000001s", 8min + 1ns},
      {"2562047h47m16.854775807s", Duration::max()},
      {"-2562047h47m16.854775808s", Duration::min()},
  };
  for (const Written& row : table) {
    CAPTURE(row.text);
    CHECK(format_go_duration(row.duration) == row.text);
  }
}

TEST_CASE("a printed duration reads back as itself") {
  // Odd steps walk through every mixture of units; Go's form is exact, Prometheus' to the millisecond.
  std::uint64_t state = 1;
  for (int i = 0; i < 2000; ++i) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    const Duration exact(static_cast<std::int64_t>(state >> (1 + i % 50)));
    CAPTURE(exact.count());
    CHECK(parse_go_duration(format_go_duration(exact)).value() == exact);
    const Duration millis = std::chrono::floor<std::chrono::milliseconds>(exact);
    CHECK(parse_prometheus_duration(format_prometheus_duration(millis)).value() == millis);
  }
}

}  // namespace tocsin
