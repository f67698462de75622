// What the Evaluator makes of evaluations that failed: notices, and alerts of their own.
#include <fmt/format.h>

#include "evaluator/evaluator.h"

namespace tocsin {
namespace {

Labels rule_labels(const GroupPlan& plan, const Rule& rule) {
  LabelsBuilder labels;
  for (const auto& [name, value] : rule.labels) {
    if (value.find("{{") == std::string::npos && !value.empty()) labels.set(name, value);
  }
  return plan.with_external(labels.build());
}

bool server_is_to_blame(const RuleOutcome& outcome) {
  return outcome.failure == QueryResult::Failure::kUnreachable ||
         outcome.failure == QueryResult::Failure::kServer ||
         outcome.failure == QueryResult::Failure::kBadAnswer;
}

}  // namespace

void Evaluator::fail_rule(GroupState& group, std::size_t rule_index, const RuleOutcome& outcome,
                          TimePoint now, EvaluatorOutput& out) {
  const GroupPlan& plan = *group.plan;
  const Rule& rule = plan.group.rules[rule_index];
  RuleState& state = group.rules[rule_index];
  ++state.failures;
  ++state.failures_in_a_row;
  if (state.health != RuleHealth::kFailing || state.last_error != outcome.error) {
    out.notices.push_back({NoticeKind::kRuleFailed,
                           state.key.home(),
                           rule_labels(plan, rule),
                           {{"rule", rule.name},
                            {"group", plan.group.name},
                            {"error", outcome.error},
                            {"held_alerts", std::to_string(state.tracker.instances().size())}}});
  }
  state.health = RuleHealth::kFailing;
  state.last_error = outcome.error;
  // Silent only where the server's own alert speaks for the rule. One that answers other groups meanwhile
  // never fails for long enough to have that alert.
  const ServerState& server = servers_[plan.server->name];
  const bool answers_others =
      is_set(server.answered_at) && now - server.answered_at < plan.interval + group.took;
  const bool server_fails = is_set(server.failing_since) && !answers_others;
  if (state.failures_in_a_row < HealthWatch::kToleratedFailures || server_fails) return;
  const Labels labels = LabelsBuilder(rule_labels(plan, rule))
                            .set("alertname", "RuleEvaluationFailing")
                            .set("rule", rule.name)
                            .set("rule_group", plan.group.name)
                            .build();
  const std::string summary =
      fmt::format("Rule {} cannot be evaluated; its alerts are held as they were ({} active)", rule.name,
                  state.tracker.instances().size());
  take(health_.raise(HealthWatch::rule_key(state.key.home()), labels,
                     Labels{{"summary", summary}, {"description", outcome.error}}, now),
       out);
}

void Evaluator::recover_rule(GroupState& group, std::size_t rule_index, TimePoint now, EvaluatorOutput& out) {
  RuleState& state = group.rules[rule_index];
  if (state.health == RuleHealth::kFailing) {
    out.notices.push_back(
        {NoticeKind::kRuleRecovered,
         state.key.home(),
         {},
         {{"rule", state.key.name}, {"failures", std::to_string(state.failures_in_a_row)}}});
  }
  state.health = RuleHealth::kOk;
  state.last_error.clear();
  state.failures_in_a_row = 0;
  take(health_.settle(HealthWatch::rule_key(state.key.home()), ResolveCause::kConditionFalse, now), out);
}

// A server that answered nothing in a whole evaluation fails as a server: one alert, not one for each of its
// rules.
void Evaluator::judge_server(const GroupEvaluated& result, TimePoint now, EvaluatorOutput& out) {
  const GroupPlan& plan = *result.plan;
  std::string error;
  bool asked = false;
  bool answered = false;
  for (const RuleOutcome& outcome : result.outcomes) {
    if (!outcome.evaluated) continue;
    asked = true;
    if (server_is_to_blame(outcome))
      error = outcome.error;
    else
      answered = true;
  }
  if (!asked) return;
  ServerState& server = servers_[plan.server->name];
  const std::string key = HealthWatch::server_key(plan.server->name);
  if (answered) {
    if (is_set(server.failing_since)) {
      out.notices.push_back({NoticeKind::kPrometheusReachable, plan.server->name, {}, {}});
    }
    server = {kNoTime, now};
    take(health_.settle(key, ResolveCause::kConditionFalse, now), out);
    return;
  }
  if (!is_set(server.failing_since)) {
    // From the slot on: a group of many rules may have waited long for each of them.
    server.failing_since = std::max(result.at, server.answered_at);
    out.notices.push_back({NoticeKind::kPrometheusUnreachable, plan.server->name, {}, {{"error", error}}});
  }
  if (now - server.failing_since < (HealthWatch::kToleratedFailures - 1) * plan.interval) return;
  const Labels labels = plan.with_external(Labels{
      {"alertname", "PrometheusUnreachable"}, {"prometheus", plan.server->name}, {"severity", "critical"}});
  const std::string summary =
      fmt::format("No rule can be evaluated against Prometheus {}; all of its alerts are held as they were",
                  plan.server->name);
  take(health_.raise(key, labels, Labels{{"summary", summary}, {"description", error}}, now), out);
}

void Evaluator::take(std::vector<HealthWatch::Change> changes, EvaluatorOutput& out) {
  for (HealthWatch::Change& change : changes) {
    const bool fires = !is_set(change.alert.ends_at);
    Notice notice{fires ? NoticeKind::kAlertFired : NoticeKind::kAlertResolved,
                  change.alert.labels.fingerprint_hex(),
                  change.alert.labels,
                  {}};
    notice.details.emplace_back(fires ? "summary" : "cause",
                                fires ? std::string(change.alert.annotations.value("summary"))
                                      : std::string(to_string(change.alert.cause)));
    out.notices.push_back(std::move(notice));
    out.records.push_back(std::move(change.record));
    out.alerts.push_back(std::move(change.alert));
  }
}

}  // namespace tocsin
