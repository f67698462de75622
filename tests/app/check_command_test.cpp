#include "app/check_command.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "app/finding_explanation.h"
#include "app/parallel.h"
#include "core/json.h"

using namespace tocsin;

namespace {

constexpr const char* kGood = "groups:\n- name: a\n  rules:\n  - alert: A\n    expr: up == 0\n";
constexpr const char* kBad = "groups:\n- name: a\n  rules:\n  - alert: A\n    expr: raet(up[5m]) > 0\n";
// A range vector as a result is a warning.
constexpr const char* kWarned = "groups:\n- name: a\n  rules:\n  - alert: B\n    expr: up[5m]\n";

struct Desk {
  MemoryFiles files;
  CheckOptions options;

  CommandOutput run(std::vector<std::string> names) {
    options.files = std::move(names);
    return check(options, {"/home/me", false}, files);
  }
  JsonValue json(std::vector<std::string> names) {
    options.format = "json";
    return JsonValue::parse(run(std::move(names)).out).value();
  }
};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a check fails from the severity on that --fail-on names") {
  Desk desk;
  desk.files.files = {{"good.yml", kGood}, {"bad.yml", kBad}, {"warned.yml", kWarned}};
  CHECK(desk.run({"good.yml"}).exit_code == 0);
  CHECK(desk.run({"warned.yml"}).exit_code == 0);
  CHECK(desk.run({"good.yml", "bad.yml"}).exit_code == 1);
  desk.options.fail_on = Severity::kWarning;
  CHECK(desk.run({"good.yml"}).exit_code == 0);
  CHECK(desk.run({"warned.yml"}).exit_code == 1);
  desk.options.fail_on = Severity::kNote;
  CHECK(desk.run({"warned.yml"}).exit_code == 1);
}

TEST_CASE("the text report underlines mistakes and has a line for each file") {
  Desk desk;
  desk.files.files = {{"good.yml", kGood}, {"bad.yml", kBad}};
  const CommandOutput output = desk.run({"good.yml", "bad.yml"});
  CHECK(contains(output.out, "bad.yml:5:11: error: "));
  CHECK(contains(output.out, "    5 |     expr: raet(up[5m]) > 0\n      |           ^~~~"));
  CHECK(contains(output.out, "good.yml: ok, 1 rules\nbad.yml: FAILED\n"));
  CHECK(output.err == "");
}

TEST_CASE("colours are there when they are asked for, and change nothing else") {
  Desk desk;
  desk.files.files = {{"bad.yml", kBad}};
  const std::string plain = desk.run({"bad.yml"}).out;
  std::string coloured = check(desk.options, {"/home/me", true}, desk.files).out;
  CHECK(contains(coloured, "\033[31merror\033[0m: "));
  for (std::size_t at = coloured.find('\033'); at != std::string::npos; at = coloured.find('\033'))
    coloured.erase(at, coloured.find('m', at) + 1 - at);
  CHECK(coloured == plain);
}

TEST_CASE("folders and patterns stand for the files in them, each once") {
  Desk desk;
  desk.files.files = {{"rules/b.yaml", kGood},
                      {"rules/a.yml", kGood},
                      {"rules/deep/c.rules", "ALERT A IF up == 0\n"},
                      {"rules/notes.md", "x"},
                      {"rules/.hidden.yml", "not: y"},
                      {"other/d.yml", kGood}};
  const auto names = [](const JsonValue& report) {
    std::string out;
    for (const JsonValue& file : report.find("files").array()) out += file.text("path") + " ";
    return out;
  };
  CHECK(names(desk.json({"rules"})) == "rules/a.yml rules/b.yaml rules/deep/c.rules ");
  CHECK(names(desk.json({"rules/*.yml", "rules/b.yaml", "rules/"})) ==
        "rules/.hidden.yml rules/a.yml rules/b.yaml rules/deep/c.rules ");
  CHECK(names(desk.json({"*/*.yml"})) == "other/d.yml rules/.hidden.yml rules/a.yml ");
}

TEST_CASE("what names no file is an error") {
  Desk desk;
  desk.files.files = {{"rules/notes.md", "x"}};
  const CommandOutput output = desk.run({"rules", "*.yml", "missing.yml"});
  CHECK(output.exit_code == 1);
  CHECK(contains(output.out, "rules: error: the folder holds no rule file"));
  CHECK(contains(output.out, "*.yml: error: no file matches"));
  CHECK(contains(output.out, "missing.yml: no such file or directory"));
}

TEST_CASE("problems are in the order of files and lines, however files are read") {
  Desk desk;
  for (int i = 0; i < 40; ++i)
    desk.files.files["r" + std::to_string(i) + ".yml"] = i % 3 == 0 ? kBad : kWarned;
  std::vector<std::string> names;
  for (const auto& [name, text] : desk.files.files) names.push_back(name);
  const std::string first = desk.run(names).out;
  CHECK(contains(first, "r39.yml:5:11: error"));
  for (int round = 0; round < 5; ++round) CHECK(desk.run(names).out == first);
}

