// What a team asks of its rules: each policy with rules that it finds beside what comes near and is good.
#include <doctest/doctest.h>

#include <algorithm>

#include "rules/checked_rule_file.h"
#include "rules/policies/policy_check.h"
#include "rules/policies/policy_reader.h"
#include "rules/policies/policy_scope.h"

using namespace tocsin;

namespace {

std::vector<Policy> policies_of(const std::string& checks, Problems& problems) {
  const YamlDocument document = YamlDocument::parse("checks:\n" + checks, "p.yml", problems);
  return read_policies(document.root().entries().front().second, problems);
}

std::vector<PolicyFinding> find(const std::string& checks, const std::string& rules,
                                std::vector<RuleOwner> owners = {}, const std::string& path = "r.yml") {
  Problems problems;
  const std::vector<Policy> policies = policies_of(checks, problems);
  const CheckedRuleFile file =
      read_checked_rule_file("groups:\n- name: g\n  rules:\n" + rules, path, problems);
  CHECK_MESSAGE(!problems.has_errors(), problems.to_string());
  return check_policies(file, policies, owners);
}

// CODE(SUBJECT):LINE:COLUMN of each, in the order found.
std::string places_of(const std::vector<PolicyFinding>& found) {
  std::string text;
  for (const PolicyFinding& one : found) {
    if (!text.empty()) text += ' ';
    text += one.problem.code;
    if (!one.subject.empty()) text += '(' + one.subject + ')';
    text +=
        ':' + std::to_string(one.problem.position.line) + ':' + std::to_string(one.problem.position.column);
  }
  return text;
}

std::string messages_of(const std::vector<PolicyFinding>& found) {
  std::string text;
  for (const PolicyFinding& one : found)
    text += one.problem.message + (one.problem.hint.empty() ? "" : " (" + one.problem.hint + ")") + "\n";
  return text;
}

std::string of_record(const std::string& expression) {
  return "  - {record: a:b, expr: '" + expression + "'}\n";
}

struct Case {
  std::string expression;
  std::string found;  // what the messages say of each, "" where there is nothing
};

void check_expressions(const std::string& checks, std::initializer_list<Case> cases) {
  for (const Case& one : cases) {
    CAPTURE(one.expression);
    std::string said;
    for (const PolicyFinding& finding : find(checks, of_record(one.expression)))
      said += (said.empty() ? "" : "; ") + finding.problem.message.substr(std::string("record a:b: ").size());
    CHECK(said == one.found);
  }
}

std::string mistakes_of(const std::string& checks) {
  Problems problems;
  policies_of(checks, problems);
  return problems.to_string();
}

}  // namespace

TEST_CASE("promql/aggregate keep: the label must come through to the result") {
  const auto lost = [](const std::string& piece) {
    return "`" + piece + "` loses the label job, which must be kept";
  };
  check_expressions(
      "- aggregate: {keep: [job]}\n",
      {
          {"errors", ""},
          {"sum by (job) (errors)", ""},
          {"sum without (pod) (errors)", ""},
          {"sum(errors)", lost("sum(errors)")},
          {"sum by (pod) (errors)", lost("sum by (pod) (errors)")},
          {"sum without (job) (errors)", lost("sum without (job) (errors)")},
          // Where it was lost first, or last.
          {"sum by (job) (sum by (pod) (errors))", lost("sum by (pod) (errors)")},
          {"sum by (pod) (sum by (job, pod) (errors))", lost("sum by (pod) (sum by (job, pod) (errors))")},
          {"topk(3, errors)", ""},
          {"topk(3, sum(errors))", lost("sum(errors)")},
          {"quantile(0.9, errors)", lost("quantile(0.9, errors)")},
          // Each side that gives results.
          {"sum by (job) (errors) or sum(warnings)", lost("sum(warnings)")},
          {"sum(errors) / sum(requests)", lost("sum(errors)") + "; " + lost("sum(requests)")},
          {"sum by (job) (errors) / sum by (job) (requests)", ""},
          {"errors and on () sum(requests)", ""},
          {"errors unless on () (sum(requests) > 3)", ""},
          {"sum(errors) and on () requests", lost("sum(errors)")},
          {"sum by (job) (errors) > 5", ""},
          {"2 * sum(errors)", lost("sum(errors)")},
          // Another series brings it back, or the one that counts has it.
          {"sum by (pod) (errors) * on (pod) group_left (job) pods", ""},
          {"sum by (pod) (errors) * on (pod) group_left (team) pods", lost("sum by (pod) (errors)")},
          {"errors / on () group_left () sum(errors)", ""},
          {"sum(errors) / on () group_right () errors", ""},
          // Operators lose labels too.
          {"errors / on (pod) requests", "`/ on (pod)` loses the label job"},
          {"errors / ignoring (job) requests", "`/ ignoring (job)` loses the label job"},
          {"errors / ignoring (pod) requests", ""},
          {"errors / on (job) requests", ""},
          // Functions write it; count_values does.
          {R"(label_replace(sum(errors), "job", "all", "", ""))", ""},
          {R"(count_values("job", errors))", ""},
          {R"(absent(errors{job="api"}))", ""},
          {"absent(errors)", ""},
          {"vector(1)", ""},
          {"time()", ""},
          {"max_over_time(sum by (pod) (errors)[5m:1m])", lost("sum by (pod) (errors)")},
          {"-(sum(errors))", lost("sum(errors)")},
          {R"(sum(errors{job=""}))", ""},
      });
}

