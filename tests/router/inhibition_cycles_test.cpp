#include "router/inhibition_cycles.h"

#include <doctest/doctest.h>

#include "router/matcher_values.h"

using namespace tocsin;

namespace {

Matchers matchers(std::string_view text) {
  return text.empty() ? Matchers{} : parse_matchers(text)->matchers;
}

struct Rules {
  std::vector<InhibitRule> rules;

  Rules& add(std::string name, std::string_view source, std::string_view target,
             std::vector<std::string> equal = {}) {
    InhibitRule rule;
    rule.name = std::move(name);
    rule.source = matchers(source);
    rule.target = matchers(target);
    rule.equal = std::move(equal);
    rule.position = {static_cast<int>(rules.size()) + 1, 3};
    rules.push_back(std::move(rule));
    return *this;
  }

  // The names of each cycle that is reported, with its line.
  std::string cycles() const {
    Problems problems;
    check_inhibition_cycles(rules, "tocsin.yml", problems);
    CHECK_FALSE(problems.has_errors());
    std::string out;
    for (const Problem& problem : problems.all()) {
      const std::string before = "the inhibition rules ";
      const std::size_t begin = problem.message.find(before);
      const std::size_t end = problem.message.find(" can inhibit");
      REQUIRE(begin == 0);
      out += std::to_string(problem.position.line) + ": " +
             problem.message.substr(before.size(), end - before.size()) + "\n";
    }
    return out;
  }
};

}  // namespace

TEST_CASE("Two rules that silence each other's sources are a cycle") {
  CHECK(Rules().add("x", "s=a", "s=b").add("y", "s=b", "s=a").cycles() == "1: \"x\" and \"y\"\n");
  CHECK(Rules().add("x", "job=node", "s=b").add("y", "job=db", "s=a").cycles() == "1: \"x\" and \"y\"\n");
}

TEST_CASE("A ladder of severities is no cycle") {
  CHECK(Rules()
            .add("1", "severity=critical", "severity=~\"warning|info\"", {"namespace"})
            .add("2", "severity=warning", "severity=info", {"namespace"})
            .add("3", "alertname=InfoInhibitor", "severity=info", {"namespace"})
            .cycles() == "");
}

TEST_CASE("A circle of three is reported once, from its first rule on") {
  CHECK(Rules()
            .add("other", "s=x", "s=y")
            .add("c", "s=3", "s=1")
            .add("b", "s=2", "s=3")
            .add("a", "s=1", "s=2")
            .cycles() == "2: \"c\", \"a\" and \"b\"\n");
}

TEST_CASE("Cycles that share a rule are each reported") {
  CHECK(Rules().add("x", "s=a", "s=~\"b|c\"").add("y", "s=b", "s=a").add("z", "s=c", "s=a").cycles() ==
        "1: \"x\" and \"y\"\n1: \"x\" and \"z\"\n");
}

TEST_CASE("A rule whose sides overlap is no cycle by itself, nor is its copy") {
  CHECK(Rules().add("x", "s=~\"a|b\"", "s=~\"b|c\"").cycles() == "");
  CHECK(Rules().add("x", "s=~\"a.*\"", "s=~\"b.*\"").add("y", "s=~\"a.*\"", "s=~\"b.*\"").cycles() == "");
  CHECK(Rules().add("null", "", "").add("x", "s=a", "s=b").cycles() == "");
}

TEST_CASE("Matchers on equal labels hold on both sides of a rule") {
  CHECK(Rules().add("x", "s=a,env=prod", "s=b", {"env"}).add("y", "s=b,env=test", "s=a", {"env"}).cycles() ==
        "");
  CHECK(Rules().add("x", "s=a,env=prod", "s=b").add("y", "s=b,env=test", "s=a").cycles() ==
        "1: \"x\" and \"y\"\n");
}

TEST_CASE("So many cycles are not all listed") {
  Rules rules;
  for (int i = 0; i < 30; ++i) {
    const std::string n = std::to_string(i);
    rules.add(n, "a" + n + "=1", "b" + n + "=1");
  }
  Problems problems;
  check_inhibition_cycles(rules.rules, "tocsin.yml", problems);
  REQUIRE(problems.all().size() == 21);
  CHECK(problems.all().back().message == "and 415 more cycles of inhibition rules");
}

TEST_CASE("Matcher sets overlap unless one label rules it out") {
  struct Row {
    const char* a;
    const char* b;
    bool overlap;
  };
  const std::vector<Row> rows = {
      {"a=1", "a=1", true},
      {"a=1", "a=2", false},
      {"a=1", "b=2", true},
      {"a=1", "a=~\"1|2\"", true},
      {"a=1", "a=~\"2|3\"", false},
      {"a=1", "a=~\"[23]\"", false},
      {"a=1", "a!=1", false},
      {"a=1", "a!~\"1|2\"", false},
      {"a=~\"1|2\"", "a=~\"3|4\"", false},
      {"a=~\"1|2\"", "a=~\"(2|3)\"", true},
      {"a=~\"1|2\"", "a!~\"1|2\"", false},
      {"a=~\"1|2\"", "a!=1", true},
      {"a=~\"1|2\",a!=1", "a!=2", false},
      {"a=\"\"", "a=~\".+\"", false},
      {"a=\"\"", "b=1", true},
      {"a=~\"x.*\"", "a!~\"x.*\"", false},
      {"a=~\"x.*\"", "a=~\"y.*\"", true},
      {"", "", true},
      {"", "a=1", true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.a);
    CAPTURE(row.b);
    CHECK(may_overlap(matchers(row.a), matchers(row.b)) == row.overlap);
    CHECK(may_overlap(matchers(row.b), matchers(row.a)) == row.overlap);
  }
}

TEST_CASE("A matcher's few values are known where it is made of words") {
  const auto values = [](const char* text) {
    const auto found = finite_values(matchers(text)[0]);
    std::string out;
    if (!found) return std::string("any");
    for (const std::string& value : *found) out += "<" + value + ">";
    return out;
  };
  CHECK(values("a=b") == "<b>");
  CHECK(values("a=\"\"") == "<>");
  CHECK(values("a=~\"b|c d|\"") == "<b><c d><>");
  CHECK(values("a=~\"(?:b|c)\"") == "<b><c>");
  CHECK(values("a=~\"b.c\"") == "any");
  CHECK(values("a=~\"(b)(c)\"") == "any");
  CHECK(values("a!=b") == "any");
}
