#include "evaluator/instance_record.h"

#include <fmt/format.h>

#include <charconv>

#include "core/json.h"

namespace tocsin {
namespace {

std::string record_key(const RuleKey& rule, const Labels& labels) {
  return rule.home() + ";" + labels.fingerprint_hex();
}

void write_time(JsonWriter& json, std::string_view name, TimePoint t) {
  if (is_set(t)) json.key(name).integer(t.time_since_epoch().count());
}

}  // namespace

Record instance_record(const RuleKey& rule, const Instance& instance) {
  JsonWriter json;
  json.begin_object();
  json.field("server", rule.server).field("file", rule.file).field("group", rule.group);
  json.field("rule", rule.name).field("rule_labels", rule.labels).key("ordinal").integer(rule.ordinal);
  json.field("state", instance.state == Instance::State::kFiring ? "firing" : "pending");
  json.key("labels").labels(instance.labels).key("annotations").labels(instance.annotations);
  if (!instance.alert_labels.empty()) json.key("alert_labels").labels(instance.alert_labels);
  json.field("value", fmt::format("{}", instance.value));  // as text: NaN and infinities are values too
  write_time(json, "active_at", instance.active_at);
  write_time(json, "fired_at", instance.fired_at);
  write_time(json, "keep_firing_since", instance.keep_firing_since);
  json.end_object();
  return {std::string(kInstanceBucket), record_key(rule, instance.labels), json.take()};
}

Record erased_instance_record(const RuleKey& rule, const Labels& instance_labels) {
  return {std::string(kInstanceBucket), record_key(rule, instance_labels), std::nullopt};
}

Result<StoredInstance> read_instance_record(const Record& record) {
  const auto json = JsonValue::parse(record.value.value_or(""));
  if (!json) return tl::unexpected(json.error());
  StoredInstance stored;
  stored.rule = {json->text("server"), json->text("file"),        json->text("group"),
                 json->text("rule"),   json->text("rule_labels"), static_cast<int>(json->integer("ordinal"))};
  Instance& instance = stored.instance;
  instance.state = json->text("state") == "firing" ? Instance::State::kFiring : Instance::State::kPending;
  instance.labels = json->labels("labels");
  instance.annotations = json->labels("annotations");
  instance.alert_labels = json->labels("alert_labels");
  const std::string value = json->text("value");
  std::from_chars(value.data(), value.data() + value.size(), instance.value);
  instance.active_at = json->time("active_at");
  instance.fired_at = json->time("fired_at");
  instance.keep_firing_since = json->time("keep_firing_since");
  const bool fires = instance.state == Instance::State::kFiring;
  if (stored.rule.name.empty() || instance.labels.empty() || !is_set(instance.active_at) ||
      (fires && (!is_set(instance.fired_at) || instance.alert_labels.empty()))) {
    return fail("a stored instance lacks its rule, its labels or its times");
  }
  return stored;
}

}  // namespace tocsin
