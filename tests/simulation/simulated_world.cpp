#include "tests/simulation/simulated_world.h"

#include <algorithm>

#include "router/posted_alerts.h"

namespace tocsin {
namespace {

using namespace std::chrono_literals;

Matchers team_is(std::string team) {
  Matchers matchers;
  matchers.push_back(*Matcher::make("team", MatchType::kEqual, std::move(team)));
  return matchers;
}

Route plain_route(std::string receiver, std::vector<std::string> group_by) {
  Route route;
  route.receiver = std::move(receiver);
  route.group_by = std::move(group_by);
  route.group_wait = SimulatedWorld::kGroupWait;
  route.group_interval = SimulatedWorld::kGroupInterval;
  route.repeat_interval = SimulatedWorld::kRepeatInterval;
  return route;
}

IntegrationEntry entry(std::string receiver, std::string kind, bool wants_resolved) {
  IntegrationEntry entry;
  entry.fingerprint = receiver + "/" + kind;
  entry.id = {std::move(receiver), std::move(kind), 0};
  entry.wants_resolved = wants_resolved;
  return entry;
}

IntegrationEntry with_pace(IntegrationEntry entry, Pace pace) {
  entry.pace = pace;
  return entry;
}

IntegrationEntry with_fallback(IntegrationEntry entry, std::string receiver, Duration after) {
  entry.fallback_receiver = std::move(receiver);
  entry.fallback_after = after;
  return entry;
}

}  // namespace

FlappingSeries::FlappingSeries(Chance& chance, TimePoint start, Duration how_long) {
  for (auto& instances : toggles_) {
    for (auto& toggles : instances) {
      const Duration most = chance.one_in(2) ? 6min : 1min;
      for (TimePoint t = start + chance.between(0s, most); t < start + how_long;
           t += chance.between(5s, most))
        toggles.push_back(t);
    }
  }
}

bool FlappingSeries::holds(std::size_t rule, std::size_t instance, TimePoint t) const {
  if (t >= ended_at_) return false;
  const auto& toggles = toggles_.at(rule).at(instance);
  const auto passed =
      std::upper_bound(toggles.begin(), toggles.end(), std::min(t, frozen_at_)) - toggles.begin();
  return passed % 2 == 1;
}

SimulatedWorld::SimulatedWorld(std::uint64_t seed, Duration how_long)
    : chance(seed), series(chance, kSimulationStart, how_long) {
  for (std::size_t i = 0; i < FlappingSeries::kRules; ++i) {
    if (!chance.one_in(4)) rules_.insert(i);
    hold_for_[i] = std::array<Duration, 3>{0s, 30s, 90s}[chance.below(3)];
    keep_firing_for_[i] = std::array<Duration, 3>{0s, 0s, 60s}[chance.below(3)];
  }
  route_shape_ = static_cast<int>(chance.below(6));
  inhibits_ = chance.one_in(2);
}

std::size_t SimulatedWorld::rule_of(std::string_view name) {
  return static_cast<std::size_t>(name.at(1) - '0');
}

std::vector<std::string> SimulatedWorld::integrations() {
  return {"default/webhook[0]", "a/slack[0]", "a/pagerduty[0]",
          "b/slack[0]",         "b/email[0]", "phone/pagerduty[0]"};
}

VirtualShell::QueryReply SimulatedWorld::ask(const std::string& expression, TimePoint at) {
  using Failure = QueryResult::Failure;
  VirtualShell::QueryReply reply;
  reply.took = chance.between(1ms, 200ms);
  const std::size_t rule = rule_of(expression);
  auto fails = [&](Failure failure, std::string words) {
    reply.result.failure = failure;
    reply.result.error = std::move(words);
    return reply;
  };
  switch (prometheus) {
    case PrometheusMood::kFine:
      break;
    case PrometheusMood::kSlow:
      reply.took = chance.between(1s, 40s);
      break;
    case PrometheusMood::kUnreachable:
      reply.took = chance.between(0s, 20s);
      return fails(Failure::kUnreachable, "connection refused");
    case PrometheusMood::kFailing:
      if (chance.one_in(2)) return fails(Failure::kServer, "503 Service Unavailable");
      break;
    case PrometheusMood::kOneRuleBroken:
      if (rule == broken_rule_) return fails(Failure::kQuery, "many-to-many matching not allowed");
      break;
  }
  for (std::size_t i = 0; i < FlappingSeries::kInstances; ++i) {
    if (!series.holds(rule, i, at)) continue;
    Sample sample;
    sample.labels = Labels{{"__name__", expression}, {"instance", std::to_string(i)}};
    sample.value = rule % 2 == 0 ? 1 : static_cast<double>(at.time_since_epoch() / 1min % 7);
    reply.result.samples.push_back(std::move(sample));
  }
  return reply;
}

SimulatedWorld::Answer SimulatedWorld::answer(const Notification& notification) {
  using Outcome = DeliveryResult::Outcome;
  Answer answer;
  answer.took = chance.between(10ms, 2s);
  answer.result.status = 200;
  answer.heard = true;
  const auto mood = services.find(notification.integration.to_string());
  auto fails = [&](Outcome outcome, int status, std::string words) {
    answer.result.outcome = outcome;
    answer.result.status = status;
    answer.result.message = std::move(words);
    answer.heard = false;
  };
  switch (mood == services.end() ? ServiceMood::kFine : mood->second) {
    case ServiceMood::kFine:
      break;
    case ServiceMood::kSlow:
      answer.took = chance.between(1s, kLongestAnswer);
      break;
    case ServiceMood::kFailing:
      fails(Outcome::kFailed, 500, "internal error");
      break;
    case ServiceMood::kAnswersGetLost:
      answer.took = kLongestAnswer;
      fails(Outcome::kFailed, 0, "no answer within 30s");
      answer.heard = chance.one_in(2);
      break;
    case ServiceMood::kRateLimited:
      fails(Outcome::kFailed, 429, "too many requests");
      answer.result.retry_after = chance.between(0s, 2min);
      break;
    case ServiceMood::kRefusing:
      fails(Outcome::kRejected, 400, "no such channel");
      break;
  }
  return answer;
}

void SimulatedWorld::calm_down() {
  prometheus = PrometheusMood::kFine;
  services.clear();
}

Rule SimulatedWorld::rule(std::size_t index) const {
  Rule rule;
  rule.name = "R" + std::to_string(index);
  rule.expression = "r" + std::to_string(index);
  rule.hold_for = hold_for_[index];
  rule.keep_firing_for = keep_firing_for_[index];
  rule.labels = {{"team", index % 2 == 0 ? "a" : "b"}};
  rule.annotations = {{"summary", "{{ $labels.instance }} is at {{ $value }}"}};
  return rule;
}

// Every other rule, from `first` on.
std::shared_ptr<const GroupPlan> SimulatedWorld::group(std::string name, Duration interval,
                                                       std::size_t first) const {
  static const auto server = [] {
    PrometheusServer main;
    main.name = "main";
    main.url = "http://prometheus:9090";
    return std::make_shared<const PrometheusServer>(std::move(main));
  }();
  auto plan = std::make_shared<GroupPlan>();
  plan->server = server;
  plan->interval = interval;
  plan->group.file = "rules.yml";
  plan->group.name = std::move(name);
  for (const std::size_t index : rules_) {
    if (index % 2 != first) continue;
    plan->group.rules.push_back(rule(index));
    plan->templates.push_back(
        std::make_shared<const RuleTemplates>(RuleTemplates::compile(plan->group.rules.back())));
  }
  return plan;
}

EngineConfig SimulatedWorld::config() const {
  auto evaluator = std::make_shared<EvaluatorConfig>();
  evaluator->groups = {group("even", 20s, 0), group("odd", 45s, 1)};

  auto routing = std::make_shared<RoutingConfig>();
  routing->resolve_timeout = kResolveTimeout;
  routing->root = plain_route("default", {"alertname"});
  if (route_shape_ != 0) {
    Route a = plain_route("a", route_shape_ == 4 ? std::vector<std::string>{}
                                                 : std::vector<std::string>{"alertname", "instance"});
    a.matchers = team_is("a");
    a.continues = route_shape_ == 2;
    Route b = plain_route("b", {});
    b.matchers = team_is(route_shape_ == 2 ? "a" : "b");
    b.mute_time_intervals = {"pause"};
    routing->root.routes.push_back(std::move(a));
    routing->root.routes.push_back(std::move(b));
  }
  name_routes(routing->root);
  // All but the default fall back to the phone; some have a pace, that of b is slow.
  routing->receivers = {
      {"default", {entry("default", "webhook", true)}},
      {"a",
       {with_fallback(with_pace(entry("a", "slack", true), {2s, 2}), "phone", 2min),
        with_fallback(entry("a", "pagerduty", true), "phone", 4min)}},
      {"phone", {with_pace(entry("phone", "pagerduty", true), {1s, 3})}},
      {"b", {with_fallback(with_pace(entry("b", "slack", false), {5s, 1}), "phone", 3min)}}};
  TimeInterval::Fields pause;
  pause.times = {{.start = 22 * 60 + 20, .end = 22 * 60 + 24}};
  routing->time_intervals["pause"] = {TimeInterval(pause)};
  if (inhibits_) {
    InhibitRule rule;
    rule.source.push_back(*Matcher::make("alertname", MatchType::kRegex, "R0|X0"));
    rule.target.push_back(*Matcher::make("alertname", MatchType::kRegex, "R2|R3|X.*"));
    rule.equal = {"instance"};
    routing->inhibit_rules = {rule};
  }
  if (route_shape_ != 3) routing->receivers.back().integrations.push_back(entry("b", "email", true));
  return {evaluator, routing};
}

std::set<Labels> SimulatedWorld::true_alerts(TimePoint now) const {
  std::set<Labels> alerts;
  for (const std::size_t index : rules_) {
    for (std::size_t i = 0; i < FlappingSeries::kInstances; ++i) {
      if (!series.holds(index, i, now)) continue;
      const Rule from = rule(index);
      alerts.insert(Labels{
          {"alertname", from.name}, {"instance", std::to_string(i)}, {"team", from.labels.at("team")}});
    }
  }
  return alerts;
}

void SimulatedWorld::change_rules() {
  const std::size_t index = chance.below(FlappingSeries::kRules);
  switch (chance.below(3)) {
    case 0:
      if (rules_.erase(index) == 0) rules_.insert(index);
      break;
    case 1:
      hold_for_[index] = chance.between(0s, 2min);
      break;
    case 2:
      keep_firing_for_[index] = chance.between(0s, 2min);
      break;
  }
  broken_rule_ = chance.below(FlappingSeries::kRules);
}

void SimulatedWorld::change_routes() {
  route_shape_ = static_cast<int>(chance.below(6));
  inhibits_ = chance.one_in(2);
}

Silence SimulatedWorld::new_silence(TimePoint now) {
  Silence silence;
  Matchers set;
  if (chance.one_in(4)) {
    set = team_is(chance.one_in(2) ? "a" : "b");
  } else {
    const std::string name = (chance.one_in(4) ? "X" : "R") + std::to_string(chance.below(6));
    set.push_back(*Matcher::make("alertname", MatchType::kEqual, name));
    if (chance.one_in(2)) {
      set.push_back(*Matcher::make("instance", MatchType::kRegex, std::to_string(chance.below(3)) + "|9"));
    }
  }
  silence.matcher_sets = {std::move(set)};
  silence.starts_at = now + (chance.one_in(4) ? chance.between(0s, 2min) : 0s);
  silence.ends_at = silence.starts_at + chance.between(10s, 6min);
  silence.until_resolved = chance.one_in(3);
  silence.created_by = silence.comment = "somebody";
  return silence;
}

std::vector<Alert> SimulatedWorld::posted_alerts(TimePoint now) {
  std::vector<PostedAlert> posted(1 + chance.below(2));
  for (PostedAlert& alert : posted) {
    // Now and then under the very labels of a rule's alert.
    const std::string name = (chance.one_in(6) ? "R" : "X") + std::to_string(chance.below(3));
    alert.labels = Labels{{"alertname", name},
                          {"instance", std::to_string(chance.below(3))},
                          {"team", chance.one_in(2) ? "a" : "b"}};
    if (chance.one_in(3)) alert.starts_at = now - chance.between(0s, 10min);
    if (chance.one_in(2)) alert.ends_at = now + chance.between(0s, 8min);
    if (chance.one_in(5)) alert.ends_at = now;
    if (is_set(alert.starts_at) && is_set(alert.ends_at))
      alert.starts_at = std::min(alert.starts_at, alert.ends_at);
  }
  return read_posted_alerts(posted, kResolveTimeout, NameScheme::kUtf8, now).alerts;
}

}  // namespace tocsin
