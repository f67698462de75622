// Rules and routes together, templates that fail, and the comments that suppress findings.
#include "app/check_findings.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "app/finding_catalogue.h"

using namespace tocsin;
using namespace std::chrono_literals;

namespace {

const TimePoint kToday = *parse_rfc3339("2026-06-15T12:00:00Z");

std::string codes_of(const Problems& problems) {
  std::string codes;
  for (const Problem* problem : problems.in_order()) {
    if (!codes.empty()) codes += ' ';
    codes += problem->code + ':' + std::to_string(problem->position.line);
  }
  return codes;
}

Problems check_rules(const std::string& text) {
  MemoryFiles files;
  files.files["r.yml"] = text;
  Problems problems;
  CheckedSources sources;
  check_rule_file("r.yml", files, problems, promql::Dialect::any(), &sources);
  CHECK_MESSAGE(!problems.has_errors(), problems.to_string());
  add_findings(sources, nullptr, {.now = kToday}, problems);
  return problems;
}

std::string rule_codes(const std::string& text) {
  return codes_of(check_rules(text));
}

// The findings of tocsin.yml with these rules: those of the file itself, and those of the rules by theirs.
Problems check_all(const std::string& config, const std::string& rules) {
  MemoryFiles files;
  files.files["tocsin.yml"] = config;
  files.files["r.yml"] = "groups:\n- name: g\n  rules:\n" + rules;
  Problems problems;
  CheckedSources sources;
  const auto configuration = load_configuration("tocsin.yml", "http://localhost:9093", files, problems,
                                                MatcherDialect::kFallback, promql::Dialect::any(), &sources);
  REQUIRE_MESSAGE(configuration.has_value(), problems.to_string());
  add_findings(sources, &*configuration, {.now = kToday}, problems);
  return problems;
}

constexpr const char* kHead =
    "prometheus: [{name: main, url: 'http://localhost:9090', rule_files: [r.yml]}]\n"
    "receivers:\n"
    "- {name: a, webhook_configs: [{url: 'http://localhost:1'}]}\n"
    "- {name: b, webhook_configs: [{url: 'http://localhost:2'}]}\n";

// The routes' text begins in line 5.
std::string codes(const std::string& routes, const std::string& rules) {
  return codes_of(check_all(kHead + routes, rules));
}

std::string alert(const std::string& name, const std::string& expression, const std::string& labels) {
  return "  - {alert: " + name + ", expr: '" + expression + "', for: 5m, labels: {" + labels + "}}\n";
}

}  // namespace

TEST_CASE("routes/no-rule and receivers/no-rule: what no rule reaches") {
  const std::string routes = "route:\n  receiver: a\n  routes:\n  - {receiver: b, matchers: [team=db]}\n";
  CHECK(codes(routes, alert("A", "up == 0", "team: db")) == "");
  CHECK(codes(routes, alert("A", "up == 0", "team: dbs")) ==
        "routes/default:4 receivers/no-rule:4 routes/no-rule:8");
  // The expression may give the label.
  CHECK(codes(routes, alert("A", "up == 0", "")) == "");
  CHECK(codes(routes, alert("A", "sum(up) == 0", "")) == "receivers/no-rule:4 routes/no-rule:8");
  CHECK(codes(routes, alert("A", "sum by (team) (up) == 0", "")) == "");
  CHECK(codes(routes, alert("A", "up{team=\"web\"} == 0", "")) == "receivers/no-rule:4 routes/no-rule:8");
  // Without rules nothing is said, nor of alerts of Tocsin's own.
  CHECK(codes(routes, "") == "");
  CHECK(codes("route:\n  receiver: a\n  routes:\n  - {receiver: b, matchers: [alertname=StorageFailing]}\n",
              alert("A", "sum(up) == 0", "")) == "");
}

TEST_CASE("routes/unheard: a rule that only reaches a receiver without integrations") {
  const std::string config =
      "prometheus: [{name: main, url: 'http://localhost:9090', rule_files: [r.yml]}]\n"
      "receivers: [{name: 'null'}, {name: b, webhook_configs: [{url: 'http://localhost:2'}]}]\n"
      "route: {receiver: 'null', routes: [{receiver: b, matchers: [team=db]}]}\n";
  CHECK(codes_of(check_all(config, alert("A", "sum(up) == 0", "team: db"))) == "");
  CHECK(codes_of(check_all(config, alert("A", "sum(up) == 0", "team: db") +
                                       alert("B", "sum(up) == 0", "x: y"))) == "routes/unheard:5");
  CHECK(codes_of(check_all(config, alert("A", "sum(up) == 0", "team: db") + alert("B", "up == 0", "x: y"))) ==
        "");
}

