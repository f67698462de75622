#include <doctest/doctest.h>

#include <algorithm>

#include "rules/rule_file.h"
#include "rules/rule_set.h"

using namespace tocsin;

namespace {

struct Read {
  std::vector<RuleGroup> groups;
  Problems problems;

  std::string text() const { return problems.to_string(); }
  bool says(std::string_view words) const { return text().find(words) != std::string::npos; }
};

Read read(std::string_view text) {
  Read result;
  result.groups = read_rule_file(text, "r.yml", result.problems);
  return result;
}

// A file of one group with the given rules, each line indented as written.
Read read_rules(const std::string& rules) {
  return read("groups:\n- name: g\n  rules:\n" + rules);
}

}  // namespace

TEST_CASE("a rule file is read with everything that it says") {
  const Read result = read(R"(groups:
- name: web
  interval: 30s
  query_offset: 0s
  limit: 10
  labels: {team: web, severity: info}
  rules:
  - alert: Down
    expr: up == 0
    for: 5m
    keep_firing_for: 1h30m
    labels:
      severity: page
      zone: 1
    annotations:
      summary: '{{ $labels.instance }} is down'
  - record: job:up:sum
    expr: sum by (job) (up)
- name: empty
)");
  CHECK(result.text() == "");
  REQUIRE(result.groups.size() == 2);
  const RuleGroup& group = result.groups[0];
  CHECK(group.file == "r.yml");
  CHECK(group.name == "web");
  CHECK(group.interval == std::chrono::seconds(30));
  CHECK(group.query_offset == Duration::zero());
  CHECK(group.limit == 10);
  REQUIRE(group.rules.size() == 2);
  const Rule& down = group.rules[0];
  CHECK(down.kind == Rule::Kind::kAlerting);
  CHECK(down.name == "Down");
  CHECK(down.expression == "up == 0");
  CHECK(down.hold_for == std::chrono::minutes(5));
  CHECK(down.keep_firing_for == std::chrono::minutes(90));
  CHECK(down.labels ==
        std::map<std::string, std::string>{{"severity", "page"}, {"team", "web"}, {"zone", "1"}});
  CHECK(down.annotations ==
        std::map<std::string, std::string>{{"summary", "{{ $labels.instance }} is down"}});
  CHECK(down.position == Position{8, 5});
  const Rule& sum = group.rules[1];
  CHECK(sum.kind == Rule::Kind::kRecording);
  CHECK(sum.name == "job:up:sum");
  CHECK(sum.labels == std::map<std::string, std::string>{{"severity", "info"}, {"team", "web"}});
  CHECK(!result.groups[1].interval.has_value());
  CHECK(!result.groups[1].query_offset.has_value());
  CHECK(result.groups[1].rules.empty());
}

TEST_CASE("an empty file has no groups") {
  for (const char* text : {"", "# only a comment\n", "groups:\n", "groups: []\n", "groups: null", "---\n"}) {
    CAPTURE(text);
    const Read result = read(text);
    CHECK(result.text() == "");
    CHECK(result.groups.empty());
  }
}

TEST_CASE("an interval of 0 means the default") {
  const Read result = read("groups:\n- name: g\n  interval: 0s\n");
  CHECK(result.text() == "");
  CHECK(!result.groups.at(0).interval.has_value());
}

TEST_CASE("any scalar serves as text") {
  const Read result =
      read_rules("  - alert: 5\n    expr: 1\n    for: 0\n    labels: {a: 1, b: true, c: null}\n");
  CHECK(result.text() == "");
  const Rule& rule = result.groups.at(0).rules.at(0);
  CHECK(rule.name == "5");
  CHECK(rule.expression == "1");
  CHECK(rule.labels == std::map<std::string, std::string>{{"a", "1"}, {"b", "true"}, {"c", ""}});
}

