#include <doctest/doctest.h>

#include "router/route.h"

using namespace tocsin;

namespace {

Route read(std::string_view yaml, Problems& problems, MatcherDialect dialect = MatcherDialect::kFallback) {
  YamlDocument document = YamlDocument::parse(yaml, "tocsin.yml", problems);
  return read_route(document.root(), {"default", "team", "pager"}, {"night", "day"}, dialect, problems);
}

}  // namespace

TEST_CASE("A route tree inherits what it does not say") {
  Problems problems;
  Route root = read(R"(receiver: default
group_by: [job, cluster]
group_wait: 10s
group_interval: 1m
repeat_interval: 1h
routes:
- matchers: ['team="x"', 'severity=~"a|b"']
  receiver: team
  continue: true
- match: {severity: critical}
  match_re: {team: "d.*"}
  group_by: []
  group_wait: 0s
  routes:
  - group_by: ['...']
    repeat_interval: 2d
  - {}
)",
                    problems);
  CHECK(problems.to_string() == "");
  CHECK(root.group_by == std::vector<std::string>{"cluster", "job"});
  REQUIRE(root.routes.size() == 2);
  const Route& first = root.routes[0];
  CHECK(first.receiver == "team");
  CHECK(first.continues);
  CHECK(first.group_by == root.group_by);
  CHECK(first.group_wait == std::chrono::seconds(10));
  CHECK(first.id == "{}/{severity=~\"a|b\",team=\"x\"}/0");
  const Route& second = root.routes[1];
  CHECK(second.receiver == "default");
  CHECK_FALSE(second.continues);
  CHECK(second.group_by.empty());
  CHECK(second.group_wait == Duration::zero());
  CHECK(second.key == "{}/{severity=\"critical\",team=~\"^(?:d.*)$\"}");
  REQUIRE(second.routes.size() == 2);
  CHECK(second.routes[0].group_by_all);
  CHECK(second.routes[0].repeat_interval == std::chrono::hours(48));
  CHECK(second.routes[1].group_by.empty());
  CHECK_FALSE(second.routes[1].group_by_all);
}

TEST_CASE("Names under `...` and none under an empty list override the parent") {
  Problems problems;
  Route root = read("receiver: default\ngroup_by: ['...']\nroutes:\n- group_by: [a]\n- group_by: []\n- {}\n",
                    problems);
  CHECK(problems.to_string() == "");
  CHECK(root.group_by_all);
  CHECK_FALSE(root.routes[0].group_by_all);
  CHECK(root.routes[0].group_by == std::vector<std::string>{"a"});
  CHECK_FALSE(root.routes[1].group_by_all);
  CHECK(root.routes[1].group_by.empty());
  CHECK(root.routes[2].group_by_all);
}

TEST_CASE("The defaults are Alertmanager's") {
  Problems problems;
  Route root = read("receiver: default\nmute_time_intervals: []\nlabels: {}\n", problems);
  CHECK(problems.to_string() == "");
  CHECK(root.group_wait == std::chrono::seconds(30));
  CHECK(root.group_interval == std::chrono::minutes(5));
  CHECK(root.repeat_interval == std::chrono::hours(4));
}

