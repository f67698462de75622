#include "app/api_rules.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "app/api_answer.h"
#include "app/rule_filter.h"
#include "core/json.h"
#include "receivers/sha256.h"

namespace tocsin {
namespace {

// As Go's strconv prints with 'e' and the fewest digits: 1.5e+03, +Inf.
std::string exponent_form(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  char digits[40];
  const auto end = std::to_chars(digits, digits + sizeof digits, value, std::chars_format::scientific).ptr;
  return {digits, end};
}

void write_map(JsonWriter& json, const std::map<std::string, std::string>& texts) {
  json.begin_object();
  for (const auto& [name, value] : texts) json.field(name, value);
  json.end_object();
}

void write_instance(JsonWriter& json, const Instance& instance) {
  json.begin_object().key("labels").labels(instance.labels);
  json.key("annotations").labels(instance.annotations);
  json.field("state", instance.state == Instance::State::kFiring ? "firing" : "pending");
  json.key("activeAt").time(instance.active_at);
  if (is_set(instance.keep_firing_since)) json.key("keepFiringSince").time(instance.keep_firing_since);
  json.field("value", exponent_form(instance.value)).end_object();
}

void write_instances(JsonWriter& json, const RuleSnapshot& state) {
  for (const Instance& instance : state.instances) write_instance(json, instance);
}

// The highest state of its instances. What was restored after a restart counts before the first evaluation.
std::string_view state_of(const RuleSnapshot& rule) {
  const auto fires = [](const Instance& instance) { return instance.state == Instance::State::kFiring; };
  if (std::any_of(rule.instances.begin(), rule.instances.end(), fires)) return "firing";
  if (!rule.instances.empty()) return "pending";
  return is_set(rule.last_evaluation) ? "inactive" : "unknown";
}

std::string_view health_of(const RuleSnapshot& rule) {
  if (!is_set(rule.last_evaluation)) return "unknown";
  return rule.last_error.empty() ? "ok" : "err";
}

void write_evaluation(JsonWriter& json, const RuleSnapshot& state) {
  json.field("health", health_of(state));
  if (!state.last_error.empty()) json.field("lastError", state.last_error);
  json.key("evaluationTime").number(to_seconds(state.evaluation_took));
  json.key("lastEvaluation").time(state.last_evaluation);
}

void write_rule(JsonWriter& json, const Rule& rule, const RuleSnapshot& state, const RuleFilter& filter) {
  json.begin_object();
  const bool alerting = rule.kind == Rule::Kind::kAlerting;
  if (alerting) json.field("state", state_of(state));
  json.field("name", rule.name).field("query", rule.expression);
  if (alerting) {
    json.key("duration").number(to_seconds(rule.hold_for));
    json.key("keepFiringFor").number(to_seconds(rule.keep_firing_for));
  }
  json.key("labels");
  write_map(json, rule.labels);
  if (alerting) {
    json.key("annotations");
    write_map(json, rule.annotations);
    json.key("alerts");
    if (filter.shows_alerts()) {
      json.begin_array();
      write_instances(json, state);
      json.end_array();
    } else {
      json.null();
    }
  }
  write_evaluation(json, state);
  json.field("type", alerting ? "alerting" : "recording").end_object();
}

using ChosenRules = std::vector<std::size_t>;

ChosenRules choose(const RuleGroupSnapshot& group, const RuleFilter& filter) {
  ChosenRules chosen;
  if (!filter.takes(*group.group)) return chosen;
  for (std::size_t i = 0; i < group.rules.size(); ++i) {
    if (filter.takes(group.group->rules[i])) chosen.push_back(i);
  }
  return chosen;
}

// `server` is ours: the same file may be evaluated against several.
void write_group(JsonWriter& json, const RuleGroupSnapshot& group, const ChosenRules& chosen,
                 const RuleFilter& filter) {
  json.begin_object().field("name", group.group->name).field("file", group.group->file);
  json.field("server", group.server);
  json.key("rules").begin_array();
  for (const std::size_t i : chosen) write_rule(json, group.group->rules[i], group.rules[i], filter);
  json.end_array();
  json.key("interval").number(to_seconds(group.interval));
  json.key("limit").integer(group.group->limit);
  json.key("evaluationTime").number(to_seconds(group.evaluation_took));
  json.key("lastEvaluation").time(group.last_evaluation).end_object();
}

// Names the first group of the next page. Prometheus hashes file and group; ours holds the server too,
// because without it two groups could have one token and a client would turn in circles.
std::string token_of(const RuleGroupSnapshot& group) {
  return sha256_hex(group.id);
}

}  // namespace

HttpAnswer list_rules(ApiBackend& backend, const HttpQuery& query) {
  const auto filter = RuleFilter::read(query);
  if (!filter) return v1_bad_data(filter.error().message);
  const RulesSnapshot rules = backend.rules();
  auto group = rules.groups.begin();
  if (!filter->next_token().empty()) {
    group = std::find_if(group, rules.groups.end(), [&](const RuleGroupSnapshot& candidate) {
      return token_of(candidate) == filter->next_token();
    });
    if (group == rules.groups.end()) {
      return v1_bad_data(
          "invalid parameter \"group_next_token\": no group has this token, the rule groups may have "
          "changed since it was given: begin again without it");
    }
  }

  std::string next_token;
  std::size_t written = 0;
  JsonWriter json;
  json.begin_object().field("status", "success").key("data").begin_object().key("groups").begin_array();
  for (; group != rules.groups.end(); ++group) {
    const ChosenRules chosen = choose(*group, *filter);
    if (chosen.empty()) continue;
    if (filter->group_limit() != 0 && written == filter->group_limit()) {
      next_token = token_of(*group);
      break;
    }
    write_group(json, *group, chosen, *filter);
    ++written;
  }
  json.end_array();
  if (!next_token.empty()) json.field("groupNextToken", next_token);
  return json_answer(json.end_object().end_object().take());
}

HttpAnswer list_rule_alerts(ApiBackend& backend, const HttpQuery&) {
  const RulesSnapshot rules = backend.rules();
  JsonWriter json;
  json.begin_object().field("status", "success").key("data").begin_object().key("alerts").begin_array();
  for (const RuleGroupSnapshot& group : rules.groups) {
    for (const RuleSnapshot& rule : group.rules) write_instances(json, rule);
  }
  return json_answer(json.end_array().end_object().end_object().take());
}

}  // namespace tocsin
