#include "app/finding_baseline.h"

#include <doctest/doctest.h>

using namespace tocsin;

namespace {

ReportedProblem finding(std::string code, std::string file, int line, std::string rule, std::string message,
                        Severity severity = Severity::kWarning) {
  return {{std::move(file), {line, 1}, severity, std::move(message), "", 0, std::move(code)},
          std::move(rule),
          ""};
}

CheckReport report_of(std::vector<ReportedProblem> problems) {
  CheckReport report;
  report.problems = std::move(problems);
  report.files.push_back({.path = "a.yml"});
  return report;
}

}  // namespace

TEST_CASE("numbers of lines and rules in a message do not last, other numbers do") {
  CHECK(lasting_message("group \"g\", rule 12, \"A\": x") == "group \"g\", rule N, \"A\": x");
  CHECK(lasting_message("the same as the one at rules/r.yml:12") == "the same as the one at rules/r.yml:N");
  CHECK(lasting_message("already defined at line 7") == "already defined at line N");
  CHECK(lasting_message("template: __alert_A:1:23: bad") == "template: __alert_A:N:N: bad");
  CHECK(lasting_message("for: 5m is below 10m, 3 times") == "for: 5m is below 10m, 3 times");
}

TEST_CASE("known findings are hidden wherever they have moved, new ones and errors stay") {
  const auto baseline = FindingBaseline::of({finding("promql/rate", "/w/a.yml", 3, "A", "rule 1, bad"),
                                             finding("", "a.yml", 9, "B", "wrong", Severity::kError)},
                                            "/w");
  CHECK(baseline.size() == 1);
  CheckReport report = report_of({finding("promql/rate", "./a.yml", 30, "A", "rule 4, bad"),
                                  finding("promql/rate", "a.yml", 31, "A", "rule 4, bad"),
                                  finding("promql/rate", "a.yml", 32, "C", "rule 5, bad"),
                                  finding("", "a.yml", 9, "B", "wrong", Severity::kError)});
  baseline.hide(report, "/w");
  CHECK(report.hidden_by_baseline == 1);
  CHECK(report.problems.size() == 3);
  CHECK(report.gone_from_baseline.empty());
}

TEST_CASE("entries that match nothing are named, if their file was looked at") {
  const auto baseline = FindingBaseline::of(
      {finding("promql/rate", "a.yml", 3, "A", "bad"), finding("promql/rate", "b.yml", 3, "B", "bad")}, "");
  CheckReport report = report_of({});
  baseline.hide(report, "");
  CHECK(report.gone_from_baseline == std::vector<std::string>{"a.yml: A: bad [promql/rate]"});
}

TEST_CASE("a baseline is written as JSON, a finding a line, and read back") {
  const auto baseline = FindingBaseline::of(
      {finding("promql/rate", "a.yml", 3, "A", "say \"x\""),
       finding("promql/rate", "a.yml", 9, "A", "say \"x\""), finding("", "a.yml", 4, "", "odd")},
      "");
  const std::string json = baseline.json();
  CHECK(json ==
        "{\"version\": 1, \"findings\": [\n"
        "  {\"code\":\"load/warning\",\"file\":\"a.yml\",\"rule\":\"\",\"message\":\"odd\"},\n"
        "  {\"code\":\"promql/rate\",\"file\":\"a.yml\",\"rule\":\"A\",\"message\":\"say "
        "\\\"x\\\"\",\"count\":2}\n"
        "]}\n");
  CHECK(FindingBaseline::parse(json)->json() == json);
  CHECK(FindingBaseline::parse(FindingBaseline().json())->size() == 0);
}

TEST_CASE("what is no baseline is refused") {
  for (const char* text :
       {"", "[]", "{}", R"({"version":2,"findings":[]})", R"({"version":1,"findings":[{}]})",
        R"({"version":1,"findings":[{"message":"x","count":0}]})"}) {
    CAPTURE(text);
    CHECK_FALSE(FindingBaseline::parse(text).has_value());
  }
}
