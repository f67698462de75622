// Rule files as people publish them, with promtool's verdicts. They are not part of the repository:
// TOCSIN_CORPUS names their folder.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/json.h"
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

}  // namespace

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