TEST_CASE("a rule file that is checked by itself and for a configuration has each problem once") {
  Desk desk;
  desk.files.files = {{"rules/a.yml", kWarned},
                      {"tocsin.yml",
                       "prometheus: [{url: http://localhost:9090, rule_files: [rules/*.yml]}]\n"
                       "route: {receiver: a}\nreceivers: [{name: a}]\n"}};
  int seen = 0;
  const JsonValue report = desk.json({"tocsin.yml", "rules"});
  for (const JsonValue& problem : report.find("problems").array())
    seen += problem.text("file") == "rules/a.yml" && problem.text("code") == "load/warning" ? 1 : 0;
  CHECK(seen == 1);
}

TEST_CASE("a configuration fails with the rule files that it names") {
  Desk desk;
  desk.files.files = {{"rules/bad.yml", kBad},
                      {"tocsin.yml",
                       "prometheus: [{url: http://localhost:9090, rule_files: [rules/*.yml]}]\n"
                       "route: {receiver: a}\nreceivers: [{name: a}]\n"}};
  const CommandOutput output = desk.run({"tocsin.yml"});
  CHECK(output.exit_code == 1);
  CHECK(contains(output.out, "rules/bad.yml:5:11: error: "));
  CHECK(contains(output.out, "tocsin.yml: FAILED\n"));
}

TEST_CASE("the JSON report has counts, files, and each problem with its place, code, rule and fingerprint") {
  Desk desk;
  desk.files.files = {{"bad.yml", kBad}, {"warned.yml", kWarned}};
  const JsonValue report = desk.json({"bad.yml", "warned.yml"});
  CHECK(report.integer("version") == 1);
  CHECK(report.boolean("failed"));
  CHECK(report.find("counts").integer("errors") == 1);
  CHECK(report.find("counts").integer("warnings") >= 1);
  const JsonValue& problem = report.find("problems").array().at(0);
  CHECK(problem.text("severity") == "error");
  CHECK(problem.text("code") == "load/error");
  CHECK(problem.text("file") == "bad.yml");
  CHECK(problem.integer("line") == 5);
  CHECK(problem.integer("column") == 11);
  CHECK(problem.integer("length") == 4);
  CHECK(problem.text("rule") == "A");
  CHECK(problem.text("fingerprint").size() == 64);
  CHECK(report.find("problems").array().at(1).text("rule") == "B");
}

TEST_CASE("a fingerprint stays when lines above come and go, and tells equal findings apart") {
  Desk desk;
  desk.files.files = {{"a.yml", kWarned}};
  const std::string before = desk.json({"a.yml"}).find("problems").array().at(0).text("fingerprint");
  desk.files.files["a.yml"] = "# a comment\n\n" + std::string(kWarned) + "  - alert: B\n    expr: up[5m]\n";
  const JsonValue moved = desk.json({"a.yml"});
  CHECK(moved.find("problems").array().at(0).text("fingerprint") == before);
  CHECK(moved.find("problems").array().at(1).text("fingerprint") != before);
}

TEST_CASE("a finding is explained; a code that nobody knows names the near ones and is wrong usage") {
  const FindingKind kinds[] = {{"promql/rate", Severity::kWarning, "rate of a gauge", "It goes wrong.\n"},
                               {"promql/range", Severity::kNote, "a range", "Why."},
                               {"alerts/for", Severity::kNote, "for", "Why."}};
  const CommandOutput known = explain_finding("promql/rate", kinds);
  CHECK(known.exit_code == 0);
  CHECK(known.out == "promql/rate: rate of a gauge\n\nIt goes wrong.\n\nSeverity: warning\n");
  const CommandOutput mistyped = explain_finding("promql/raet", kinds);
  CHECK(mistyped.exit_code == 2);
  CHECK(contains(mistyped.err, "did you mean promql/rate?"));
  CHECK(contains(explain_finding("rate", kinds).err, "did you mean promql/rate?"));
  CHECK(contains(explain_finding("x/for", kinds).err, "alerts/for"));
  const CommandOutput list = explain_finding("list", kinds);
  CHECK(list.exit_code == 0);
  CHECK(contains(list.out, "promql/rate   warning   rate of a gauge"));
  CHECK(list.out == explain_finding("all", kinds).out);
}

TEST_CASE("work on many things is done once each, and what it throws arrives") {
  std::vector<int> done(1000, 0);
  in_parallel(done.size(), [&](std::size_t i) { ++done[i]; });
  CHECK(std::ranges::all_of(done, [](int times) { return times == 1; }));
  in_parallel(0, [](std::size_t) { FAIL("there is nothing to do"); });
  CHECK_THROWS_WITH(in_parallel(10,
                                [](std::size_t i) {
                                  if (i == 7) throw std::runtime_error("seven");
                                }),
                    "seven");
}