TEST_CASE("each mistake of a rule is named with its place") {
  const struct {
    const char* rule;
    const char* message;
  } cases[] = {
      {"  - alert: A\n    record: b\n    expr: up\n",
       "r.yml:4:12: error: group \"g\", rule 1, \"A\": only one of 'record' and 'alert' must be set"},
      {"  - expr: up\n",
       "r.yml:4:5: error: group \"g\", rule 1, \"\": one of 'record' or 'alert' must be set"},
      {"  - alert: A\n", "rule 1, \"A\": field 'expr' must be set in rule"},
      {"  - alert: A\n    expr: ''\n",
       "r.yml:5:11: error: group \"g\", rule 1, \"A\": field 'expr' must be set in rule"},
      {"  - record: a\n    expr: up\n    annotations: {x: y}\n",
       "invalid field 'annotations' in recording rule"},
      {"  - record: a\n    expr: up\n    for: 5m\n",
       "r.yml:6:10: error: group \"g\", rule 1, \"a\": invalid field 'for' in recording rule"},
      {"  - record: a\n    expr: up\n    keep_firing_for: 5m\n",
       "invalid field 'keep_firing_for' in recording rule"},
      {"  - record: 'a{b=\"c\"}'\n    expr: up\n",
       "braces present in the recording rule name; should it be in expr?: a{b=\"c\"}"},
      {"  - alert: A\n    expr: up\n    labels:\n      __name__: x\n",
       "r.yml:7:7: error: group \"g\", rule 1, \"A\": invalid label name: __name__"},
      {"  - alert: A\n    expr: up\n    labels: {'': x}\n", "invalid label name: "},
      {"  - alert: A\n    expr: up\n    annotations: {'': x}\n", "invalid annotation name: "},
      {"  - alert: A\n    expr: up\n    for: 5\n", "not a valid duration string: \"5\""},
      {"  - alert: A\n    expr: up\n    for: 5q\n", "unknown unit \"q\" in duration \"5q\""},
      {"  - alert: A\n    expr: up\n    labels: foo\n", "r.yml:6:13: error: "},
      {"  - alert: A\n    expr: up\n    sumary: foo\n", "r.yml:6:5: error: field "},
      {"  - alert: A\n    alert: B\n    expr: up\n", "already defined at line 4"},
      {"  - foo\n", "r.yml:4:5: error: "},
      {"  - alert: A\n    expr: [a]\n", "r.yml:5:11: error: "},
  };
  for (const auto& c : cases) {
    CAPTURE(c.rule);
    const Read result = read_rules(c.rule);
    CHECK(result.problems.has_errors());
    CAPTURE(result.text());
    CHECK(result.says(c.message));
  }
}

TEST_CASE("each mistake of a group is named with its place") {
  const struct {
    const char* text;
    const char* message;
  } cases[] = {
      {"groups:\n- rules: []\n", "r.yml:2:3: error: Groupname must not be empty"},
      {"groups:\n- name: ''\n", "r.yml:2:9: error: Groupname must not be empty"},
      {"groups:\n- name: a\n- name: a\n", "r.yml:3:9: error: groupname: \"a\" is repeated in the same file"},
      {"groups:\n- name: a\n  labels: {__name__: b}\n",
       "r.yml:3:12: error: group \"a\": invalid label name: __name__"},
      {"groups:\n- name: a\n  limit: many\n", "r.yml:3:10: error: "},
      {"groups:\n- name: a\n  interval: 1.5h\n", "in duration \"1.5h\""},
      {"groups:\n- name: a\n  query_ofset: 1m\n", "did you mean \"query_offset\"?"},
      {"x-common: {}\ngroups: []\n", "r.yml:1:1: error: field "},
      {"groups: foo\n", "r.yml:1:9: error: "},
      {"groups:\n- foo\n", "r.yml:2:3: error: "},
      {"foo\n", "r.yml:1:1: error: "},
      {"groups: [\n", "error: "},
  };
  for (const auto& c : cases) {
    CAPTURE(c.text);
    const Read result = read(c.text);
    CHECK(result.problems.has_errors());
    CAPTURE(result.text());
    CHECK(result.says(c.message));
  }
}

