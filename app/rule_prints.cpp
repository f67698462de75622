#include "app/rule_prints.h"

#include "core/json.h"
#include "receivers/sha256.h"

namespace tocsin {
namespace {

using Texts = std::map<std::string, std::string>;

std::string print_of(std::string_view text) {
  return sha256_hex(text).substr(0, 16);
}

Texts print_of(const Texts& texts) {
  if (texts.empty()) return {};
  JsonWriter json;
  json.begin_object();
  for (const auto& [name, value] : texts) json.field(name, value);
  return {{"", print_of(json.end_object().text())}};
}

RuleGroup print_of(const RuleGroup& group) {
  RuleGroup out = group;
  out.position = {};
  for (Rule& rule : out.rules) {
    rule.expression = print_of(rule.expression);
    rule.labels = print_of(rule.labels);
    rule.annotations = print_of(rule.annotations);
    rule.position = {};
  }
  return out;
}

void write(JsonWriter& json, std::string_view key, const std::optional<Duration>& duration) {
  if (duration) json.key(key).integer(duration->count());
}

void write(JsonWriter& json, std::string_view key, const Texts& print) {
  if (!print.empty()) json.field(key, print.at(""));
}

std::string text_of(const RuleGroup& group) {
  JsonWriter json;
  json.begin_object().field("file", group.file).field("group", group.name);
  write(json, "interval", group.interval);
  write(json, "query_offset", group.query_offset);
  json.key("limit").integer(group.limit).key("rules").begin_array();
  for (const Rule& rule : group.rules) {
    json.begin_object().field(rule.kind == Rule::Kind::kAlerting ? "alert" : "record", rule.name);
    json.field("expr", rule.expression).key("for").integer(rule.hold_for.count());
    json.key("keep_firing_for").integer(rule.keep_firing_for.count());
    write(json, "labels", rule.labels);
    write(json, "annotations", rule.annotations);
    json.end_object();
  }
  return json.end_array().end_object().take();
}

std::optional<Duration> duration_of(const JsonValue& json, std::string_view key) {
  const JsonValue& value = json.find(key);
  return value.is_null() ? std::nullopt : std::optional(Duration(value.integer()));
}

Texts texts_of(const JsonValue& json, std::string_view key) {
  const std::string print = json.text(key);
  return print.empty() ? Texts{} : Texts{{"", print}};
}

RuleGroup group_of(const JsonValue& json) {
  RuleGroup out;
  out.file = json.text("file");
  out.name = json.text("group");
  out.interval = duration_of(json, "interval");
  out.query_offset = duration_of(json, "query_offset");
  out.limit = json.integer("limit");
  for (const JsonValue& one : json.find("rules").array()) {
    Rule rule;
    const bool records = !one.find("record").is_null();
    rule.kind = records ? Rule::Kind::kRecording : Rule::Kind::kAlerting;
    rule.name = one.text(records ? "record" : "alert");
    rule.expression = one.text("expr");
    rule.hold_for = Duration(one.integer("for"));
    rule.keep_firing_for = Duration(one.integer("keep_firing_for"));
    rule.labels = texts_of(one, "labels");
    rule.annotations = texts_of(one, "annotations");
    out.rules.push_back(std::move(rule));
  }
  return out;
}

std::string key_of(const RuleGroup& group) {
  return group.file + "\n" + group.name;
}

}  // namespace

RulePrints RulePrints::of(const EvaluatorConfig& config) {
  RulePrints out;
  for (const auto& plan : config.groups) {
    if (out.index_.emplace(Name{plan->group.file, plan->group.name}, out.groups_.size()).second)
      out.groups_.push_back(print_of(plan->group));
  }
  return out;
}

RulePrints RulePrints::restored(std::span<const Record> stored) {
  RulePrints out;
  for (const Record& record : stored) {
    if (record.bucket != kBucket) continue;
    const auto json = JsonValue::parse(record.value.value_or(""));
    if (!json) continue;
    RuleGroup group = group_of(*json);
    if (out.index_.emplace(Name{group.file, group.name}, out.groups_.size()).second)
      out.groups_.push_back(std::move(group));
  }
  return out;
}

std::vector<const RuleGroup*> RulePrints::groups() const {
  std::vector<const RuleGroup*> out;
  for (const RuleGroup& group : groups_) out.push_back(&group);
  return out;
}

std::vector<Record> RulePrints::records_after(const RulePrints& before) const {
  std::vector<Record> out;
  for (const RuleGroup& group : groups_) {
    const auto known = before.index_.find({group.file, group.name});
    if (known != before.index_.end() && before.groups_[known->second] == group) continue;
    out.push_back({std::string(kBucket), key_of(group), text_of(group)});
  }
  for (const RuleGroup& group : before.groups_) {
    if (!index_.contains({group.file, group.name}))
      out.push_back({std::string(kBucket), key_of(group), std::nullopt});
  }
  return out;
}

}  // namespace tocsin
