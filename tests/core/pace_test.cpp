#include "core/pace.h"

#include <doctest/doctest.h>

using namespace tocsin;
using namespace std::chrono_literals;

TEST_CASE("A rate is a number for each second, minute or hour") {
  const std::pair<std::string_view, Duration> table[] = {
      {"1/s", 1s},      {"4/s", 250ms}, {"0.5/s", 2s},      {"120/min", 500ms},
      {"120/m", 500ms}, {"20/h", 3min}, {"1/minute", 1min}, {"2/second", 500ms},
  };
  for (const auto& [text, interval] : table) {
    CAPTURE(text);
    const auto read = parse_rate(text);
    REQUIRE(read.has_value());
    CHECK(*read == interval);
  }
}

TEST_CASE("What is no rate is refused") {
  for (const std::string_view text :
       {"", "1", "/s", "1/", "1/d", "-1/s", "1 /s", "1/s ", "1e3/s", "x/s", "0/s", "0.0/s", "1./s", ".5/s",
        "1.2.3/s", "12345678901/s", "2000000/s"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_rate(text).has_value());
  }
}

TEST_CASE("A pace is printed as people would say it") {
  CHECK(Pace{}.to_string() == "no limit");
  CHECK(Pace{1s, 5}.to_string() == "1/s, 5 at once");
  CHECK(Pace{4s, 1}.to_string() == "15/min, 1 at once");
  CHECK(Pace{600ms, 20}.to_string() == "1.667/s, 20 at once");
  CHECK(Pace{10min, 1}.to_string() == "6/h, 1 at once");
}
