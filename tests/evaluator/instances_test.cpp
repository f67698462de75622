#include <doctest/doctest.h>

#include "evaluator/instances.h"

using namespace tocsin;

namespace {

Rule rule_with(std::map<std::string, std::string> labels,
               std::map<std::string, std::string> annotations = {}) {
  Rule rule;
  rule.name = "Down";
  rule.labels = std::move(labels);
  rule.annotations = std::move(annotations);
  return rule;
}

Sample sample(Labels labels, double value = 1) {
  return {std::move(labels), value, false, ""};
}

Result<InstanceSeeds> make(const Rule& rule, const std::vector<Sample>& samples) {
  const TemplateRun run(TemplateEnvironment{});
  return make_instances(rule, RuleTemplates::compile(rule), samples, run);
}

}  // namespace

TEST_CASE("an instance has the sample's labels, the rule's labels and the name of the alert") {
  const Result<InstanceSeeds> result =
      make(rule_with({{"severity", "page"}, {"text", "{{ $labels.__name__ }} on {{ $labels.host }}"}},
                     {{"summary", "{{ $value }}"}, {"empty", ""}}),
           {sample(Labels{{"__name__", "up"}, {"host", "a"}, {"severity", "info"}}, 2.5)});
  REQUIRE(result.has_value());
  REQUIRE(result->seeds.size() == 1);
  const InstanceSeed& seed = result->seeds[0];
  CHECK(seed.labels ==
        Labels{{"alertname", "Down"}, {"host", "a"}, {"severity", "page"}, {"text", "up on a"}});
  CHECK(seed.annotations == Labels{{"empty", ""}, {"summary", "2.5"}});
  CHECK(seed.value == 2.5);
  CHECK(result->template_failures.empty());
}

TEST_CASE("an empty rule label deletes the label, also one of the sample") {
  const Result<InstanceSeeds> result = make(rule_with({{"host", ""}, {"gone", "{{ $labels.nope }}"}}),
                                            {sample(Labels{{"host", "a"}, {"b", "c"}})});
  REQUIRE(result.has_value());
  CHECK(result->seeds.at(0).labels == Labels{{"alertname", "Down"}, {"b", "c"}});
}

TEST_CASE("the alert's name wins over labels of that name") {
  const Result<InstanceSeeds> result =
      make(rule_with({{"alertname", "Other"}}), {sample(Labels{{"alertname", "Third"}})});
  REQUIRE(result.has_value());
  CHECK(result->seeds.at(0).labels == Labels{{"alertname", "Down"}});
}

TEST_CASE("label templates do not see the rule's other labels") {
  const Result<InstanceSeeds> result = make(
      rule_with({{"a", "1"}, {"b", "[{{ $labels.a }}]"}}, {{"c", "[{{ $labels.a }}]"}}), {sample(Labels{})});
  REQUIRE(result.has_value());
  CHECK(result->seeds.at(0).labels.value("b") == "[]");
  CHECK(result->seeds.at(0).annotations.value("c") == "[]");
}

TEST_CASE("two samples that become the same instance fail the rule") {
  const Result<InstanceSeeds> result =
      make(rule_with({{"host", "all"}}), {sample(Labels{{"host", "a"}}), sample(Labels{{"host", "b"}})});
  REQUIRE(!result.has_value());
  CHECK(result.error().message ==
        "vector contains metrics with the same labelset after applying alert labels");
}

TEST_CASE("a template that fails is counted and the instance stands") {
  const Result<InstanceSeeds> result = make(rule_with({}, {{"bad", "{{ .Foo }}"}}),
                                            {sample(Labels{{"host", "a"}}), sample(Labels{{"host", "b"}})});
  REQUIRE(result.has_value());
  CHECK(result->seeds.size() == 2);
  CHECK(result->template_failures.size() == 2);
  CHECK(result->seeds[0].annotations.value("bad").find("<error expanding template: ") == 0);
}

TEST_CASE("a histogram counts as 0") {
  const Result<InstanceSeeds> result =
      make(rule_with({}), {Sample{Labels{{"a", "b"}}, 3, true, "{count:1, sum:1}"}});
  REQUIRE(result.has_value());
  CHECK(result->seeds.at(0).value == 0);
}

TEST_CASE("no samples make no instances") {
  const Result<InstanceSeeds> result = make(rule_with({{"a", "{{ .Foo }}"}}), {});
  REQUIRE(result.has_value());
  CHECK(result->seeds.empty());
  CHECK(result->template_failures.empty());
}