TEST_CASE("external labels count among the labels of alerts") {
  const std::string config = std::string("global: {external_labels: {cluster: eu}}\n") + kHead;
  const auto of = [&](const std::string& cluster) {
    return codes_of(check_all(
        config + "route: {receiver: a, routes: [{receiver: b, matchers: [cluster=" + cluster + "]}]}\n",
        alert("A", "sum(up) == 0", "")));
  };
  CHECK(of("eu") == "");
  CHECK(of("us") == "receivers/no-rule:5 routes/no-rule:6");
}

TEST_CASE("routes/group-by: a label that no rule carries") {
  const auto of = [](const std::string& label) {
    return codes(
        "route:\n  receiver: a\n  group_by: [" + label + "]\n  routes: [{receiver: b, matchers: [x=y]}]\n",
        alert("A", "sum by (pod) (up) == 0", "x: y"));
  };
  CHECK(of("pod") == "");
  CHECK(of("alertname") == "");
  CHECK(of("namespace") == "routes/group-by:7");
}

TEST_CASE("inhibition/no-rule and inhibition/equal: inhibition that rules cannot take part in") {
  const auto of = [](const std::string& rule, const std::string& rules) {
    return codes(
        "route: {receiver: a, routes: [{receiver: b, matchers: [x=y]}]}\ninhibit_rules:\n- " + rule + "\n",
        rules);
  };
  const std::string two =
      alert("A", "sum by (pod) (up) == 0", "s: a, x: y") + alert("B", "sum by (pod) (up) == 1", "s: b, x: y");
  CHECK(of("{source_matchers: [s=a], target_matchers: [s=b], equal: [pod]}", two) == "");
  CHECK(of("{source_matchers: [s=c], target_matchers: [s=b], equal: [pod]}", two) == "inhibition/no-rule:7");
  // Alerts of Tocsin's own have a severity.
  CHECK(of("{source_matchers: [severity=critical], target_matchers: [s=b], equal: [pod]}", two) == "");
  CHECK(of("{source_matchers: [alertname=A], target_matchers: [alertname=B], equal: [zone]}", two) ==
        "inhibition/equal:7");
}

TEST_CASE("receivers/group-label and receivers/no-label: texts that show nothing") {
  const auto of = [](const std::string& text, const std::string& group_by) {
    return codes_of(check_all(
        "prometheus: [{name: main, url: 'http://localhost:9090', rule_files: [r.yml]}]\n"
        "route: {receiver: a, group_by: [" +
            group_by +
            "]}\n"
            "receivers:\n- name: a\n  slack_configs:\n  - api_url: http://localhost:1\n    channel: '#c'\n"
            "    title: '" +
            text + "'\n",
        alert("A", "sum by (pod) (up) == 0", "")));
  };
  CHECK(of("{{ .GroupLabels.pod }}", "pod") == "");
  CHECK(of("{{ .GroupLabels.pod }}", "alertname") == "receivers/group-label:8");
  CHECK(of("{{ .GroupLabels.pod }}", "'...'") == "");
  CHECK(of("{{ if .GroupLabels.pod }}{{ .GroupLabels.pod }}{{ end }}", "alertname") == "");
  CHECK(of("{{ .CommonLabels.pod }}", "alertname") == "");
  CHECK(of("{{ .CommonLabels.zone }}", "alertname") == "receivers/no-label:8");
}

TEST_CASE("alerts/template-error: templates that parse and fail") {
  const auto of = [](const std::string& summary) {
    return rule_codes(
        "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up == 0\n    annotations:\n      s: '" +
        summary + "'\n");
  };
  CHECK(of("{{ $value | humanize }} on {{ $labels.job }}") == "");
  CHECK(of("{{ humanize $labels }}") == "alerts/template-error:7");
  CHECK(of("{{ $labels.job | reReplaceAll \"(a\" \"b\" }}") == "alerts/template-error:7");
  CHECK(of("{{ $labels.job | reReplaceAll \"(a)\" \"b\" }}") == "");
  CHECK(of("{{ $labels.timeout | parseDuration }}") == "");  // it may hold one
  CHECK(of("{{ query \"up\" | first | value }}") == "alerts/template-query:7");
  CHECK(of("{{ with query \"up\" }}{{ . | first | value }}{{ end }}") == "");
  CHECK(of("{{ range query \"up\" }}{{ .Value }}{{ end }}") == "");
}