TEST_CASE("all mistakes of a file are reported together") {
  const Read result = read(R"(groups:
- name: a
  rules:
  - alert: A
    for: soon
  - record: r
    expr: up
    for: 5m
    annotations: {a: b}
- name: a
  unknown: 1
)");
  const auto errors =
      std::count_if(result.problems.all().begin(), result.problems.all().end(),
                    [](const Problem& problem) { return problem.severity == Severity::kError; });
  CHECK(errors == 6);
}

TEST_CASE("keys of other products are refused with the name of the product") {
  const struct {
    const char* text;
    const char* product;
  } cases[] = {
      {"groups:\n- name: a\n  partial_response_strategy: warn\n", "Thanos"},
      {"groups:\n- name: a\n  source_tenants: [a]\n", "Mimir"},
      {"groups:\n- name: a\n  evaluation_delay: 1m\n", "query_offset"},
      {"groups:\n- name: a\n  remote_write: [{url: x}]\n", "Loki"},
      {"groups:\n- name: a\n  concurrency: 2\n", "vmalert"},
      {"groups:\n- name: a\n  rules:\n  - alert: A\n    expr: up\n    update_entries_limit: 3\n", "vmalert"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.text);
    const Read result = read(c.text);
    REQUIRE(result.problems.all().size() == 1);
    const Problem& problem = result.problems.all().front();
    CHECK(problem.message.find("not found in rule") != std::string::npos);
    CHECK(problem.hint.find(c.product) != std::string::npos);
    CHECK(problem.position.column > 1);
  }
}

TEST_CASE("a template that does not parse is an error of its value") {
  const struct {
    const char* value;
    const char* message;
  } cases[] = {
      {"{{ foo }}", "template: __alert_A:1: function \"foo\" not defined"},
      {"{{ $x }}", "template: __alert_A:1: undefined variable \"$x\""},
      {"{{ if }}", "template: __alert_A:1: missing value for if"},
      {"{{ end }}", "template: __alert_A:1: unexpected {{end}}"},
      {"{{ $labels.foo-bar }}", "template: __alert_A:1: "},
      {"{{ tmpl \"x\" }}", "template: __alert_A:1: function \"tmpl\" not defined"},
      {"{{ x", "template: __alert_A:1: "},
  };
  for (const auto& c : cases) {
    CAPTURE(c.value);
    for (const char* kind : {"label", "annotation"}) {
      const std::string rule =
          std::string("  - alert: A\n    expr: up\n    ") + kind + "s:\n      k: '" + c.value + "'\n";
      const Read result = read_rules(rule);
      REQUIRE(result.problems.all().size() == 1);
      const Problem& problem = result.problems.all().front();
      CAPTURE(problem.message);
      CHECK(problem.position == Position{7, 10});
      CHECK(problem.message.find(std::string("group \"g\", rule 1, \"A\": ") + kind +
                                 " \"k\": " + c.message) == 0);
    }
  }
}

TEST_CASE("a template that can only fail when it runs is accepted") {
  for (const char* value :
       {"{{ .Foo }}", "{{ query \"up\" }}", "{{ template \"zz\" }}", "{{ $value.x }}", "{{ $labels.nope }}",
        "{{ gt $value 5 }}", "{{ index $labels \"a.b\" }}", "{{ $externalURL }}{{ $externalLabels.a }}",
        "{{ now | toTime }} {{ toDuration 5 }} {{ urlQueryEscape \"a\" }} {{ humanizeDuration $value }}"}) {
    CAPTURE(value);
    const Read result =
        read_rules(std::string("  - alert: A\n    expr: up\n    annotations:\n      k: '") + value + "'\n");
    CHECK(result.text() == "");
  }
}

TEST_CASE("labels of recording rules are not templates") {
  const Read result = read_rules("  - record: a\n    expr: up\n    labels: {k: '{{ foo }}'}\n");
  CHECK(result.text() == "");
}