TEST_CASE("promql/aggregate strip: the label must not come through to the result") {
  const auto kept = [](const std::string& piece) {
    return "`" + piece + "` keeps the label pod, which must be stripped";
  };
  check_expressions(
      "- aggregate: {strip: [pod]}\n",
      {
          {"errors", ""},  // nobody knows
          {R"(errors{pod="a"})", R"(`errors{pod="a"}` has the label pod)"},
          {R"(sum(errors{pod="a"}))", ""},
          {"sum by (job) (errors)", ""},
          {"sum by (pod) (errors)", kept("sum by (pod) (errors)")},
          {"sum without (job) (errors)", kept("sum without (job) (errors)")},
          {"sum without (pod) (errors)", ""},
          {"sum without (job) (sum by (job, zone) (errors))", ""},
          {"sum(sum by (pod) (errors))", ""},
          {"sum by (job) (errors) or sum by (pod) (errors)", kept("sum by (pod) (errors)")},
          {"sum by (job) (a) * on (job) group_left (pod) b",
           "`* on (job) group_left (pod)` brings the label pod"},
          {"sum by (job) (a) and on (job) sum by (job, pod) (b)", ""},
          {R"(label_replace(sum(a), "pod", "x", "", ""))", "label_replace writes the label pod"},
          {R"(count_values("pod", a))", kept(R"(count_values("pod", a))")},
          {R"(absent(a{pod="x"}))", R"(`absent(a{pod="x"})` has the label pod)"},
      });
}

TEST_CASE("promql/aggregate leaves alone what the rule sets itself, and says where and what to write") {
  const std::string checks = "- {aggregate: {keep: [job], strip: [pod]}, comment: Ask us}\n";
  CHECK(places_of(find(checks, "  - {record: a, expr: sum by (pod) (b), labels: {job: x, pod: y}}\n")) == "");
  CHECK(places_of(find(checks, "  - {record: a, expr: sum(b), labels: {job: ''}}\n")) ==
        "promql/aggregate(job:true):4:46");
  const auto found = find(checks, "  - record: a\n    expr: 1 + sum by (pod) (b)\n");
  CHECK(places_of(found) == "promql/aggregate(job:true):5:15 promql/aggregate(pod:false):5:15");
  CHECK(messages_of(found) ==
        "record a: `sum by (pod) (b)` loses the label job, which must be kept (write by (pod, job); Ask us)\n"
        "record a: `sum by (pod) (b)` keeps the label pod, which must be stripped (take pod out of by (pod); "
        "Ask "
        "us)\n");
}

TEST_CASE("a policy goes through long and deep expressions") {
  std::string chain = "sum(a)", deep = "a";
  for (int i = 0; i < 2000; ++i) chain += " or sum(a)";
  for (int i = 0; i < 100; ++i) deep = "sum(" + deep + ")";
  CHECK(find("- aggregate: {keep: [job]}\n", of_record(chain)).size() == 2001);
  CHECK(find("- aggregate: {keep: [job]}\n", of_record(deep)).size() == 1);
}