TEST_CASE("comments suppress findings of their rule, their file or their line") {
  const std::string head = "groups:\n- name: g\n  rules:\n";
  const std::string rule = "  - alert: A\n    expr: errors_total > 1\n";
  CHECK(rule_codes(head + rule) == "promql/counter:5");
  CHECK(rule_codes(head + "  # tocsin disable promql/counter\n" + rule) == "");
  CHECK(rule_codes(head + "  # tocsin disable promql/counter because it is reset daily\n" + rule) == "");
  CHECK(rule_codes(head +
                   "  - alert: A\n    # tocsin disable promql/counter\n    expr: errors_total > 1\n") == "");
  CHECK(rule_codes(head + "  - alert: A\n    expr: errors_total > 1  # tocsin disable promql/counter\n") ==
        "");
  CHECK(rule_codes(head + rule + "    # tocsin disable promql/counter\n") == "");
  CHECK(rule_codes("# tocsin file/disable promql/counter\n" + head + rule) == "");
  CHECK(rule_codes(head + "  # pint disable promql/counter\n" + rule) == "");
  CHECK(rule_codes(head + "  # pint disable promql/counter(prod)\n" + rule) == "");
  CHECK(rule_codes("# pint file/disable promql/counter\n" + head + rule) == "");
  CHECK(rule_codes("# pint ignore/file\n" + head + rule) == "ignore/file:1");
  CHECK(rule_codes(head + "  - alert: A\n    # pint ignore/next-line\n    expr: errors_total > 1\n") == "");
  CHECK(rule_codes(head + "  - alert: A\n    expr: errors_total > 1 # pint ignore/line\n") == "");
  CHECK(rule_codes(head + "  # pint ignore/begin\n" + rule + "  # pint ignore/end\n") == "");
  CHECK(rule_codes("# pint file/owner team-a\n" + head + "  # pint rule/owner team-b\n" + rule) ==
        "promql/counter:7");
}

TEST_CASE("a comment acts on its own rule only") {
  const std::string head = "groups:\n- name: g\n  rules:\n";
  CHECK(rule_codes(head + "  - alert: A\n    expr: errors_total > 1\n"
                          "  # tocsin disable promql/counter\n"
                          "  - alert: B\n    expr: errors_total > 1\n"
                          "  - alert: C\n    expr: errors_total > 1\n") ==
        "promql/counter:5 promql/counter:10");
}

TEST_CASE("of rules that share a line a comment down to that line acts on it, and one below from it on") {
  const auto codes = [](const std::string& on_the_line, const std::string& below) {
    return rule_codes("groups:\n- name: g\n  rules: [{alert: A, expr: errors_total > 1}, {alert: B," +
                      on_the_line + "\n    for: 5m," + below + "\n    expr: errors_total > 1}]\n");
  };
  CHECK(codes("", "") == "promql/counter:3 promql/counter:5");
  CHECK(codes(" # tocsin disable promql/counter", "") == "promql/counter:5");
  CHECK(codes("", " # tocsin disable promql/counter") == "");
}

TEST_CASE("suppressions end on their day, and say so") {
  const std::string head = "groups:\n- name: g\n  rules:\n";
  const std::string rule = "  - alert: A\n    expr: errors_total > 1\n";
  CHECK(rule_codes(head + "  # tocsin disable promql/counter until 2026-06-16\n" + rule) == "");
  const Problems past =
      check_rules(head + "  # tocsin disable promql/counter until 2026-06-15 soon\n" + rule);
  CHECK(codes_of(past) == "tocsin/comment:4 promql/counter:6");
  CHECK(past.in_order()[0]->to_string() ==
        "r.yml:4:3: note: this suppression of promql/counter has ended on 2026-06-15 and does not act any "
        "more (mend "
        "what it hides, or give it another date) [tocsin/comment]");
  CHECK(rule_codes(head + "  # pint snooze 2026-06-16 promql/counter\n" + rule) == "");
  CHECK(rule_codes(head + "  # pint snooze 2026-06-15T13:00:00Z promql/counter\n" + rule) == "");
  CHECK(rule_codes(head + "  # pint snooze 2026-06-15T11:00:00Z promql/counter\n" + rule) ==
        "pint/comment:4 promql/counter:6");
  CHECK(rule_codes("# pint file/snooze 2027-01-01 promql/counter\n" + head + rule) == "");
}