TEST_CASE("a group label that does not parse as a template is a warning, as Prometheus accepts it") {
  const Read result =
      read("groups:\n- name: g\n  labels: {k: '{{ foo }}'}\n  rules:\n  - alert: A\n    expr: up\n");
  CHECK(!result.problems.has_errors());
  REQUIRE(result.problems.all().size() == 1);
  CHECK(result.problems.all().front().severity == Severity::kWarning);
}

TEST_CASE("a Prometheus 1.x rule file is read wherever YAML is") {
  const Read result = read("# old\nALERT Down IF up == 0 FOR 5m\n");
  CHECK(result.problems.empty());
  REQUIRE(result.groups.size() == 1);
  CHECK(result.groups[0].name == "r");
  CHECK(result.groups[0].rules.at(0).name == "Down");
}

TEST_CASE("a rule that says the same as another one is a warning") {
  const Read result = read(R"(groups:
- name: a
  rules:
  - {alert: A, expr: up, labels: {x: "1"}}
  - {alert: A, expr: up, labels: {x: "2"}}
  - {record: A, expr: up, labels: {x: "1"}}
- name: b
  labels: {x: "1"}
  rules:
  - {alert: A, expr: up, for: 5m}
)");
  REQUIRE(result.text() == "");
  Problems problems;
  check_rule_set(result.groups, problems);
  REQUIRE(problems.all().size() == 1);
  CHECK(problems.all().front().severity == Severity::kWarning);
  CHECK(problems.to_string().find("r.yml:10:5: warning: alert \"A\" is the same as the one at r.yml:4") == 0);
}

TEST_CASE("a mistake in an expression is shown at its own place, however YAML writes the expression") {
  const struct {
    const char* expression;
    Position position;
    int length;
  } cases[] = {
      {"raet(foo[5m])", {5, 11}, 4},
      {"up == 0 or raet(foo[5m])", {5, 22}, 4},
      {"'up{a=''b''} or raet(foo[5m])'", {5, 27}, 4},
      {"\"up{a=\\\"b\\\"} or raet(foo[5m])\"", {5, 27}, 4},
      {"|\n      up\n      or raet(foo[5m])", {7, 10}, 4},
      {">-\n      up\n      or raet(foo[5m])", {7, 10}, 4},
      {"up\n      or raet(foo[5m])", {6, 10}, 4},
      {"|\n      sum(up\n", {6, 13}, 1},
      {"|\n      sum(\n        up[5m])\n", {7, 9}, 6},
  };
  for (const auto& c : cases) {
    CAPTURE(c.expression);
    const Read result = read_rules("  - alert: A\n    expr: " + std::string(c.expression) + "\n");
    CAPTURE(result.text());
    REQUIRE(result.problems.all().size() == 1);
    const Problem& problem = result.problems.all().front();
    CHECK(problem.position == c.position);
    CHECK(problem.length == c.length);
  }
  const Read result = read_rules("  - alert: A\n    expr: up == 0 or raet(foo[5m])\n");
  CHECK(result.text() ==
        "r.yml:5:22: error: group \"g\", rule 1, \"A\": could not parse expression: unknown function with name "
        "\"raet\" (did you mean `rate`?)\n");
}

TEST_CASE("all mistakes of an expression are reported, and what depends on the server is a warning") {
  CHECK(read_rules("  - alert: A\n    expr: rate(a) + sum(b[5m])\n").problems.all().size() == 2);
  const Read experimental = read_rules("  - alert: A\n    expr: limitk(5, a)\n");
  CHECK(!experimental.problems.has_errors());
  CHECK(experimental.says("r.yml:5:11: warning: group \"g\", rule 1, \"A\": limitk() is experimental"));
}

TEST_CASE("an expression that no rule can have as result is a warning, as Prometheus loads it") {
  for (const char* expression : {"foo[5m]", "'\"text\"'"}) {
    CAPTURE(expression);
    const Read result = read_rules("  - alert: A\n    expr: " + std::string(expression) + "\n");
    CHECK(!result.problems.has_errors());
    CHECK(result.says("every evaluation fails"));
  }
}