TEST_CASE("promql/selector: selectors need matchers for labels") {
  const auto none = [](const std::string& selector) {
    return "`" + selector + "` has no matcher for the label job";
  };
  check_expressions("- selectors: [{labels: [job]}]\n",
                    {
                        {R"(up{job="a"})", ""},
                        {R"(up{job=~"a|b"})", ""},
                        {R"(up{job!=""})", ""},
                        {"up", none("up")},
                        {R"(up{job=~".*"})", none(R"(up{job=~".*"})")},
                        {R"(rate(a{x="y"}[5m]))", none(R"(a{x="y"})")},
                        {R"({__name__=~"a|b"})", none(R"({__name__=~"a|b"})")},
                        {R"(a + b{job="x"})", none("a")},
                        {R"(info(a{job="x"}, {cluster="y"}))", ""},
                        {"vector(1)", ""},
                    });
  check_expressions("- selectors: [{labels: [job], metric: 'kube_.+'}]\n",
                    {
                        {"up", ""},
                        {"kube_pod", none("kube_pod")},
                        {R"({__name__="kube_pod"})", none(R"({__name__="kube_pod"})")},
                        {R"({__name__=~"kube_.*"})", ""},
                        {"not_kube_pod", ""},
                    });
  check_expressions("- selectors: [{labels: [job], function: 'absent|absent_over_time|sum'}]\n",
                    {
                        {"up", ""},
                        {"absent(up)", none("up")},
                        {"rate(up[5m])", ""},
                        {"sum(rate(up[5m]))", none("up")},
                        {"sum(a) + b", none("a")},
                    });
  const auto found =
      find("- selectors: [{labels: [job, env]}]\n", "  - alert: A\n    expr: 1 + up{env=\"x\"}\n");
  CHECK(places_of(found) == "promql/selector(job):5:15");
  CHECK(messages_of(found) == "alert A: `up{env=\"x\"}` has no matcher for the label job (add job=\"…\")\n");
}

TEST_CASE("alerts/annotation and rule/label: required, forbidden, patterns and values") {
  const auto of = [](const std::string& checks, const std::string& rest) {
    return messages_of(find(checks, "  - {alert: A, expr: up == 0, " + rest + "}\n"));
  };
  const std::string summary = "- annotations: {summary: {required: true}}\n";
  CHECK(of(summary, "annotations: {summary: x}") == "");
  CHECK(of(summary, "for: 5m") == "alert A: the annotation summary is missing (add it to annotations)\n");
  CHECK(of(summary, "annotations: {summary: ' '}") ==
        "alert A: the annotation summary says nothing (give it a value)\n");
  const std::string url = "- annotations: {url: {pattern: 'https://.+'}}\n";
  CHECK(of(url, "for: 5m") == "");  // not required
  CHECK(of(url, "annotations: {url: 'https://a'}") == "");
  CHECK(of(url, "annotations: {url: 'https://a/{{ $labels.job }}'}") == "");
  CHECK(of(url, "annotations: {url: 'see https://a'}") ==
        "alert A: the annotation url \"see https://a\" does not match `https://.+`\n");
  const std::string forbidden = "- {labels: {replica: {forbidden: true}}, comment: no replicas}\n";
  CHECK(of(forbidden, "labels: {replica: a}") ==
        "alert A: the label replica is not wanted here (remove it; no replicas)\n");
  CHECK(of(forbidden, "labels: {replica: ''}") == "");
  CHECK(of(forbidden, "labels: {other: a}") == "");
  const std::string severity = "- labels: {severity: {required: true, values: [page, ticket]}}\n";
  CHECK(of(severity, "labels: {severity: page}") == "");
  CHECK(of(severity, "labels: {severity: Page}") ==
        "alert A: the label severity \"Page\" is none of page, ticket\n");
  CHECK(of(severity, "for: 5m") == "alert A: the label severity is missing (add it to labels)\n");
  CHECK(of(severity, "labels: {severity: '{{ if true }}page{{ end }}'}") ==
        "alert A: the label severity is a template, which as it is written is none of page, ticket\n");
  // Both are asked.
  CHECK(of("- labels: {team: {pattern: '[a-z]+', values: [db, Web]}}\n", "labels: {team: Web}") ==
        "alert A: the label team \"Web\" does not match `[a-z]+`\n");
}

