#include "core/problem.h"

#include <doctest/doctest.h>

namespace tocsin {

TEST_CASE("a problem prints as compilers do, so that editors can jump to it") {
  const Problem problem{"rules/a.yml", {12, 7}, Severity::kError, "bad thing", "do it so"};
  CHECK(problem.to_string() == "rules/a.yml:12:7: error: bad thing (do it so)");
}

TEST_CASE("a finding says its code, by which it can be explained and suppressed") {
  const Problem finding{"a.yml", {3, 1}, Severity::kNote, "odd", "", 0, "promql/rate"};
  CHECK(finding.to_string() == "a.yml:3:1: note: odd [promql/rate]");
}

TEST_CASE("what is unknown of a problem's place is left out") {
  CHECK(Problem{"a.yml", {}, Severity::kWarning, "odd", ""}.to_string() == "a.yml: warning: odd");
  CHECK(Problem{"a.yml", {3, 0}, Severity::kError, "bad", ""}.to_string() == "a.yml:3: error: bad");
  CHECK(Problem{"", {3, 4}, Severity::kError, "bad", ""}.to_string() == "3:4: error: bad");
  CHECK(Problem{"", {}, Severity::kError, "bad", ""}.to_string() == "error: bad");
}

TEST_CASE("problems print ordered by file and position, and keep the order of one place") {
  Problems problems;
  problems.error("b.yml", {1, 1}, "fourth");
  problems.error("a.yml", {10, 1}, "third");
  problems.warning("a.yml", {2, 5}, "first");
  problems.error("a.yml", {2, 5}, "second");
  CHECK(problems.to_string() ==
        "a.yml:2:5: warning: first\na.yml:2:5: error: second\na.yml:10:1: error: third\nb.yml:1:1: error: "
        "fourth\n");
}

TEST_CASE("warnings alone are not errors") {
  Problems problems;
  CHECK(problems.empty());
  problems.warning("a.yml", {1, 1}, "odd");
  CHECK_FALSE(problems.empty());
  CHECK_FALSE(problems.has_errors());
  Problems others;
  others.error("b.yml", {1, 1}, "bad");
  problems.append(others);
  CHECK(problems.has_errors());
  problems.append(problems);
  CHECK(problems.all().size() == 4);
}

TEST_CASE("a file that is mistakes and nothing else is not told line by line to its end") {
  Problems problems;
  for (int line = 1; line <= 30'000; ++line) problems.error("a.yml", {line, 1}, "bad");
  CHECK(problems.all().size() == 10'001);
  CHECK(problems.in_order().front()->to_string() ==
        "a.yml: error: there are more than 10000 mistakes: these are the first (mend them, and check again)");
}

}  // namespace tocsin
