// The findings of rules that people publish and that work: few, none of them an error, and each at a place of
// its file. The files are not part of the repository: TOCSIN_CORPUS names their folder.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "core/json.h"
#include "rules/findings/rule_findings.h"

using namespace tocsin;

namespace {

std::filesystem::path corpus_folder() {
  const char* folder = std::getenv("TOCSIN_CORPUS");
  return folder != nullptr ? folder : "../shared/corpus";
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Checked {
  std::vector<CheckedRuleFile> files;
  Problems problems;
  std::size_t rules = 0;
};

// The files of the corpus that promtool takes, those of a folder or all, checked together.
std::optional<Checked> check_corpus(std::string_view only) {
  const std::filesystem::path folder = corpus_folder() / "rules";
  if (!std::filesystem::exists(folder / "VERDICTS.json")) {
    MESSAGE("skipped: no corpus at " << folder.string() << " (set TOCSIN_CORPUS)");
    return std::nullopt;
  }
  const Result<JsonValue> verdicts = JsonValue::parse(contents(folder / "VERDICTS.json"));
  REQUIRE(verdicts.has_value());
  Checked checked;
  for (const JsonValue& verdict : verdicts->array()) {
    const std::string name = verdict.text("file");
    if (!name.starts_with(only) || verdict.text("promtool_3_5") != "ok") continue;
    checked.files.push_back(read_checked_rule_file(contents(folder / name), name, checked.problems));
    for (const CheckedGroup& group : checked.files.back().groups) checked.rules += group.rules.size();
  }
  for (const CheckedRuleFile& file : checked.files)
    find_in_rule_file(file, std::chrono::seconds(30), checked.problems);
  find_in_rule_files(checked.files, checked.problems);
  return checked;
}

}  // namespace

TEST_CASE("the rules of kube-prometheus get no error, and few warnings") {
  const auto checked = check_corpus("prometheus-operator+kube-prometheus/");
  if (!checked) return;
  CHECK_MESSAGE(!checked->problems.has_errors(), checked->problems.to_string());
  CHECK(checked->rules > 200);
  std::map<std::string, std::size_t> warnings;
  for (const Problem& problem : checked->problems.all()) {
    if (problem.severity == Severity::kWarning && !problem.code.empty()) ++warnings[problem.code];
  }
  // Annotations that name a label which is aggregated away, and integration!~`.*`.
  for (const auto& [code, count] : warnings)
    CHECK_MESSAGE((code == "alerts/template" || code == "promql/impossible" || code == "alerts/comparison"),
                  code);
  CHECK(warnings["alerts/template"] <= 5);
  CHECK(warnings["promql/impossible"] <= 2);
  CHECK(warnings["alerts/comparison"] <= 1);
}

TEST_CASE("no check cries on many of the rules that people publish") {
  const auto checked = check_corpus("");
  if (!checked) return;
  CHECK(checked->rules > 1500);
  std::map<std::string, std::size_t> warnings;
  for (const Problem& problem : checked->problems.all()) {
    if (problem.severity == Severity::kWarning && !problem.code.empty()) ++warnings[problem.code];
  }
  warnings.erase("rule/duplicate");  // the corpus holds the same rules from several repositories
  for (const auto& [code, count] : warnings) {
    // One public pack writes {{ $labels.instance }} into each text, aggregated or not.
    const std::size_t most = code == "alerts/template" ? checked->rules / 6 : checked->rules / 50;
    CHECK_MESSAGE(count <= most, code << " " << count);
  }
}

TEST_CASE("each finding has a place in its file, with something to underline") {
  const auto checked = check_corpus("");
  if (!checked) return;
  std::map<std::string, const CheckedRuleFile*> by_name;
  for (const CheckedRuleFile& file : checked->files) by_name[file.file()] = &file;
  for (const Problem& problem : checked->problems.all()) {
    if (problem.code.empty()) continue;
    CAPTURE(problem.to_string());
    REQUIRE(by_name.contains(problem.file));
    const std::string_view line = by_name[problem.file]->source().line(problem.position.line);
    REQUIRE(problem.position.column >= 1);
    const auto begin = static_cast<std::size_t>(problem.position.column - 1);
    CHECK(problem.length > 0);
    CHECK(begin + static_cast<std::size_t>(problem.length) <= line.size());
    CHECK(line.substr(std::min(begin, line.size()), 1).find_first_of(" \t") == std::string_view::npos);
  }
}
