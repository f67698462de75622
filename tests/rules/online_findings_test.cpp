// What of the server all checks need: its external labels, which rules it is asked about, and what it does
// not tell.
#include "rules/online/online_findings.h"

#include <doctest/doctest.h>

#include "tests/rules/online_testing.h"

using namespace tocsin;
using namespace tocsin::testing;

TEST_CASE("labels/conflict and alerts/external_labels: beside what the server adds") {
  Server server;
  server.series["x"] = {{"api", 4}};
  server.config.external_labels = {{"cluster", "eu-1"}};
  const std::string more =
      "    for: 5m\n    labels: {cluster: us-1, team: db}\n"
      "    annotations: {a: '{{ $externalLabels.clutser }} {{ .ExternalLabels.cluster }} {{ $labels.job "
      "}}'}\n";
  const Checked checked = ask_alert("x > 0", server, more);
  CHECK(checked.codes() == "labels/conflict, alerts/external_labels");
  CHECK(contains(checked.message(0),
                 "the label cluster hides the external label cluster=\"eu-1\" of the server"));
  CHECK(contains(checked.message(1),
                 "the server has no external label clutser: nothing is shown (did you mean \"cluster\"?)"));
  CHECK(checked.problems.in_order()[0]->position == Position{7, 23});
  const std::string rules = "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: x > 0\n" + more;
  CHECK(ask(rules, server, false).codes() == "");
}

TEST_CASE("the server is not asked about rules that are left out") {
  Problems problems;
  const CheckedRuleFile file = read_checked_rule_file(
      "groups:\n- name: g\n  rules:\n  - {alert: A, expr: a > 0}\n  - {alert: B, expr: b > 0}\n", "r.yml",
      problems);
  OnlineOptions options;
  options.left_out.insert(&file.groups[0].rules[0]);
  const Answers nothing;
  Inquiry inquiry(nothing);
  find_online(file, options, true, inquiry, problems);
  const auto about = [&](std::string_view part) {
    return std::ranges::any_of(inquiry.wanted(),
                               [&](const Question& one) { return contains(one.text, part); });
  };
  CHECK(about("(b)"));
  CHECK(!about("(a)"));
}

TEST_CASE("what the server does not tell is no finding, and is counted") {
  const NoAnswer failed{NoAnswerReason::kServerFailed, "the server answers HTTP status 500: boom"};
  for (const Kind kind : {Kind::kValue, Kind::kExists, Kind::kSeen, Kind::kLabels, Kind::kLabelValues,
                          Kind::kCost, Kind::kMetadata, Kind::kConfig, Kind::kRuntime}) {
    CAPTURE(static_cast<int>(kind));
    Server server;
    server.exists = {"gone", "labelled", "valued"};
    server.labels["labelled"] = {"job"};
    server.labels["valued"] = {"job"};
    server.silent[kind] = failed;
    const std::map<Kind, std::string> expressions = {{Kind::kSeen, "gone > 0"},
                                                     {Kind::kLabels, "labelled{a=\"b\"} > 0"},
                                                     {Kind::kLabelValues, "valued{job=\"b\"} > 0"}};
    const auto chosen = expressions.find(kind);
    const std::string expression =
        chosen != expressions.end() ? chosen->second : "max_over_time(gone[40d]) > 0";
    const Checked checked = ask_alert(expression, server);
    CHECK(checked.open.size() == 1);
    CHECK(checked.open.begin()->second.words == failed.words);
    if (kind != Kind::kCost && kind != Kind::kMetadata && kind != Kind::kConfig && kind != Kind::kRuntime)
      CHECK(!contains(checked.codes(), "promql/series"));
    if (kind == Kind::kConfig || kind == Kind::kRuntime)
      CHECK(!contains(checked.codes(), "promql/range_query"));
  }
  Problems problems;
  add_unknown({{NoAnswerReason::kQuerySpent, {3, "the budget of 3 questions is spent"}},
               {NoAnswerReason::kTimedOut, {1, "no"}}},
              "r.yml", problems);
  CHECK(problems.to_string() ==
        "r.yml: note: not everything was checked against the server: no (1 check not made; "
        "--prometheus-timeout gives "
        "each question longer) [server/unknown]\n"
        "r.yml: note: not everything was checked against the server: the budget of 3 questions is spent (3 "
        "checks not "
        "made; --prometheus-max-queries allows more) [server/unknown]\n");
}
