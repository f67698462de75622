#include "rules/watched_value.h"

#include <doctest/doctest.h>

namespace tocsin {

TEST_CASE("what a rule watches is what it compares, and with which number") {
  struct Row {
    const char* expression;
    const char* watched;
    const char* comparison;
    double threshold;  // where there is a comparison
  };
  for (const Row& row : {
           Row{"a > 1", "a", ">", 1},
           Row{"5 <= a", "a", ">=", 5},
           Row{"5 > a", "a", "<", 5},
           Row{"(a / b) >= 0.5", "(a / b)", ">=", 0.5},
           Row{"((rate(a[5m]) > 2 * 60))", "rate(a[5m])", ">", 120},
           Row{"a < -(1 / 4)", "a", "<", -0.25},
           Row{"a == 0", "a", "==", 0},
           Row{"a > 5m", "a", ">", 300},
           Row{"a > 1 and on (job) b == 1", "a", ">", 1},
           Row{"(a > 1 unless b) and c", "a", ">", 1},
           Row{"a > b", "a", "", 0},
           Row{"a > on (job) group_left () b", "a", "", 0},
           Row{"a > bool 1", "a > bool 1", "", 0},
           Row{"a > 1 or b > 2", "a > 1 or b > 2", "", 0},
           Row{"absent(a)", "absent(a)", "", 0},
           Row{"vector(1)", "vector(1)", "", 0},
           Row{"2 > 1", "2 > 1", "", 0},
           Row{"a > 0 / 0", "a", "", 0},
           Row{"a >", "a >", "", 0},
       }) {
    CAPTURE(row.expression);
    const WatchedValue found = watched_value(row.expression);
    CHECK(found.expression == row.watched);
    CHECK(found.comparison == row.comparison);
    CHECK(found.threshold.has_value() == (*row.comparison != '\0'));
    if (found.threshold) CHECK(*found.threshold == row.threshold);
  }
}

TEST_CASE("a chain without end is not followed into the depth") {
  std::string text = "1";
  for (int i = 0; i < 100'000; ++i) text += " + 1";
  CHECK_FALSE(watched_value("a > " + text).threshold.has_value());
}

}  // namespace tocsin