TEST_CASE("a label that the group or surely the expression gives is there") {
  const std::string checks = "- labels: {team: {required: true, values: [db]}}\n";
  const auto of = [&](const std::string& expression) {
    return messages_of(find(checks, "  - {alert: A, expr: '" + expression + "'}\n"));
  };
  CHECK(of("up{team=\"db\"} == 0") == "");
  CHECK(of("sum by (team) (up{team=~\"d.+\"}) == 0") == "");
  CHECK(of("sum(up{team=\"db\"}) == 0") == "alert A: the label team is missing (add it to labels)\n");
  CHECK(of("sum by (team) (up) == 0") == "alert A: the label team is missing (add it to labels)\n");
  CHECK(of("up{team=\"web\"} == 0") ==
        "alert A: the label team, which the expression gives, \"web\" is none of db\n");
  Problems problems;
  const auto policies = policies_of(checks, problems);
  const CheckedRuleFile file = read_checked_rule_file(
      "groups:\n- {name: g, labels: {team: db}, rules: [{alert: A, expr: up == 0}]}\n", "r.yml", problems);
  CHECK(check_policies(file, policies, {}).empty());
}

TEST_CASE("a policy with a mistake is not applied half") {
  Problems problems;
  const auto policies = policies_of("- {match: {name: '('}, report: true}\n- {report: true}\n", problems);
  CHECK(problems.has_errors());
  CHECK(policies.size() == 1);
}

TEST_CASE("rule/for: limits of for and keep_firing_for, of alerts only") {
  const auto of = [](const std::string& rest) {
    return messages_of(find("- {for: {min: 1m, max: 1h}, keep_firing_for: {max: 5m}}\n",
                            "  - {alert: A, expr: up == 0" + rest + "}\n"));
  };
  CHECK(of(", for: 1m, keep_firing_for: 5m") == "");
  CHECK(of(", for: 1h") == "");
  CHECK(of("") == "alert A: there is no for (at least 1m is asked for)\n");
  CHECK(of(", for: 30s") == "alert A: for 30s is too short (at least 1m is asked for)\n");
  CHECK(of(", for: 2h, keep_firing_for: 6m") ==
        "alert A: for 2h is too long (at most 1h is asked for)\n"
        "alert A: keep_firing_for 6m is too long (at most 5m is asked for)\n");
  CHECK(places_of(find("- for: {min: 1m}\n", of_record("up"))) == "");
  CHECK(places_of(find("- keep_firing_for: {min: 1m}\n", "  - {alert: A, expr: up == 0}\n")) ==
        "rule/for(keep_firing_for):4:5");
}

TEST_CASE("rule/name, rule/reject and rule/report") {
  const std::string named = "- rule_name: '[a-z]+:[a-z]+'\n";
  CHECK(places_of(find(named, of_record("up"))) == "");
  CHECK(messages_of(find(named, "  - {record: a:b:c, expr: up}\n")) ==
        "record a:b:c: its name does not match `[a-z]+:[a-z]+`\n");

  const std::string rules =
      "  - alert: A\n    expr: up == 0\n    labels: {'a b': c, d: 'e f'}\n    annotations: {'g h': i, j: 'k "
      "l'}\n";
  CHECK(places_of(find("- reject: [{pattern: '.* .*'}]\n", rules)) ==
        "rule/reject:6:21 rule/reject:6:28 rule/reject:7:26 rule/reject:7:33");
  CHECK(messages_of(find("- reject: [{pattern: '.* .*', in: [label_names]}]\n", rules)) ==
        "alert A: the name of the label a b must not match `.* .*`\n");
  CHECK(messages_of(find("- reject: [{pattern: '.* .*', in: [annotation_values]}]\n", rules)) ==
        "alert A: the value of the annotation j must not match `.* .*`\n");
  CHECK(places_of(find("- reject: [{pattern: ' '}]\n", rules)) == "");  // whole texts

  const auto found = find("- {report: true, severity: note, comment: not here}\n", of_record("up"));
  CHECK(messages_of(found) == "record a:b: such a rule should not be there (not here)\n");
  CHECK(places_of(found) == "rule/report:4:14");
  CHECK(found[0].problem.severity == Severity::kNote);
}

