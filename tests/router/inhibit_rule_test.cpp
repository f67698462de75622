#include "router/inhibit_rule.h"

#include <doctest/doctest.h>

using namespace tocsin;

namespace {

std::vector<InhibitRule> read(std::string_view yaml, Problems& problems,
                              MatcherDialect dialect = MatcherDialect::kFallback) {
  YamlDocument document = YamlDocument::parse(yaml, "tocsin.yml", problems);
  return read_inhibit_rules(document.root(), dialect, problems);
}

}  // namespace

TEST_CASE("An inhibition rule takes its matchers in every form") {
  Problems problems;
  const auto rules = read(R"(- name: critical hides warning
  source_match: {severity: critical}
  source_match_re: {team: "a|b"}
  source_matchers: ['env="prod", zone!="x"']
  target_match: {severity: warning}
  target_match_re: {team: "c.*"}
  target_matchers: ['env=~"prod|stage"']
  equal: [cluster, 'a.b', cluster]
)",
                          problems);
  CHECK(problems.to_string() == "");
  REQUIRE(rules.size() == 1);
  CHECK(rules[0].name == "critical hides warning");
  CHECK(to_string(rules[0].source) == "{severity=\"critical\",team=~\"a|b\",env=\"prod\",zone!=\"x\"}");
  CHECK(to_string(rules[0].target) == "{severity=\"warning\",team=~\"c.*\",env=~\"prod|stage\"}");
  CHECK(rules[0].equal == std::vector<std::string>{"cluster", "a.b"});
  CHECK(rules[0].position == Position{1, 3});
  CHECK(describe(rules[0]) == "\"critical hides warning\"");
}

TEST_CASE("A null inhibition rule loads and inhibits nothing") {
  Problems problems;
  const auto rules = read("- source_matchers: [a=b]\n  target_matchers: [a=c]\n  equal: [d]\n-\n", problems);
  CHECK_FALSE(problems.has_errors());
  CHECK(problems.to_string().find("inhibits nothing") != std::string::npos);
  REQUIRE(rules.size() == 2);
  CHECK(can_inhibit(rules[0]));
  CHECK_FALSE(can_inhibit(rules[1]));
  CHECK(describe(rules[1]) == "in line 4");
}

TEST_CASE("No list and an empty list are no rules") {
  Problems problems;
  CHECK(read_inhibit_rules(YamlNode(), MatcherDialect::kFallback, problems).empty());
  CHECK(read("[]", problems).empty());
  CHECK(problems.empty());
}

TEST_CASE("What is legal but hardly meant in an inhibition rule is a warning") {
  struct Row {
    std::string yaml;
    std::string message;
  };
  const std::vector<Row> rows = {
      {"- target_matchers: [a=b]\n  equal: [c]\n", "every alert is a source"},
      {"- source_matchers: [a=b]\n  equal: [c]\n", "every alert is a target"},
      {"- source_matchers: [a=b]\n  target_matchers: [a=c]\n", "one source anywhere"},
      {"- source_matchers: [a=b, c=d]\n  target_match: {c: d, a: b}\n  equal: [a]\n", "never inhibits"},
      {"- {equal: [a]}\n", "never inhibits"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.yaml);
    Problems problems;
    CHECK(read(row.yaml, problems).size() == 1);
    CHECK_FALSE(problems.has_errors());
    REQUIRE(problems.all().size() == 1);
    CHECK(problems.all()[0].message.find(row.message) != std::string::npos);
  }
}

TEST_CASE("Each mistake in an inhibition rule is named with its place") {
  struct Row {
    std::string yaml;
    std::string message;
    int line;
  };
  const std::vector<Row> rows = {
      {"a: b\n", "must be a list", 1},
      {"- text\n", "must be a mapping", 1},
      {"- source_match: {a-b: c}\n", "a-b", 1},
      {"- equal: [a]\n  source_match_re: {a: '('}\n", "a:", 2},
      {"- equal: [a]\n  target_matchers: [nonsense]\n", "nonsense", 2},
      {"- equal: ['']\n", "is not a label name", 1},
      {"- equal: [a]\n  sources: []\n", "sources", 2},
  };
  for (const Row& row : rows) {
    CAPTURE(row.yaml);
    Problems problems;
    read(row.yaml, problems);
    CAPTURE(problems.to_string());
    REQUIRE(problems.all().size() == 1);
    CHECK(problems.has_errors());
    CHECK(problems.all()[0].message.find(row.message) != std::string::npos);
    CHECK(problems.all()[0].position.line == row.line);
  }
}

TEST_CASE("The classic dialect wants classic label names in equal") {
  const char* yaml = "- source_matchers: [a=b]\n  target_matchers: [a=c]\n  equal: [a.b]\n";
  Problems problems;
  read(yaml, problems);
  CHECK(problems.empty());
  read(yaml, problems, MatcherDialect::kClassic);
  CHECK(problems.has_errors());
}