TEST_CASE("Each mistake in a route is named with its place") {
  struct Row {
    std::string yaml;
    std::string message;
    int line;
  };
  const std::vector<Row> rows = {
      {"group_wait: 1s\n", "must name a receiver", 1},
      {"receiver: nobody\n", "there is no receiver \"nobody\"", 1},
      {"receiver: default\ncontinue: true\n", "must not have continue", 2},
      {"receiver: default\nmatchers: [a=b]\n", "must not have matchers", 2},
      {"receiver: default\nmatch: {a: b}\n", "must not have match", 2},
      {"receiver: default\nmatch_re: {a: b}\n", "must not have match_re", 2},
      {"receiver: default\ngroup_interval: 0s\n", "group_interval must not be zero", 2},
      {"receiver: default\nrepeat_interval: 0s\n", "repeat_interval must not be zero", 2},
      {"receiver: default\ngroup_wait: soon\n", "soon", 2},
      {"receiver: default\ngroup_by: [a, a]\n", "named twice", 2},
      {"receiver: default\ngroup_by: [a, '...']\n", "must stand alone", 2},
      {"receiver: default\ngroup_by: ['']\n", "is not a label name", 2},
      {"receiver: default\nrouts: []\n", "routs", 2},
      {"receiver: default\nmute_time_intervals: [night]\n", "must not have mute_time_intervals", 2},
      {"receiver: default\nactive_time_intervals: [day]\n", "must not have active_time_intervals", 2},
      {"receiver: default\nroutes:\n- mute_time_intervals:\n  - night\n  - nihgt\n",
       "there is no time interval \"nihgt\"", 5},
      {"receiver: default\nroutes:\n- active_time_intervals: [weekend]\n",
       "there is no time interval \"weekend\"", 3},
      {"receiver: default\nroutes:\n- labels: {'': b}\n", "is not a label name", 3},
      {"receiver: default\nroutes:\n- receiver: gone\n", "there is no receiver \"gone\"", 3},
      {"receiver: default\nroutes:\n- match: {bad-name: x}\n", "bad-name", 3},
      {"receiver: default\nroutes:\n- match_re: {a: '('}\n", "a:", 3},
      {"receiver: default\nroutes:\n- matchers: [nonsense]\n", "nonsense", 3},
      {"receiver: default\nroutes:\n- matchers: [[a]]\n", "a matcher is a text", 3},
      {"receiver: default\nroutes:\n-\n", "empty route", 3},
  };
  for (const Row& row : rows) {
    CAPTURE(row.yaml);
    Problems problems;
    read(row.yaml, problems);
    REQUIRE(problems.has_errors());
    CAPTURE(problems.to_string());
    bool found = false;
    for (const Problem& problem : problems.all()) {
      found |= problem.message.find(row.message) != std::string::npos && problem.position.line == row.line;
    }
    CHECK(found);
  }
}

TEST_CASE("Time intervals are a route's own, its labels are handed down") {
  Problems problems;
  Route root = read(R"(receiver: default
labels: {team: ops, tier: "1"}
routes:
- mute_time_intervals: [night]
  active_time_intervals: [day, night]
  labels: {tier: "{{ .CommonLabels.tier }}", a.b: x}
  routes:
  - receiver: team
)",
                    problems);
  CHECK(problems.to_string() == "");
  const Route& child = root.routes[0];
  CHECK(child.mute_time_intervals == std::vector<std::string>{"night"});
  CHECK(child.active_time_intervals == std::vector<std::string>{"day", "night"});
  CHECK(child.labels == std::map<std::string, std::string>{
                            {"a.b", "x"}, {"team", "ops"}, {"tier", "{{ .CommonLabels.tier }}"}});
  CHECK(child.routes[0].mute_time_intervals.empty());
  CHECK(child.routes[0].active_time_intervals.empty());
  CHECK(child.routes[0].labels == child.labels);
  CHECK(root.labels.size() == 2);
}

TEST_CASE("A mistyped time interval is answered with the nearest") {
  Problems problems;
  read("receiver: default\nroutes:\n- mute_time_intervals: [nihgt]\n", problems);
  CHECK(problems.to_string().find("did you mean \"night\"") != std::string::npos);
}

TEST_CASE("All mistakes of a tree are reported at once") {
  Problems problems;
  read("group_interval: 0s\ncontinue: true\nroutes:\n- receiver: a\n- receiver: b\n", problems);
  CHECK(problems.all().size() == 5);
}

TEST_CASE("No route at all is a mistake") {
  Problems problems;
  read_route(YamlNode(), {}, {}, MatcherDialect::kFallback, problems);
  CHECK(problems.has_errors());
}

TEST_CASE("A repeat shorter than the group interval is only a warning") {
  Problems problems;
  read("receiver: default\nrepeat_interval: 1m\nroutes:\n- {}\n", problems);
  CHECK_FALSE(problems.has_errors());
  CHECK(problems.all().size() == 1);
}

TEST_CASE("The classic dialect wants classic label names in group_by") {
  Problems problems;
  read("receiver: default\ngroup_by: [a.b]\n", problems);
  CHECK_FALSE(problems.has_errors());
  read("receiver: default\ngroup_by: [a.b]\n", problems, MatcherDialect::kClassic);
  CHECK(problems.has_errors());
}