TEST_CASE("rule/owner: a comment of the rule, the label, a comment of the file, in this order") {
  const std::string rule = "  - {alert: A, expr: up == 0, labels: {team: db}}\n";
  const auto of = [&](const std::string& owner, const RuleOwner& said) {
    return messages_of(find("- owner: " + owner + "\n", rule, {said}));
  };
  const std::string none =
      "alert A: it has no owner (write # tocsin rule/owner NAME above it, or file/owner for the file";
  CHECK(of("", {}) == none + ")\n");
  CHECK(of("{}", {"bob", ""}) == "");
  CHECK(of("{}", {"", "bob"}) == "");
  CHECK(of("{label: team}", {}) == "");
  CHECK(of("{label: squad}", {}) == none + ", or set the label squad)\n");
  CHECK(of("{label: team, values: [web]}", {"web", "x"}) == "");
  CHECK(of("{label: team, values: [web]}", {"", "web"}) == "alert A: its owner \"db\" is none of web\n");
  CHECK(of("{pattern: 'b.+'}", {"alice", "bob"}) == "alert A: its owner \"alice\" does not match `b.+`\n");
}

TEST_CASE("a policy is about the rules that match says, without those that ignore says") {
  const auto about = [](const std::string& scope, const std::string& path = "rules/prod/r.yml") {
    const std::string rules =
        "  - {alert: Disk, expr: up == 0, labels: {severity: page}}\n"
        "  - {alert: Cpu, expr: up == 0}\n"
        "  - {record: a:b, expr: up, labels: {severity: page}}\n";
    std::string names;
    for (const PolicyFinding& one : find("- {report: true, " + scope + "}\n", rules, {}, path)) {
      const std::string& message = one.problem.message;
      names += (names.empty() ? "" : " ") + message.substr(6, message.find(": ") - 6);
    }
    return names;
  };
  CHECK(about("comment: all") == "Disk Cpu  a:b");
  CHECK(about("match: {kind: alerting}") == "Disk Cpu");
  CHECK(about("match: {kind: recording}") == " a:b");
  CHECK(about("match: {name: 'C.*'}") == "Cpu");
  CHECK(about("match: {name: 'C'}") == "");
  CHECK(about("match: {matchers: ['severity=\"page\"']}") == "Disk  a:b");
  CHECK(about("match: {matchers: ['severity!=\"page\"']}") == "Cpu");
  CHECK(about("match: {matchers: ['alertname=~\"D.*\"', severity=page]}") == "Disk");
  CHECK(about("match: {paths: [other/, prod/]}") == "Disk Cpu  a:b");
  CHECK(about("match: {paths: [other/]}") == "");
  CHECK(about("match: {kind: alerting}, ignore: {name: Disk}") == "Cpu");
  CHECK(about("ignore: {kind: alerting, matchers: [severity=page]}") == "Cpu  a:b");
}

TEST_CASE("paths are compared from their end") {
  for (const auto& [pattern, path, match] : std::initializer_list<std::tuple<const char*, const char*, bool>>{
           {"a.yml", "a.yml", true},
           {"a.yml", "./rules/a.yml", true},
           {"a.yml", "b/aa.yml", false},
           {"rules/*.yml", "rules/a.yml", true},
           {"rules/*.yml", "/etc/rules/a.yml", true},
           {"./rules/*.yml", "/etc/rules/a.yml", true},
           {"rules/*.yml", "x/../rules/a.yml", true},
           {"rules/*.yml", "rules/prod/a.yml", false},
           {"rules/*.yml", "my-rules/a.yml", false},
           {"rules/*/*.yml", "rules/prod/a.yml", true},
           {"rules/", "rules/prod/eu/a.yml", true},
           {"rules/", "/etc/rules/a.yml", true},
           {"rules/", "rules", false},
           {"rules/", "other/a.yml", false},
           {"rules/prod/", "x/rules/prod/a.yml", true},
           {"rules/prod/", "rules/x/prod/a.yml", false},
           {"/etc/*.yml", "/etc/a.yml", true},
           {"/etc/*.yml", "/x/etc/a.yml", false},
           {"/etc/*.yml", "etc/a.yml", false},
           {"/etc/", "/etc/rules/a.yml", true},
           {"/etc/", "/x/etc/a.yml", false},
       }) {
    CAPTURE(pattern);
    CAPTURE(path);
    CHECK(path_matches(pattern, path) == match);
  }
}

