// The Evaluator knows what is true now: which rule group is due, which instances are pending or firing, which
// rules and servers fail. It hands out evaluations to be made and takes their results; alerts come out only
// when something changed. It has no clock, asks no server and writes nothing: all of that is in
// EvaluatorOutput, for others to do.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/alert.h"
#include "core/notice.h"
#include "core/record.h"
#include "evaluator/alert_tracker.h"
#include "evaluator/group_evaluation.h"
#include "evaluator/health_watch.h"
#include "evaluator/instance_record.h"
#include "evaluator/schedule.h"
#include "evaluator/trend_query.h"

namespace tocsin {

struct EvaluateGroup {
  std::shared_ptr<const GroupPlan> plan;
  TimePoint at = kNoTime;  // the slot
};

struct EvaluatorOutput {
  std::vector<Record> records;
  std::vector<EvaluateGroup> evaluations;
  std::vector<Alert> alerts;  // changed ones, for the router
  std::vector<Notice> notices;
  std::vector<TrendQuestion>
      stirred;  // rules of which an instance became pending or fired: worth to be looked at
};

enum class RuleHealth { kUnknown, kOk, kFailing };

// The state of one rule.
struct RuleState {
  RuleKey key;
  AlertTracker tracker;
  RuleHealth health = RuleHealth::kUnknown;
  std::string last_error;
  std::vector<std::string> warnings;
  int failures_in_a_row = 0;
  std::uint64_t evaluations = 0;
  std::uint64_t failures = 0;
  TimePoint last_evaluation = kNoTime;
  Duration evaluation_took{};
  std::size_t samples = 0;
};

struct GroupState {
  explicit GroupState(std::shared_ptr<const GroupPlan> group_plan)
      : plan(std::move(group_plan)), schedule(plan->id(), plan->interval), rules(plan->group.rules.size()) {}

  std::shared_ptr<const GroupPlan> plan;
  Schedule schedule;
  TimePoint last_slot = kNoTime;  // evaluated, or being evaluated
  TimePoint next_slot = kNoTime;
  bool under_way = false;
  TimePoint last_evaluation = kNoTime;
  Duration took{};
  std::uint64_t iterations = 0;
  std::uint64_t missed = 0;
  std::vector<RuleState> rules;  // as many as the plan has
};

// What alerts of the rule say as their generatorURL: the server's page about the expression.
std::string generator_url(const GroupPlan&, const Rule&);

class Evaluator {
 public:
  // Takes back what an earlier run stored. Call once, before configure(). `unwatched` is how long nobody
  // evaluated: above kOutageTolerance pending instances start over; firing ones hold until there is evidence.
  void restore(std::span<const Record>, Duration unwatched, EvaluatorOutput&);
  static constexpr Duration kOutageTolerance =
      std::chrono::hours(1);  // as Prometheus' --rules.alert.for-outage-tolerance

  // The first configuration, or a reload. Rules keep their state by server, file, group, name and labels, or,
  // where they moved, by name and labels. What has no rule any more resolves at once.
  void configure(std::shared_ptr<const EvaluatorConfig>, TimePoint now, EvaluatorOutput&);

  // Hands out every group that is due.
  void advance(TimePoint now, EvaluatorOutput&);
  // The result of an evaluation handed out earlier; one of a group that a reload has changed since is
  // dropped.
  void evaluated(GroupEvaluated, TimePoint now, EvaluatorOutput&);
  TimePoint next_deadline() const;  // kNever where only results are awaited

  const std::map<std::string, GroupState>& groups() const { return groups_; }
  const HealthWatch& health() const { return health_; }
  // Whether some rule, or the health watch, fires an alert of these labels now.
  bool fires(const Labels& alert_labels) const;

 private:
  struct ServerState {
    TimePoint failing_since = kNoTime;  // since when no evaluation got any answer
    TimePoint answered_at = kNoTime;    // when one last got an answer
  };

  static GroupState adopt(std::shared_ptr<const GroupPlan>, const GroupState* before, TimePoint now);
  void move_in(const GroupPlan&, const Rule&, RuleState& state, const RuleKey& old_key, TimePoint now,
               EvaluatorOutput&);
  void apply(GroupState&, std::size_t rule_index, RuleOutcome, TimePoint slot, TimePoint now,
             EvaluatorOutput&);
  void enact(const GroupPlan*, const RuleKey&, const Rule*, Transition, TimePoint at, EvaluatorOutput&);
  void resolve(Alert, EvaluatorOutput&);
  void fail_rule(GroupState&, std::size_t rule_index, const RuleOutcome&, TimePoint now, EvaluatorOutput&);
  void recover_rule(GroupState&, std::size_t rule_index, TimePoint now, EvaluatorOutput&);
  void judge_server(const GroupEvaluated&, TimePoint now, EvaluatorOutput&);
  void take(std::vector<HealthWatch::Change>, EvaluatorOutput&);

  std::map<std::string, GroupState> groups_;            // by plan id
  std::set<std::pair<TimePoint, std::string>> due_;     // next slots of groups that are not under way
  std::unordered_map<Labels, int, LabelsHash> firing_;  // by how many rules an alert is fired
  std::map<std::string, ServerState> servers_;          // by name
  HealthWatch health_;
  bool configured_ = false;
  std::map<RuleKey, RuleState> stored_;  // between restore() and configure()
};

}  // namespace tocsin
