// That the schema and the loaders agree is shown over whole files in tests/e2e/schema_test.py.
#include <doctest/doctest.h>

#include <set>

#include "app/configuration.h"
#include "app/json_schema.h"
#include "app/schema_command.h"
#include "core/json.h"
#include "core/yaml_sample.h"
#include "rules/rule_file.h"

using namespace tocsin;

namespace {

const YamlShape& configuration_shape() {
  static const auto kShape = learn_yaml_shape(read_configuration_sample);
  return *kShape;
}

const YamlShape& rules_shape() {
  static const auto kShape = learn_yaml_shape(read_rule_file_sample);
  return *kShape;
}

// The shape at a path of keys; [] is an item of a list.
const YamlShape* at(const YamlShape& root, const std::vector<std::string_view>& path) {
  const YamlShape* shape = &root;
  for (const std::string_view step : path) {
    const YamlShape* next = step == "[]" ? shape->item_if_known() : nullptr;
    for (const auto& [name, child] : shape->keys) {
      if (name == step) next = child.get();
    }
    if (next == nullptr) return nullptr;
    shape = next;
  }
  return shape;
}

using Described = std::set<std::pair<std::string, std::string>>;
void collect(const YamlShape& shape, Described& out) {
  for (const auto& [name, child] : shape.keys) {
    if (!key_description(shape.what, name).empty()) out.emplace(shape.what, name);
    collect(*child, out);
  }
  if (shape.item_if_known() != nullptr) collect(*shape.item_if_known(), out);
  if (shape.value_if_known() != nullptr) collect(*shape.value_if_known(), out);
}

void collect_open(const YamlShape& shape, std::set<std::string>& out) {
  if ((shape.uses & YamlShape::kObject) != 0 && !shape.closed && shape.repeats() == nullptr)
    out.insert(shape.what);
  for (const auto& [name, child] : shape.keys) collect_open(*child, out);
  if (shape.item_if_known() != nullptr) collect_open(*shape.item_if_known(), out);
  if (shape.value_if_known() != nullptr) collect_open(*shape.value_if_known(), out);
}

}  // namespace

TEST_CASE("a rule file's shape is what its loader asks for") {
  const YamlShape* rule = at(rules_shape(), {"groups", "[]", "rules", "[]"});
  REQUIRE(rule != nullptr);
  CHECK(rule->closed);
  CHECK(at(*rule, {"expr"})->uses == YamlShape::kText);
  CHECK(at(*rule, {"for"})->uses == YamlShape::kPrometheusDuration);
  CHECK(at(*rule, {"labels"})->uses == YamlShape::kMap);
  CHECK(at(rules_shape(), {"groups", "[]", "limit"})->uses == YamlShape::kInteger);
  CHECK(at(rules_shape(), {"groups", "[]", "source_tenants"}) == nullptr);
}

TEST_CASE("a configuration's shape reaches into every corner, whatever excludes what") {
  for (const auto& path : std::vector<std::vector<std::string_view>>{
           {"receivers", "[]", "slack_configs", "[]", "http_config", "oauth2", "tls_config", "min_version"},
           {"receivers", "[]", "email_configs", "[]", "threading", "thread_by_date"},
           {"receivers", "[]", "jira_configs", "[]", "summary", "enable_update"},
           {"receivers", "[]", "pagerduty_configs", "[]", "images", "[]", "src"},
           {"receivers", "[]", "http_configs", "[]", "resolved", "method"},
           {"receivers", "[]", "opsgenie_configs", "[]", "responders", "[]", "type"},
           {"receivers", "[]", "sns_configs", "[]", "sigv4", "region"},
           {"receivers", "[]", "ntfy_configs", "[]", "pace", "rate"},
           {"heartbeat", "targets", "[]", "report_failures"},
           {"heartbeat", "targets", "[]", "opsgenie", "name"},
           {"heartbeat", "targets", "[]", "pagerduty", "routing_key"},
           {"time_intervals", "[]", "time_intervals", "[]", "times", "[]", "start_time"},
           {"inhibit_rules", "[]", "target_matchers"},
           {"prometheus", "[]", "oauth2", "signature_algorithm"},
           {"global", "http_config", "basic_auth", "password_file"},
           {"route", "routes", "[]", "matchers"},
           {"checks", "[]", "match", "paths", "[]"},
           {"checks", "[]", "aggregate", "strip", "[]"},
           {"checks", "[]", "selectors", "[]", "function"},
           {"checks", "[]", "keep_firing_for", "max"},
           {"checks", "[]", "owner", "values", "[]"},
           {"checks", "[]", "reject", "[]", "in", "[]"},
           {"event_recorder", "kafka_outputs", "[]", "brokers"},
       }) {
    std::string words;
    for (const std::string_view step : path) words += "/" + std::string(step);
    CAPTURE(words);
    CHECK(at(configuration_shape(), path) != nullptr);
  }
  CHECK(at(configuration_shape(), {"receivers", "[]"})->keys.size() >= 23);
  CHECK(at(configuration_shape(), {"x"}) == nullptr);
}

TEST_CASE("objects that take any key are those whose keys the user chooses") {
  std::set<std::string> open;
  collect_open(configuration_shape(), open);
  collect_open(rules_shape(), open);
  std::string names;
  for (const std::string& name : open) names += name + ", ";
  CHECK(names == "headers, http_headers, mail headers, proxy_connect_header, ");
}

TEST_CASE("every description is of a key that a loader reads") {
  Described described;
  collect(configuration_shape(), described);
  collect(rules_shape(), described);
  CHECK(described.size() == key_description_count());
}

TEST_CASE("a schema is JSON, the same in every run, and a route's routes refer to it") {
  const CommandOutput first = schema({"config"});
  CHECK(first.exit_code == 0);
  const auto json = JsonValue::parse(first.out);
  REQUIRE(json.has_value());
  CHECK(json->text("$schema") == "http://json-schema.org/draft-07/schema#");
  CHECK(
      json->find("definitions").find("route").find("properties").find("routes").find("items").text("$ref") ==
      "#/definitions/route");
  CHECK(schema({"config"}).out == first.out);
  CHECK(JsonValue::parse(schema({"rules"}).out)->find("properties").find("groups").text("type") == "");
}

TEST_CASE("the schema of a policy file is that of the configuration's checks") {
  const auto policy = JsonValue::parse(schema({"policy"}).out);
  REQUIRE(policy.has_value());
  const YamlShape* labels = at(configuration_shape(), {"checks", "[]", "labels"});
  REQUIRE(labels != nullptr);
  REQUIRE(labels->value_if_known() != nullptr);
  CHECK(at(*labels->value_if_known(), {"required"})->uses == YamlShape::kBoolean);
  CHECK(at(configuration_shape(), {"checks", "[]", "match", "kind"})->words ==
        std::vector<std::string>{"alerting", "recording"});
  const JsonValue& check = policy->find("properties").find("checks").find("items");
  CHECK(check.find("properties").find("severity").find("enum").array()[0].string() == "warning");
  CHECK(check.find("properties").find("report").kind() != JsonValue::Kind::kNull);
}
