// Rule files as people publish them, with promtool's verdicts. They are not part of the repository:
// TOCSIN_CORPUS names their folder.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/duration.h"
#include "core/json.h"
#include "core/labels.h"
#include "rules/legacy_conversion.h"
#include "rules/promql/parser.h"
#include "rules/promql/printer.h"
#include "rules/rule_file.h"

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

std::string canonical(const std::string& expression) {
  const promql::Parsed parsed = promql::parse(expression, promql::Dialect::any());
  return parsed.tree.root() == nullptr ? "" : promql::to_string(*parsed.tree.root());
}

std::string legacy_labels(const std::map<std::string, std::string>& labels) {
  std::string out = "{";
  for (const auto& [name, value] : labels) out += name + " = " + go_quote(value) + ", # " + name + "\n";
  return out + "}";
}

// Whether the old language has words for it.
bool fits_legacy(const Rule& rule) {
  const bool names = std::all_of(rule.labels.begin(), rule.labels.end(),
                                 [](const auto& label) { return is_legacy_label_name(label.first); });
  const bool name = rule.kind == Rule::Kind::kRecording || is_legacy_label_name(rule.name);
  return names && name && rule.keep_firing_for == Duration::zero() && !canonical(rule.expression).empty();
}

// As Prometheus 1.x wrote it, with the expression as its author broke it into lines.
std::string as_legacy(const Rule& rule) {
  if (rule.kind == Rule::Kind::kRecording)
    return rule.name + legacy_labels(rule.labels) + " =\n" + rule.expression + "\n";
  std::string out = "ALERT " + rule.name + " IF " + rule.expression + "\n";
  if (rule.hold_for != Duration::zero()) out += "FOR " + format_prometheus_duration(rule.hold_for) + "\n";
  if (!rule.labels.empty()) out += "LABELS " + legacy_labels(rule.labels);
  if (!rule.annotations.empty()) out += "ANNOTATIONS " + legacy_labels(rule.annotations);
  return out + "\n";
}

std::vector<Rule> without_places(std::vector<Rule> rules) {
  for (Rule& rule : rules) {
    rule.position = {};
    rule.expression = canonical(rule.expression);
  }
  return rules;
}

}  // namespace

TEST_CASE("published rules mean the same in the language of Prometheus 1.x, and converted back") {
  const std::filesystem::path folder = corpus_folder() / "rules";
  if (!std::filesystem::exists(folder)) {
    MESSAGE("skipped: no corpus at " << folder.string() << " (set TOCSIN_CORPUS)");
    return;
  }
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || !entry.path().extension().string().starts_with(".y")) continue;
    CAPTURE(entry.path().string());
    Problems problems;
    std::vector<Rule> rules;
    std::string text = "# all of them\n";
    for (const RuleGroup& group : read_rule_file(contents(entry.path()), "r.yml", problems)) {
      for (const Rule& rule : group.rules) {
        if (!fits_legacy(rule)) continue;
        rules.push_back(rule);
        text += as_legacy(rule);
      }
    }
    if (problems.has_errors() || rules.empty()) continue;
    count += rules.size();
    Problems of_legacy;
    const auto legacy = read_rule_file(text, "r.rules", of_legacy);
    CAPTURE(of_legacy.to_string());
    CHECK_FALSE(of_legacy.has_errors());
    REQUIRE(legacy.size() == 1);
    CHECK(without_places(legacy[0].rules) == without_places(rules));
    const CommentedGroup group = convert_legacy_rules(text, "r.rules", of_legacy, promql::Dialect::any());
    const auto converted = read_rule_file(write_rule_file({&group, 1}), "r.yml", of_legacy);
    REQUIRE(converted.size() == 1);
    CHECK(without_places(converted[0].rules) == without_places(rules));
  }
  CHECK(count > 100);
}

TEST_CASE("published rule files get promtool's verdict") {
  const std::filesystem::path folder = corpus_folder() / "rules";
  if (!std::filesystem::exists(folder / "VERDICTS.json")) {
    MESSAGE("skipped: no corpus at " << folder.string() << " (set TOCSIN_CORPUS)");
    return;
  }
  const Result<JsonValue> verdicts = JsonValue::parse(contents(folder / "VERDICTS.json"));
  REQUIRE(verdicts.has_value());
  REQUIRE(!verdicts->array().empty());
  for (const JsonValue& verdict : verdicts->array()) {
    const std::string name = verdict.text("file");
    CAPTURE(name);
    Problems problems;
    const std::vector<RuleGroup> groups = read_rule_file(contents(folder / name), name, problems);
    CAPTURE(problems.to_string());
    CHECK(problems.has_errors() == (verdict.text("promtool_3_5") != "ok"));
    if (problems.has_errors()) continue;
    CHECK(groups.size() == static_cast<std::size_t>(verdict.integer("groups")));
    std::int64_t alerts = 0, records = 0;
    for (const RuleGroup& group : groups) {
      for (const Rule& rule : group.rules) ++(rule.kind == Rule::Kind::kAlerting ? alerts : records);
    }
    CHECK(alerts == verdict.integer("alerts"));
    CHECK(records == verdict.integer("records"));
  }
}
