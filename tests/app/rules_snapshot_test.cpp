#include "app/rules_snapshot.h"

#include <doctest/doctest.h>

#include "evaluator/evaluator.h"

using namespace tocsin;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint kStart{1'700'000'000s};

std::shared_ptr<const GroupPlan> plan(std::string server, std::string file, std::string name, int rules) {
  auto made = std::make_shared<GroupPlan>();
  auto prometheus = std::make_shared<PrometheusServer>();
  prometheus->name = std::move(server);
  prometheus->url = "http://prometheus:9090";
  made->server = std::move(prometheus);
  made->group.file = std::move(file);
  made->group.name = std::move(name);
  made->interval = 1min;
  for (int i = 0; i < rules; ++i) {
    Rule rule;
    rule.name = "Rule" + std::to_string(i);
    made->group.rules.push_back(std::move(rule));
  }
  made->templates.resize(made->group.rules.size());
  return made;
}

RuleOutcome outcome(std::vector<InstanceSeed> seeds, std::string error = "") {
  RuleOutcome made;
  made.evaluated = true;
  made.samples = seeds.size();
  made.seeds = std::move(seeds);
  made.error = std::move(error);
  if (made.failed()) made.failure = QueryResult::Failure::kQuery;
  made.took = 3ms;
  return made;
}

}  // namespace

TEST_CASE("groups are ordered by file, name and server") {
  auto config = std::make_shared<EvaluatorConfig>();
  config->groups = {plan("us", "b.yml", "g", 0), plan("eu", "b.yml", "g", 0), plan("us", "a.yml", "z", 0),
                    plan("us", "b.yml", "f", 0)};
  Evaluator evaluator;
  EvaluatorOutput out;
  evaluator.configure(config, kStart, out);
  std::string order;
  for (const RuleGroupSnapshot& group : snapshot_rules(evaluator).groups) order += group.id + " ";
  CHECK(order == "us;a.yml;z us;b.yml;f eu;b.yml;g us;b.yml;g ");
}

TEST_CASE("a snapshot tells what the last evaluation brought, and stays as it is") {
  auto config = std::make_shared<EvaluatorConfig>();
  config->groups = {plan("main", "a.yml", "g", 3)};
  Evaluator evaluator;
  EvaluatorOutput out;
  evaluator.configure(config, kStart, out);
  RulesSnapshot before = snapshot_rules(evaluator);

  const TimePoint slot = evaluator.next_deadline();
  evaluator.advance(slot, out);
  REQUIRE(out.evaluations.size() == 1);
  GroupEvaluated result{out.evaluations[0].plan, out.evaluations[0].at, {}, 9ms};
  result.outcomes = {outcome({{{{"alertname", "Rule0"}}, {{"summary", "s"}}, 2.5}}),
                     outcome({}, "no such function"), outcome({})};
  evaluator.evaluated(std::move(result), slot, out);

  const RulesSnapshot after = snapshot_rules(evaluator);
  config.reset();
  evaluator = Evaluator();
  REQUIRE(after.groups.size() == 1);
  const RuleGroupSnapshot& group = after.groups[0];
  CHECK(group.server == "main");
  CHECK(group.group->name == "g");
  CHECK(group.interval == 1min);
  CHECK(group.evaluation_took == 9ms);
  CHECK(group.last_evaluation == slot);
  CHECK(group.iterations == 1);
  REQUIRE(group.rules.size() == 3);
  REQUIRE(group.rules[0].instances.size() == 1);
  CHECK(group.rules[0].instances[0].state == Instance::State::kFiring);
  CHECK(group.rules[0].instances[0].annotations.value("summary") == "s");
  CHECK(group.rules[0].instances[0].value == 2.5);
  CHECK(group.rules[0].evaluation_took == 3ms);
  CHECK(group.rules[0].samples == 1);
  CHECK(group.rules[0].last_error.empty());
  CHECK(group.rules[1].last_error == "no such function");
  CHECK(group.rules[1].failures == 1);
  CHECK(group.rules[2].evaluations == 1);

  REQUIRE(before.groups.size() == 1);
  CHECK(before.groups[0].rules[0].last_evaluation == kNoTime);
  CHECK(before.groups[0].rules[0].instances.empty());
}