TEST_CASE("comments that say nothing are told") {
  const std::string head = "groups:\n- name: g\n  rules:\n";
  const std::string rule = "  - alert: A\n    expr: errors > 1\n";
  const auto above = [&](const std::string& comment) {
    return rule_codes(head + "  " + comment + "\n" + rule);
  };
  CHECK(above("# tocsin disable promql/regexp") == "tocsin/comment:4");
  // Only a server can tell whether these hide something.
  CHECK(above("# tocsin disable promql/series") == "");
  CHECK(above("# tocsin disable promql/counter") == "");
  CHECK(above("# tocsin disable promql/conter") == "tocsin/comment:4");
  CHECK(above("# tocsin disable promql/counter until tomorrow") == "tocsin/comment:4");
  CHECK(above("# tocsin disable") == "tocsin/comment:4");
  CHECK(above("# tocsin disable promql/series(a until 2027-01-31") == "tocsin/comment:4");
  CHECK(above("# tocsin disabel promql/counter") == "tocsin/comment:4");
  CHECK(above("# pint disable promql/counter") == "");  // pint itself may need it
  CHECK(above("# pint disable promql/series(a)") == "");
  CHECK(above("# pint disable promql/serious") == "pint/comment:4");
  CHECK(above("# pint snooze soon promql/rate") == "pint/comment:4");
  CHECK(above("# pint disable") == "pint/comment:4");
  CHECK(above("# pint ignore/end") == "pint/comment:4");
  CHECK(above("# pint is a good program") == "");
  CHECK(above("# nothing about tocsin here") == "");
  CHECK(rule_codes("# pint disable promql/rate\n\n" + head + rule) == "pint/comment:1");
}

TEST_CASE("errors are not suppressed") {
  MemoryFiles files;
  files.files["r.yml"] = "# pint ignore/file\ngroups:\n- name: g\n  rules:\n  - {alert: A, expr: 'a ('}\n";
  Problems problems;
  CheckedSources sources;
  check_rule_file("r.yml", files, problems, promql::Dialect::any(), &sources);
  add_findings(sources, nullptr, {.now = kToday}, problems);
  CHECK(problems.has_errors());
}

TEST_CASE("comments suppress in the configuration and in 1.x files") {
  const std::string routes =
      "route:\n  receiver: a\n  routes:\n  - receiver: b\n    matchers: [team=db]\n    continue: true\n";
  const std::string rule = alert("A", "sum(up) == 0", "team: db");
  CHECK(codes(routes, rule) == "routes/useless-continue:10");
  CHECK(
      codes("route:\n  receiver: a\n  routes:\n  # tocsin disable routes/useless-continue\n  - receiver: b\n"
            "    matchers: [team=db]\n    continue: true\n",
            rule) == "");
  CHECK(codes("route:\n  receiver: a\n  routes:\n  - receiver: b\n    matchers: [team=db]\n"
              "    continue: true  # tocsin disable routes/useless-continue\n",
              rule) == "");
  CHECK(rule_codes("# tocsin disable promql/counter\nALERT A\n  IF errors_total > 1\n  FOR 5m\n") == "");
  CHECK(rule_codes("ALERT A\n  IF errors_total > 1  # tocsin disable promql/counter\n  FOR 5m\n") == "");
}

TEST_CASE("the catalogue knows every code, each once, in order") {
  const auto& all = all_findings();
  CHECK(all.size() > 40);
  CHECK(std::ranges::is_sorted(all, {}, &FindingKind::code));
  CHECK(std::ranges::adjacent_find(all, {}, &FindingKind::code) == all.end());
  REQUIRE(find_finding("promql/rate") != nullptr);
  CHECK(find_finding("promql/rate")->code == "promql/rate");
  CHECK(find_finding("promql/none") == nullptr);
  for (const FindingKind& kind : all) {
    CAPTURE(kind.code);
    CHECK(kind.severity != Severity::kError);
    CHECK_FALSE(kind.title.empty());
    CHECK(kind.explanation.size() > 40);
  }
}

TEST_CASE("keeping sources for the checks changes nothing of what is loaded") {
  const std::string config =
      std::string(kHead) + "route: {receiver: a, routes: [{receiver: b, matchers: [x=y]}]}\n";
  MemoryFiles files;
  files.files["tocsin.yml"] = config;
  files.files["r.yml"] = "groups:\n- name: g\n  rules:\n" + alert("A", "up == 0", "x: y");
  Problems plain, checked;
  CheckedSources sources;
  const auto a = load_configuration("tocsin.yml", "", files, plain);
  const auto b = load_configuration("tocsin.yml", "", files, checked, MatcherDialect::kFallback,
                                    promql::Dialect::any(), &sources);
  REQUIRE(a.has_value());
  REQUIRE(b.has_value());
  CHECK(a->hash == b->hash);
  CHECK(a->rule_count == b->rule_count);
  REQUIRE(b->engine.evaluator->groups.size() == 1);
  CHECK(a->engine.evaluator->groups[0]->group == b->engine.evaluator->groups[0]->group);
  REQUIRE(sources.rule_files.size() == 1);
  CHECK(sources.rule_files[0].groups[0].rules[0].tree.root() != nullptr);
  CHECK(sources.evaluation_interval == 1min);
}
