// The Evaluator as stories: a few rule groups, evaluations answered by hand, time told by the test.
#include "evaluator/evaluator.h"

#include <doctest/doctest.h>

using namespace tocsin;
using namespace std::chrono_literals;

namespace {

const TimePoint kStart = TimePoint(1'700'000'000s);

Rule alerting(std::string name, std::map<std::string, std::string> labels = {}, Duration hold_for = {}) {
  Rule rule;
  rule.name = std::move(name);
  rule.expression = "up == 0";
  rule.hold_for = hold_for;
  rule.labels = std::move(labels);
  return rule;
}

struct World {
  std::shared_ptr<PrometheusServer> server = std::make_shared<PrometheusServer>();
  Labels external_labels;
  std::map<std::string, RuleGroup> groups;  // by "file/name"
  Evaluator evaluator;
  EvaluatorOutput out;
  TimePoint now = kStart;
  std::map<std::string, Record> store;

  World() {
    server->name = "main";
    server->url = "http://prometheus:9090";
  }

  RuleGroup& group(const std::string& file, const std::string& name) {
    RuleGroup& group = groups[file + "/" + name];
    group.file = file;
    group.name = name;
    return group;
  }

  void configure() {
    auto config = std::make_shared<EvaluatorConfig>();
    for (const auto& [key, group] : groups) {
      auto plan = std::make_shared<GroupPlan>();
      plan->group = group;
      plan->server = server;
      plan->interval = group.interval.value_or(1min);
      plan->external_labels = external_labels;
      for (const Rule& rule : group.rules) {
        plan->templates.push_back(std::make_shared<const RuleTemplates>(RuleTemplates::compile(rule)));
      }
      config->groups.push_back(std::move(plan));
    }
    out = {};
    evaluator.configure(config, now, out);
    keep_records();
  }

  void keep_records() {
    for (const Record& record : out.records) {
      if (record.value)
        store[record.bucket + record.key] = record;
      else
        store.erase(record.bucket + record.key);
    }
  }

  // Goes on to the next slot and answers every query with `samples` (or with an error); gives the notices in
  // short.
  std::string evaluate(std::vector<Sample> samples,
                       QueryResult::Failure failure = QueryResult::Failure::kNone) {
    out = {};
    now = std::max(now, evaluator.next_deadline());
    evaluator.advance(now, out);
    const std::vector<EvaluateGroup> evaluations = std::move(out.evaluations);
    REQUIRE(!evaluations.empty());
    for (const EvaluateGroup& evaluation : evaluations) {
      evaluator.evaluated(evaluate_group(
                              evaluation.plan, evaluation.at,
                              [&](const PrometheusServer&, const std::string&, TimePoint) {
                                QueryResult result;
                                result.samples = samples;
                                result.failure = failure;
                                if (failure != QueryResult::Failure::kNone) result.error = "no answer";
                                return result;
                              },
                              [] { return Duration(1ms); }),
                          now, out);
    }
    keep_records();
    return notices();
  }

  std::string notices() const {
    std::string text;
    for (const Notice& notice : out.notices)
      text += std::string(text.empty() ? "" : ", ") + std::string(to_string(notice.kind));
    return text;
  }

  void restart(Duration unwatched) {
    evaluator = Evaluator();
    now += unwatched;
    std::vector<Record> records;
    for (const auto& [key, record] : store) records.push_back(record);
    out = {};
    evaluator.restore(records, unwatched, out);
    keep_records();
  }
};

const std::vector<Sample> kDown = {{Labels{{"__name__", "up"}, {"instance", "a"}}, 0, false, ""}};

}  // namespace

TEST_CASE("an alert goes from pending to firing to resolved, and only changes reach the router") {
  World world;
  world.group("rules.yml", "g").rules = {alerting("Down", {{"severity", "critical"}}, 2min)};
  world.configure();
  CHECK(world.evaluate(kDown) == "AlertPending");
  CHECK(world.out.alerts.empty());
  CHECK(world.evaluate(kDown) == "");
  CHECK(world.evaluate(kDown) == "AlertFired");
  REQUIRE(world.out.alerts.size() == 1);
  const Alert fired = world.out.alerts[0];
  CHECK(fired.labels == Labels{{"alertname", "Down"}, {"instance", "a"}, {"severity", "critical"}});
  CHECK(fired.generator_url == "http://prometheus:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1");
  CHECK_FALSE(is_set(fired.ends_at));
  CHECK(world.evaluate(kDown) == "");
  CHECK(world.out.alerts.empty());
  CHECK(world.evaluate({}) == "AlertResolved");
  REQUIRE(world.out.alerts.size() == 1);
  CHECK(world.out.alerts[0].cause == ResolveCause::kConditionFalse);
  CHECK(world.out.alerts[0].starts_at == fired.starts_at);
  CHECK(world.store.empty());
}

TEST_CASE("external labels are added where the alert has none of that name") {
  World world;
  world.external_labels = Labels{{"cluster", "eu-1"}, {"instance", "external"}};
  world.group("rules.yml", "g").rules = {alerting("Down")};
  world.configure();
  world.evaluate(kDown);
  REQUIRE(world.out.alerts.size() == 1);
  CHECK(world.out.alerts[0].labels == Labels{{"alertname", "Down"}, {"cluster", "eu-1"}, {"instance", "a"}});

  world.external_labels = Labels{{"cluster", "eu-2"}};
  world.configure();
  REQUIRE(world.out.alerts.size() == 2);
  CHECK(is_set(world.out.alerts[0].ends_at));
  CHECK(world.out.alerts[0].labels.value("cluster") == "eu-1");
  CHECK(world.out.alerts[1].labels.value("cluster") == "eu-2");
}

TEST_CASE("notices of a pending alert name it as those of the firing one do") {
  World world;
  world.external_labels = Labels{{"cluster", "eu-1"}};
  world.group("rules.yml", "g").rules = {alerting("Down", {}, 1min)};
  world.configure();
  std::vector<Notice> notices;
  const auto evaluate = [&](std::vector<Sample> samples) {
    const std::string kinds = world.evaluate(std::move(samples));
    notices.insert(notices.end(), world.out.notices.begin(), world.out.notices.end());
    return kinds;
  };
  CHECK(evaluate(kDown) == "AlertPending");
  CHECK(evaluate(kDown) == "AlertFired");
  CHECK(evaluate({}) == "AlertResolved");
  CHECK(evaluate(kDown) == "AlertPending");
  CHECK(evaluate({}) == "AlertForgotten");
  for (const Notice& notice : notices) {
    CHECK(notice.labels.value("cluster") == "eu-1");
    CHECK(notice.subject == notices.front().subject);
  }
}

TEST_CASE("while queries fail alerts hold, and after three failures the rule itself is an alert") {
  World world;
  world.group("rules.yml", "g").rules = {
      alerting("Down", {{"severity", "critical"}, {"team", "{{ $labels.x }}"}})};
  world.configure();
  world.evaluate(kDown);
  CHECK(world.evaluate({}, QueryResult::Failure::kQuery) == "RuleFailed");
  CHECK(world.evaluate({}, QueryResult::Failure::kQuery) == "");
  CHECK(world.out.alerts.empty());
  CHECK(world.evaluate({}, QueryResult::Failure::kQuery) == "AlertFired");
  REQUIRE(world.out.alerts.size() == 1);
  CHECK(world.out.alerts[0].labels == Labels{{"alertname", "RuleEvaluationFailing"},
                                             {"rule", "Down"},
                                             {"rule_group", "g"},
                                             {"severity", "critical"}});
  CHECK(world.evaluator.groups().begin()->second.rules[0].tracker.instances().size() == 1);
  CHECK(world.evaluate(kDown) == "RuleRecovered, AlertResolved");
  CHECK(world.out.alerts.size() == 1);
}

TEST_CASE("a server that answers nothing is one alert, not one for each of its rules") {
  World world;
  world.group("rules.yml", "g").rules = {alerting("A"), alerting("B")};
  world.configure();
  world.evaluate(kDown);
  CHECK(world.evaluate({}, QueryResult::Failure::kUnreachable) ==
        "PrometheusUnreachable, RuleFailed, RuleFailed");
  CHECK(world.evaluate({}, QueryResult::Failure::kUnreachable) == "");
  CHECK(world.evaluate({}, QueryResult::Failure::kUnreachable) == "AlertFired");
  REQUIRE(world.out.alerts.size() == 1);
  CHECK(world.out.alerts[0].labels.value("alertname") == "PrometheusUnreachable");
  CHECK(world.evaluate(kDown) == "PrometheusReachable, AlertResolved, RuleRecovered, RuleRecovered");
}

TEST_CASE("a group that never gets an answer is reported though its server answers other groups") {
  World world;
  world.group("rules.yml", "fine").rules = {alerting("Down")};
  world.group("rules.yml", "slow").rules = {alerting("Heavy")};
  world.configure();
  std::string fired;
  for (int evaluations = 0; evaluations < 10; ++evaluations) {
    world.out = {};
    world.now = world.evaluator.next_deadline();
    world.evaluator.advance(world.now, world.out);
    const std::vector<EvaluateGroup> due = std::move(world.out.evaluations);
    for (const EvaluateGroup& evaluation : due) {
      GroupEvaluated result{evaluation.plan, evaluation.at, {RuleOutcome()}, {}};
      result.outcomes[0].evaluated = true;
      if (evaluation.plan->group.name == "slow") {
        result.outcomes[0].failure = QueryResult::Failure::kUnreachable;
        result.outcomes[0].error = "the server did not answer in time";
      }
      world.evaluator.evaluated(std::move(result), world.now, world.out);
    }
    for (const Alert& alert : world.out.alerts) fired += alert.labels.value("alertname");
  }
  CHECK(fired == "RuleEvaluationFailing");
}

TEST_CASE("a server that hangs for longer than the tolerance is reported after one evaluation") {
  World world;
  world.group("rules.yml", "g").rules = {alerting("Down")};
  world.configure();
  world.now = world.evaluator.next_deadline();
  world.evaluator.advance(world.now, world.out);
  const EvaluateGroup evaluation = world.out.evaluations.at(0);
  GroupEvaluated result{evaluation.plan, evaluation.at, {RuleOutcome()}, 20min};
  result.outcomes[0].evaluated = true;
  result.outcomes[0].failure = QueryResult::Failure::kUnreachable;
  result.outcomes[0].error = "the server did not answer in time";
  world.out = {};
  world.evaluator.evaluated(std::move(result), world.now + 20min, world.out);
  REQUIRE(world.out.alerts.size() == 1);
  CHECK(world.out.alerts[0].labels.value("alertname") == "PrometheusUnreachable");
}

TEST_CASE("a reload keeps the state of rules that stay, also of one that moved to another group") {
  World world;
  world.group("rules.yml", "g").rules = {alerting("Down", {}, 2min)};
  world.configure();
  world.evaluate(kDown);
  world.group("other.yml", "h").rules = world.group("rules.yml", "g").rules;
  world.groups.erase("rules.yml/g");
  world.configure();
  CHECK(world.notices() == "");
  world.evaluate(kDown);
  world.now = kStart + 10min;
  CHECK(world.evaluate(kDown) == "EvaluationMissed, AlertFired");
  CHECK(world.store.size() == 1);
}

TEST_CASE("a recording rule of the same name does not take an alert's state over a reload") {
  World world;
  Rule recording = alerting("Down");
  recording.kind = Rule::Kind::kRecording;
  world.group("rules.yml", "g").rules = {recording, alerting("Down")};
  world.configure();
  world.evaluate(kDown);
  world.configure();
  CHECK(world.evaluate({}) == "AlertResolved");
}

TEST_CASE("a template that fails for many series is one notice") {
  World world;
  Rule rule = alerting("Down");
  rule.annotations = {{"summary", "{{ query 1 }}"}};
  world.group("rules.yml", "g").rules = {rule};
  world.configure();
  const std::vector<Sample> both = {{Labels{{"instance", "a"}}, 1, false, ""},
                                    {Labels{{"instance", "b"}}, 1, false, ""}};
  CHECK(world.evaluate(both) == "TemplateFailed, AlertFired, AlertFired");
}

TEST_CASE("a deleted rule resolves its alerts at once") {
  World world;
  world.group("rules.yml", "g").rules = {alerting("Down")};
  world.configure();
  world.evaluate(kDown);
  world.group("rules.yml", "g").rules = {alerting("Other")};
  world.configure();
  CHECK(world.notices() == "RuleDeleted, AlertResolved");
  REQUIRE(world.out.alerts.size() == 1);
  CHECK(world.out.alerts[0].cause == ResolveCause::kRuleDeleted);
  CHECK(world.out.alerts[0].ends_at == world.now);
  CHECK(world.store.empty());
}

TEST_CASE("a reload that changes nothing leaves an evaluation under way alone") {
  World world;
  world.group("rules.yml", "g").rules = {alerting("Down")};
  world.configure();
  world.now = world.evaluator.next_deadline();
  EvaluatorOutput handed_out;
  world.evaluator.advance(world.now, handed_out);
  REQUIRE(handed_out.evaluations.size() == 1);
  world.configure();
  world.out = {};
  GroupEvaluated result{handed_out.evaluations[0].plan, handed_out.evaluations[0].at, {}, {}};
  RuleOutcome outcome;
  outcome.evaluated = true;
  outcome.seeds = {{Labels{{"alertname", "Down"}}, {}, 1}};
  result.outcomes = {outcome};
  world.evaluator.evaluated(std::move(result), world.now, world.out);
  CHECK(world.notices() == "AlertFired");
}

TEST_CASE("two rules that fire the same labels end the alert together") {
  World world;
  world.group("a.yml", "g").rules = {alerting("Down")};
  world.group("b.yml", "g").rules = {alerting("Down")};
  world.configure();
  world.evaluate(kDown);
  world.evaluate(kDown);
  world.groups.erase("b.yml/g");
  world.configure();
  CHECK(world.out.alerts.empty());
  world.evaluate({});
  CHECK(world.out.alerts.size() == 1);
}

TEST_CASE("after a restart `for` goes on counting and what fires keeps its start") {
  World world;
  world.group("rules.yml", "g").rules = {alerting("Down", {}, 3min)};
  world.configure();
  world.evaluate(kDown);
  const TimePoint active_since = world.now;
  world.restart(90s);
  world.configure();
  world.evaluate(kDown);
  world.evaluate(kDown);
  const auto& instances = world.evaluator.groups().begin()->second.rules[0].tracker.instances();
  REQUIRE(instances.size() == 1);
  CHECK(instances.begin()->second.active_at <= active_since);
  CHECK(instances.begin()->second.state == Instance::State::kFiring);
  const TimePoint fired_at = instances.begin()->second.fired_at;

  world.restart(30min);
  world.configure();
  CHECK(world.out.alerts.size() == 1);  // told again to the router, which knows it
  CHECK(world.out.alerts[0].starts_at == fired_at);
  CHECK(world.evaluate(kDown) == "");
}

TEST_CASE("nobody watched for longer than an hour: what was pending starts over, what fires holds") {
  World world;
  world.group("rules.yml", "g").rules = {alerting("Now"), alerting("Later", {}, 10min)};
  world.configure();
  world.evaluate(kDown);
  world.restart(2h);
  CHECK(world.notices() == "AlertForgotten");
  world.configure();
  CHECK(world.evaluate(kDown) == "AlertPending");
}

TEST_CASE("a rule that is gone after a restart resolves what it fired") {
  World world;
  world.group("rules.yml", "g").rules = {alerting("Down")};
  world.configure();
  world.evaluate(kDown);
  world.restart(1min);
  world.groups.clear();
  world.configure();
  CHECK(world.notices() == "RuleDeleted, AlertResolved");
  CHECK(world.store.empty());
}

TEST_CASE(
    "a server that hangs is not asked for every rule of a group, and one slow rule does not stop the "
    "others") {
  World world;
  world.group("rules.yml", "g").rules = {alerting("A"), alerting("B"), alerting("C"), alerting("D"),
                                         alerting("E")};
  world.configure();
  world.now = world.evaluator.next_deadline();
  world.evaluator.advance(world.now, world.out);
  REQUIRE(world.out.evaluations.size() == 1);
  int asked = 0;
  const auto evaluate_answering = [&](auto answers) {
    asked = 0;
    const auto result = evaluate_group(
        world.out.evaluations[0].plan, world.out.evaluations[0].at,
        [&](const PrometheusServer&, const std::string&, TimePoint) {
          QueryResult answer;
          if (answers(asked++)) return answer;
          answer.failure = QueryResult::Failure::kUnreachable;
          answer.error = "no answer within 2m0s";
          return answer;
        },
        [] { return Duration(1ms); });
    std::string errors;
    for (const RuleOutcome& outcome : result.outcomes) errors += outcome.failed() ? 'x' : '.';
    return errors;
  };
  CHECK(evaluate_answering([](int) { return false; }) == "xxxxx");
  CHECK(asked == 2);
  CHECK(evaluate_answering([](int number) { return number != 1; }) == ".x...");
  CHECK(asked == 5);
}