TEST_CASE("every mistake in a policy is told at once, with its place and a way out") {
  const std::string said = mistakes_of(R"(- {}
- severity: bug
  report: true
- match: {kind: alert, name: '(', matchers: ['a="'], paths: ['**/a.yml', '../x', '[']}
  rule_name: ''
- aggregate: {keep: [a, ''], strip: [a], by: [x]}
- aggregate: {}
- annotations: {summary: {require: true}, url: {pattern: '['}}
- labels: {a: {required: true, forbidden: true}, b: {forbidden: true, values: [x]}, c: {}}
- labels: [severity]
- selectors: [{metric: up}]
- for: {min: 5x}
- for: {min: 2m, max: 1m}
- keep_firing_for: {}
- match: {kind: recording}
  for: {min: 1m}
- owner: true
- reject: [{in: [labels]}]
- ignore: {}
  report: true
- anotations: {}
)");
  CHECK(
      said ==
      R"(p.yml:2:3: error: this check asks for nothing (write one of aggregate, annotations, labels, selectors, for, keep_firing_for, rule_name, owner, reject, report)
p.yml:3:13: error: severity must be warning or note, not "bug"
p.yml:5:17: error: kind must be alerting or recording, not "alert"
p.yml:5:30: error: name: error parsing regexp: missing closing ): `(`
p.yml:5:46: error: matcher "a=\"": column 3: the quote is not closed: add " at the end
p.yml:5:62: error: path "**/a.yml": ** is not known (rules/*.yml is such files in a folder rules, prod/ all files below a folder prod)
p.yml:5:74: error: path "../x": a path must not go up (rules/*.yml is such files in a folder rules, prod/ all files below a folder prod)
p.yml:5:82: error: path "[": syntax error in pattern "[" (rules/*.yml is such files in a folder rules, prod/ all files below a folder prod)
p.yml:6:14: error: rule_name must not be empty (leave it out to allow any text)
p.yml:7:25: error: keep: "" is not a label name
p.yml:7:37: error: label "a" cannot be kept and stripped
p.yml:7:42: error: field "by" not found in aggregate
p.yml:8:14: error: aggregate asks for nothing (write keep, strip or both, each a list of labels)
p.yml:9:27: error: field "require" not found in annotation (did you mean "required"?)
p.yml:9:58: error: pattern: error parsing regexp: missing closing ]: `[`
p.yml:10:12: error: label "a": what is forbidden can have no value (leave out either forbidden or the rest)
p.yml:10:50: error: label "b": what is forbidden can have no value (leave out either forbidden or the rest)
p.yml:10:85: error: label "c": nothing is asked of it (write required, forbidden, pattern or values)
p.yml:11:11: error: labels must be a mapping (write what is asked of each label behind its name, as NAME: {required: true})
p.yml:12:15: error: a selector needs labels: those that it must have a matcher for
p.yml:13:14: error: min: unknown unit "x" in duration "5x" (write it as 30s, 5m or 1h30m)
p.yml:14:14: error: for: min is longer than max
p.yml:15:20: error: keep_firing_for asks for nothing (write min, max or both)
p.yml:17:8: error: a recording rule has no for: match must not ask for recording rules
p.yml:18:10: error: owner must be a mapping, not text (write its keys as "key: value", one a line, indented)
p.yml:19:12: error: reject needs a pattern: what no text may match
p.yml:19:18: error: in: "labels" is none of label_names, label_values, annotation_names, annotation_values
p.yml:20:11: error: ignore names nothing: every rule would be ignored (remove it)
p.yml:22:3: error: field "anotations" not found in check (did you mean "annotations"?)
)");
  CHECK(mistakes_of("  a: b\n") ==
        "p.yml:2:3: error: checks must be a list (begin each check with \"- \")\n");
  CHECK(mistakes_of("- report\n") ==
        "p.yml:2:3: error: check must be a mapping, not text (write its keys as \"key: value\", one a line, "
        "indented)\n");
  CHECK(mistakes_of("- owner:\n- labels:\n    a: {pattern: x}\n") == "");
  CHECK(mistakes_of("- report: false\n") == "");
}
