// The formats for other programs. Whole documents are checked against their schemas in tests/e2e.
#include <doctest/doctest.h>

#include "app/report_github.h"
#include "app/report_junit.h"
#include "app/report_sarif.h"
#include "core/json.h"

using namespace tocsin;

namespace {

constexpr FindingKind kKind{"promql/rate", Severity::kWarning, "rate of a gauge", "Because."};

const FindingKind* find_kind(std::string_view code) {
  return code == kKind.code ? &kKind : nullptr;
}

struct Report {
  MemoryFiles files;
  SourceLines lines{files};
  CheckReport report;

  Report() {
    files.files["rules/a b,c:d.yml"] = "x: \xc3\xa4\xc3\xb6 raet(x)\n";
    report.files.push_back({.path = "rules/a b,c:d.yml", .rules = 1});
  }
  void add(Severity severity, std::string message, std::string code = "",
           std::string file = "rules/a b,c:d.yml") {
    report.problems.push_back(
        {{std::move(file), {1, 9}, severity, std::move(message), "do y", 4, std::move(code)}, "A", "f00"});
  }
};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE(
    "GitHub's annotations have columns in characters, and escape what the runner would take for its own") {
  Report it;
  it.add(Severity::kError, "100%\r\nbad: a,b");
  it.add(Severity::kNote, "n", "promql/rate");
  CHECK(github_report(it.report, it.lines, "") ==
        "::error file=rules/a "
        "b%2Cc%3Ad.yml,line=1,endLine=1,col=7,endColumn=11,title=load/error::100%25%0D%0Abad: "
        "a,b (do y)\n"
        "::notice file=rules/a b%2Cc%3Ad.yml,line=1,endLine=1,col=7,endColumn=11,title=promql/rate::n (do "
        "y)\n");
}

TEST_CASE("JUnit's cases fail where the check does, and pass with words where it does not") {
  Report it;
  it.add(Severity::kError, "<bad> & \"worse\"\x01");
  it.add(Severity::kWarning, "so so");
  const std::string xml = junit_report(it.report);
  CHECK(contains(xml, "<testsuites name=\"tocsin check\" tests=\"2\" failures=\"1\""));
  CHECK(contains(xml, "message=\"&lt;bad&gt; &amp; &quot;worse&quot;\xef\xbf\xbd\""));
  CHECK(contains(xml, "<system-out>"));
  it.report.problems.erase(it.report.problems.begin());
  CHECK(contains(junit_report(it.report), "tests=\"2\" failures=\"0\""));
  it.report.fail_on = Severity::kWarning;
  CHECK(contains(junit_report(it.report), "tests=\"1\" failures=\"1\""));
}

TEST_CASE(
    "SARIF has rules from the catalogue and for what loaders say, regions, fingerprints and relative URIs") {
  Report it;
  it.add(Severity::kError, "bad");
  it.add(Severity::kWarning, "so so", "promql/rate", "/home/me/rules/r.yml");
  it.add(Severity::kWarning, "so so", "promql/rate", "/elsewhere/r.yml");
  const JsonValue sarif = JsonValue::parse(sarif_report(it.report, it.lines, find_kind, "/home/me")).value();
  CHECK(sarif.text("version") == "2.1.0");
  const JsonValue& run = sarif.find("runs").array().at(0);
  const auto& rules = run.find("tool").find("driver").find("rules").array();
  REQUIRE(rules.size() == 2);
  CHECK(rules[0].text("id") == "load/error");
  CHECK(rules[1].text("id") == "promql/rate");
  CHECK(rules[1].find("shortDescription").text("text") == "rate of a gauge");
  CHECK(rules[1].find("help").text("text") == "Because.");
  const auto& results = run.find("results").array();
  REQUIRE(results.size() == 3);
  CHECK(results[0].text("ruleId") == "load/error");
  CHECK(results[0].text("level") == "error");
  CHECK(results[1].integer("ruleIndex") == 1);
  CHECK(results[0].find("partialFingerprints").text("tocsinFinding/v1") == "f00");
  const auto place = [&](std::size_t i) -> const JsonValue& {
    return results[i].find("locations").array().at(0).find("physicalLocation");
  };
  CHECK(place(0).find("artifactLocation").text("uri") == "rules/a%20b%2Cc%3Ad.yml");
  CHECK(place(1).find("artifactLocation").text("uri") == "rules/r.yml");
  CHECK(place(2).find("artifactLocation").text("uri") == "file:///elsewhere/r.yml");
  CHECK(place(0).find("region").integer("startLine") == 1);
  CHECK(place(0).find("region").integer("startColumn") == 7);
  CHECK(place(0).find("region").integer("endColumn") == 11);
}

TEST_CASE("a path is named from the current folder, with forward slashes") {
  CHECK(report_path("./a/../b.yml", "/w") == "b.yml");
  CHECK(report_path("/w/a/b.yml", "/w") == "a/b.yml");
  CHECK(report_path("/x/b.yml", "/w") == "/x/b.yml");
  CHECK(report_path("../b.yml", "/w") == "../b.yml");
}
