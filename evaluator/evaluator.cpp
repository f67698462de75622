#include "evaluator/evaluator.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/check.h"
#include "core/duration.h"
#include "evaluator/text_functions.h"

namespace tocsin {
namespace {

std::string labels_text(const std::map<std::string, std::string>& labels) {
  std::vector<Label> pairs;
  for (const auto& [name, value] : labels) pairs.push_back({name, value});
  return Labels::from(std::move(pairs)).to_string();
}

RuleKey key_of(const GroupPlan& plan, std::size_t rule_index) {
  const Rule& rule = plan.group.rules[rule_index];
  RuleKey key{plan.server->name, plan.group.file, plan.group.name, rule.name, labels_text(rule.labels), 0};
  for (std::size_t i = 0; i < rule_index; ++i) {
    const Rule& earlier = plan.group.rules[i];
    // Also across kinds: a recording rule must not take over the state of an alert of its name.
    if (earlier.name == rule.name && earlier.labels == rule.labels) ++key.ordinal;
  }
  return key;
}

Notice about(NoticeKind kind, const Labels& alert_labels, const RuleKey& rule) {
  Notice notice{kind, alert_labels.fingerprint_hex(), alert_labels, {}};
  notice.details.emplace_back("group", rule.group);
  notice.details.emplace_back("file", rule.file);
  return notice;
}

// The alert that the router gets for a firing instance.
Alert alert_of(const GroupPlan& plan, const Rule& rule, const Instance& instance) {
  Alert alert;
  alert.labels = instance.alert_labels;
  alert.annotations = instance.annotations;
  alert.starts_at = instance.fired_at;
  alert.origin = AlertOrigin::kRule;
  alert.generator_url = generator_url(plan, rule);
  return alert;
}

}  // namespace

std::string generator_url(const GroupPlan& plan, const Rule& rule) {
  return plan.server->url + table_link(rule.expression);
}

void Evaluator::restore(std::span<const Record> records, Duration unwatched, EvaluatorOutput& out) {
  for (const Record& record : records) {
    if (record.bucket == HealthWatch::kBucket) health_.restore(record);
    if (record.bucket != kInstanceBucket) continue;
    auto stored = read_instance_record(record);
    if (!stored) {
      out.records.push_back({record.bucket, record.key, std::nullopt});
      out.notices.push_back(
          {NoticeKind::kAlertDropped, record.key, {}, {{"reason", stored.error().message}}});
      continue;
    }
    RuleState& rule = stored_[stored->rule];
    rule.key = stored->rule;
    if (stored->instance.state == Instance::State::kFiring) ++firing_[stored->instance.alert_labels];
    rule.tracker.restore(std::move(stored->instance));
  }
  if (unwatched <= kOutageTolerance) return;
  for (auto& [key, rule] : stored_) {
    for (Transition& transition : rule.tracker.forget_pending()) {
      enact(nullptr, key, nullptr, std::move(transition), kNoTime, out);
    }
  }
}

void Evaluator::configure(std::shared_ptr<const EvaluatorConfig> config, TimePoint now,
                          EvaluatorOutput& out) {
  std::map<RuleKey, RuleState> homeless = std::move(stored_);
  stored_.clear();
  std::map<std::string, GroupState> old = std::move(groups_);
  groups_.clear();
  due_.clear();
  for (auto& [id, group] : old) {
    for (RuleState& rule : group.rules) homeless.emplace(rule.key, std::move(rule));
  }

  std::vector<std::string> health_keys;
  std::vector<std::pair<GroupState*, std::size_t>> without_state;
  for (const auto& plan : config->groups) {
    const auto before = old.find(plan->id());
    const auto [place, added] =
        groups_.emplace(plan->id(), adopt(plan, before == old.end() ? nullptr : &before->second, now));
    TOCSIN_CHECK(added, "group names are unique within a server and file");
    GroupState& group = place->second;
    if (!group.under_way) due_.emplace(group.next_slot, place->first);
    health_keys.push_back(HealthWatch::server_key(plan->server->name));
    for (std::size_t i = 0; i < plan->group.rules.size(); ++i) {
      const RuleKey key = key_of(*plan, i);
      health_keys.push_back(HealthWatch::rule_key(key.home()));
      const auto known = homeless.find(key);
      if (known == homeless.end()) {
        group.rules[i].key = key;
        without_state.emplace_back(&group, i);
        continue;
      }
      group.rules[i] = std::move(known->second);
      homeless.erase(known);
      move_in(*plan, plan->group.rules[i], group.rules[i], key, now, out);
    }
  }
  // Rules that moved to another group or file take their state along.
  for (const auto& [group, i] : without_state) {
    const RuleKey key = group->rules[i].key;
    const auto moved = std::find_if(homeless.begin(), homeless.end(), [&](const auto& entry) {
      return entry.first.loose() == key.loose() && !entry.second.tracker.instances().empty();
    });
    if (moved == homeless.end()) continue;
    const RuleKey old_key = moved->first;
    group->rules[i] = std::move(moved->second);
    group->rules[i].key = key;
    homeless.erase(moved);
    move_in(*group->plan, group->plan->group.rules[i], group->rules[i], old_key, now, out);
  }
  for (auto& [key, rule] : homeless) {
    auto transitions = rule.tracker.end();
    if (!transitions.empty()) {
      out.notices.push_back(
          {NoticeKind::kRuleDeleted, key.home(), {}, {{"rule", key.name}, {"group", key.group}}});
    }
    for (Transition& transition : transitions) enact(nullptr, key, nullptr, std::move(transition), now, out);
  }
  take(health_.settle_unknown(health_keys, now), out);
  // One that comes back later has not been failing all the time.
  std::erase_if(servers_, [&](const auto& entry) {
    return std::find(health_keys.begin(), health_keys.end(), HealthWatch::server_key(entry.first)) ==
           health_keys.end();
  });
  configured_ = true;
}

bool Evaluator::fires(const Labels& alert_labels) const {
  if (firing_.contains(alert_labels)) return true;
  return std::any_of(health_.alerts().begin(), health_.alerts().end(),
                     [&](const auto& entry) { return entry.second.labels == alert_labels; });
}

// The group's state under a new plan. One that says the same goes on as if nothing had happened, with what is
// under way.
GroupState Evaluator::adopt(std::shared_ptr<const GroupPlan> plan, const GroupState* before, TimePoint now) {
  GroupState state(plan);
  if (before != nullptr) {
    state.last_slot = before->last_slot;
    state.last_evaluation = before->last_evaluation;
    state.took = before->took;
    state.iterations = before->iterations;
    state.missed = before->missed;
    if (plan->says_the_same_as(*before->plan)) {
      state.plan = before->plan;
      state.under_way = before->under_way;
      state.next_slot = before->next_slot;
      return state;
    }
  }
  state.next_slot = state.schedule.slot_after(now);
  return state;
}

// A rule's state under its new plan: stored under the new key, and its alerts under their new labels where
// external labels changed.
void Evaluator::move_in(const GroupPlan& plan, const Rule& rule, RuleState& state, const RuleKey& old_key,
                        TimePoint now, EvaluatorOutput& out) {
  const bool moved = old_key != state.key;
  const bool restored = !configured_;  // the router has it too, unless a part of the store was lost
  std::vector<Instance> instances;
  for (const auto& [labels, instance] : state.tracker.instances()) instances.push_back(instance);
  for (Instance& instance : instances) {
    const bool fires = instance.state == Instance::State::kFiring;
    const Labels alert_labels = fires ? plan.with_external(instance.labels) : Labels();
    const bool renamed = alert_labels != instance.alert_labels;
    if (moved) out.records.push_back(erased_instance_record(old_key, instance.labels));
    if (renamed) {
      Alert before = alert_of(plan, rule, instance);
      before.ends_at = now;
      before.cause = ResolveCause::kRuleChanged;
      resolve(std::move(before), out);
      instance.alert_labels = alert_labels;
      state.tracker.restore(instance);
    }
    if (fires && renamed) ++firing_[alert_labels];
    if (fires && (renamed || restored)) out.alerts.push_back(alert_of(plan, rule, instance));
    if (moved || renamed) out.records.push_back(instance_record(state.key, instance));
  }
}

void Evaluator::advance(TimePoint now, EvaluatorOutput& out) {
  while (!due_.empty() && due_.begin()->first <= now) {
    GroupState& group = groups_.at(due_.begin()->second);
    due_.erase(due_.begin());
    const TimePoint slot = group.schedule.slot_at_or_before(now);
    if (is_set(group.last_slot)) {
      const std::int64_t missed = group.schedule.slots_between(group.last_slot, slot);
      if (missed > 0) {
        group.missed += static_cast<std::uint64_t>(missed);
        out.notices.push_back({NoticeKind::kEvaluationMissed,
                               group.plan->id(),
                               {},
                               {{"group", group.plan->group.name},
                                {"missed", std::to_string(missed)},
                                {"interval", format_prometheus_duration(group.plan->interval)},
                                {"last_took", format_go_duration(group.took)}}});
      }
    }
    group.last_slot = slot;
    group.under_way = true;
    ++group.iterations;
    out.evaluations.push_back({group.plan, slot});
  }
}

void Evaluator::evaluated(GroupEvaluated result, TimePoint now, EvaluatorOutput& out) {
  const auto found = groups_.find(result.plan->id());
  if (found == groups_.end() || found->second.plan != result.plan || !found->second.under_way) return;
  GroupState& group = found->second;
  TOCSIN_CHECK(result.outcomes.size() == group.rules.size(), "one outcome per rule");
  group.under_way = false;
  group.took = result.took;
  group.last_evaluation = now;
  group.next_slot = group.last_slot + group.plan->interval;
  due_.emplace(group.next_slot, found->first);
  judge_server(result, now, out);
  for (std::size_t i = 0; i < group.rules.size(); ++i) {
    if (result.outcomes[i].evaluated) apply(group, i, std::move(result.outcomes[i]), result.at, now, out);
  }
}

TimePoint Evaluator::next_deadline() const {
  return due_.empty() ? kNever : due_.begin()->first;
}

void Evaluator::apply(GroupState& group, std::size_t rule_index, RuleOutcome outcome, TimePoint slot,
                      TimePoint now, EvaluatorOutput& out) {
  const GroupPlan& plan = *group.plan;
  const Rule& rule = plan.group.rules[rule_index];
  RuleState& state = group.rules[rule_index];
  ++state.evaluations;
  state.last_evaluation = slot;
  state.evaluation_took = outcome.took;
  state.samples = outcome.samples;
  state.warnings = outcome.warnings;
  if (!outcome.template_failures.empty()) {
    // One for all: a template that fails does so for every series, at every evaluation.
    out.notices.push_back({NoticeKind::kTemplateFailed,
                           state.key.home(),
                           {},
                           {{"rule", rule.name},
                            {"error", outcome.template_failures.front()},
                            {"failures", std::to_string(outcome.template_failures.size())}}});
  }
  if (outcome.failed()) return fail_rule(group, rule_index, outcome, now, out);

  const TrackerPolicy policy{rule.hold_for, rule.keep_firing_for, plan.group.limit};
  auto transitions = state.tracker.advance(policy, std::move(outcome.seeds), slot);
  if (!transitions) {
    outcome.error = transitions.error().message;
    outcome.failure = QueryResult::Failure::kQuery;
    return fail_rule(group, rule_index, outcome, now, out);
  }
  recover_rule(group, rule_index, now, out);
  const bool stirs = std::ranges::any_of(*transitions, [](const Transition& transition) {
    return transition.kind == Transition::Kind::kPending || transition.kind == Transition::Kind::kFired;
  });
  if (stirs) out.stirred.push_back({group.plan, rule_index, slot});
  for (Transition& transition : *transitions) {
    if (transition.kind == Transition::Kind::kFired) {
      transition.instance.alert_labels = plan.with_external(transition.instance.labels);
      state.tracker.restore(transition.instance);
    }
    enact(&plan, state.key, &rule, std::move(transition), slot, out);
  }
}

// Makes a transition known: to the store, to the router where people may have to hear of it, and as a notice.
// Without plan and rule (they are gone), only ends can be enacted.
void Evaluator::enact(const GroupPlan* plan, const RuleKey& key, const Rule* rule, Transition transition,
                      TimePoint at, EvaluatorOutput& out) {
  using Kind = Transition::Kind;
  const Instance& instance = transition.instance;
  // Notices call an alert by one name from its first moment on, also before the router knows it.
  const bool unnamed = instance.alert_labels.empty();
  const Labels labels = !unnamed          ? instance.alert_labels
                        : plan != nullptr ? plan->with_external(instance.labels)
                                          : instance.labels;
  const bool ended = transition.kind == Kind::kForgotten || transition.kind == Kind::kResolved;
  const bool re_pends = transition.kind == Kind::kResolved && transition.cause == ResolveCause::kRuleChanged;
  if (ended && !re_pends)
    out.records.push_back(erased_instance_record(key, instance.labels));
  else if (transition.kind != Kind::kUpdated) {
    Instance stored = instance;
    if (re_pends) {
      stored.state = Instance::State::kPending;
      stored.fired_at = kNoTime;
      stored.alert_labels = {};
    }
    out.records.push_back(instance_record(key, stored));
  }

  switch (transition.kind) {
    case Kind::kPending: {
      Notice notice = about(NoticeKind::kAlertPending, labels, key);
      notice.details.emplace_back("value", fmt::format("{}", instance.value));
      notice.details.emplace_back("for", format_prometheus_duration(rule->hold_for));
      out.notices.push_back(std::move(notice));
      break;
    }
    case Kind::kFired: {
      Notice notice = about(NoticeKind::kAlertFired, labels, key);
      notice.details.emplace_back("value", fmt::format("{}", instance.value));
      out.notices.push_back(std::move(notice));
      Alert alert = alert_of(*plan, *rule, instance);
      alert.updated_at = at;
      ++firing_[alert.labels];
      out.alerts.push_back(std::move(alert));
      break;
    }
    case Kind::kUpdated:
    case Kind::kReturned: {
      Alert alert = alert_of(*plan, *rule, instance);
      alert.updated_at = at;
      out.alerts.push_back(std::move(alert));
      break;
    }
    case Kind::kKept: {
      Notice notice = about(NoticeKind::kAlertKept, labels, key);
      notice.details.emplace_back("keep_firing_for", format_prometheus_duration(rule->keep_firing_for));
      out.notices.push_back(std::move(notice));
      break;
    }
    case Kind::kResolved: {
      Alert alert;
      if (plan != nullptr) {
        alert = alert_of(*plan, *rule, instance);
      } else {
        alert.labels = instance.alert_labels;
        alert.annotations = instance.annotations;
        alert.starts_at = instance.fired_at;
        alert.origin = AlertOrigin::kRule;
      }
      alert.ends_at = at;
      alert.updated_at = at;
      alert.cause = transition.cause;
      Notice notice = about(NoticeKind::kAlertResolved, labels, key);
      notice.details.emplace_back("cause", to_string(transition.cause));
      const auto holders = firing_.find(alert.labels);
      if (holders != firing_.end() && holders->second > 1) {
        notice.details.emplace_back("but", "another rule fires the same alert, so it goes on");
      }
      out.notices.push_back(std::move(notice));
      resolve(std::move(alert), out);
      break;
    }
    case Kind::kForgotten:
      out.notices.push_back(about(NoticeKind::kAlertForgotten, labels, key));
      break;
  }
}

// Two rules may fire the very same labels: the alert ends with the last of them.
void Evaluator::resolve(Alert alert, EvaluatorOutput& out) {
  const auto count = firing_.find(alert.labels);
  if (count != firing_.end() && --count->second > 0) return;
  if (count != firing_.end()) firing_.erase(count);
  out.alerts.push_back(std::move(alert));
}

}  // namespace tocsin
