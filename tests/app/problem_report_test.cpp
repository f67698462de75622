#include "app/problem_report.h"

#include <doctest/doctest.h>

using namespace tocsin;

namespace {

std::string report(const std::string& text, Problem problem) {
  MemoryFiles files;
  files.files["r.yml"] = text;
  Problems problems;
  problem.file = "r.yml";
  problem.message = "wrong";
  problems.add(std::move(problem));
  return problem_report(problems, files);
}

}  // namespace

TEST_CASE("the offending piece is underlined") {
  CHECK(report("a\n  expr: raet(foo)\n", {"", {2, 9}, Severity::kError, "", "", 4}) ==
        "r.yml:2:9: error: wrong\n"
        "    2 |   expr: raet(foo)\n"
        "      |         ^~~~\n");
  CHECK(report("\t\xc3\xa4\xc3\xb6 x\n", {"", {1, 7}, Severity::kWarning, "", "", 1}) ==
        "r.yml:1:7: warning: wrong\n"
        "    1 | \t\xc3\xa4\xc3\xb6 x\n"
        "      | \t   ^\n");
}

TEST_CASE("what is missing at the end of a line is shown behind it") {
  CHECK(report("sum(up\n", {"", {1, 7}, Severity::kError, "", "", 1}) ==
        "r.yml:1:7: error: wrong\n"
        "    1 | sum(up\n"
        "      |       ^\n");
}

TEST_CASE("of a long line only the part around the mistake is shown") {
  const std::string line = std::string(1000, 'a') + "RAET" + std::string(1000, 'b');
  CHECK(report(line + '\n', {"", {1, 1001}, Severity::kError, "", "", 4}) ==
        "r.yml:1:1001: error: wrong\n"
        "    1 | \xe2\x80\xa6" +
            std::string(60, 'a') + "RAET" + std::string(96, 'b') + "\xe2\x80\xa6\n" + "      | " +
            std::string(61, ' ') + "^~~~\n");
}

TEST_CASE("a problem whose length is not known stays on its line") {
  CHECK(report("a: b\n", {"", {1, 1}, Severity::kError, "", "", 0}) == "r.yml:1:1: error: wrong\n");
  CHECK(report("a: b\n", {"", {9, 9}, Severity::kError, "", "", 3}) == "r.yml:9:9: error: wrong\n");
}
