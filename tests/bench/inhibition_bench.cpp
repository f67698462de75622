// What inhibition costs for each alert with 100 rules: as a source that comes and goes, as a target, and as
// neither. The alerts are spread over 100 clusters.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <vector>

#include "router/inhibitor.h"

namespace tocsin {
namespace {

constexpr std::size_t kRules = 100;

Matcher equal_to(std::string name, std::string value) {
  return *Matcher::make(std::move(name), MatchType::kEqual, std::move(value));
}

// By alert name and severity, and by alternatives of severity: as people write them.
std::vector<InhibitRule> rules() {
  std::vector<InhibitRule> all;
  for (std::size_t i = 0; i < kRules; ++i) {
    InhibitRule rule;
    rule.source = {equal_to("alertname", "Source" + std::to_string(i)), equal_to("severity", "critical")};
    rule.target = {*Matcher::make("severity", MatchType::kRegex, "warning|info"),
                   equal_to("team", "team" + std::to_string(i))};
    rule.equal = {"cluster", "namespace"};
    all.push_back(std::move(rule));
  }
  return all;
}

enum class Role { kSource, kTarget, kNeither };

std::vector<Labels> alerts(std::size_t count, Role role) {
  std::vector<Labels> all;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string n = std::to_string(i % kRules);
    const char* name = role == Role::kSource ? "Source" : role == Role::kTarget ? "Target" : "Other";
    const std::string team = role == Role::kNeither ? "nobody" : "team" + n;
    all.push_back(Labels{{"alertname", name + n},
                         {"severity", role == Role::kSource ? "critical" : "warning"},
                         {"cluster", "c" + std::to_string(i % 97)},
                         {"namespace", "ns" + std::to_string(i % 7)},
                         {"instance", "host" + std::to_string(i) + ":9100"},
                         {"job", "node"},
                         {"team", team}});
  }
  return all;
}

AlertKey key_of(const Labels& labels) {
  return {labels.fingerprint(), 0};
}

void sources_start_and_end(benchmark::State& state) {
  const auto all = alerts(static_cast<std::size_t>(state.range(0)), Role::kSource);
  Inhibitor inhibitor(rules());
  for (auto _ : state) {
    for (const Labels& labels : all) inhibitor.started(key_of(labels), labels);
    for (const Labels& labels : all) inhibitor.ended(key_of(labels));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0) * 2);
}
BENCHMARK(sources_start_and_end)->Arg(1000)->Arg(100'000);

void others_start_and_end(benchmark::State& state) {
  const auto all = alerts(static_cast<std::size_t>(state.range(0)), Role::kNeither);
  Inhibitor inhibitor(rules());
  for (auto _ : state) {
    for (const Labels& labels : all) inhibitor.started(key_of(labels), labels);
    for (const Labels& labels : all) inhibitor.ended(key_of(labels));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0) * 2);
}
BENCHMARK(others_start_and_end)->Arg(100'000);

void ask(benchmark::State& state, Role role) {
  const auto sources = alerts(10'000, Role::kSource);
  const auto asked = alerts(static_cast<std::size_t>(state.range(0)), role);
  Inhibitor inhibitor(rules());
  for (const Labels& labels : sources) inhibitor.started(key_of(labels), labels);
  for (auto _ : state) {
    for (const Labels& labels : asked) benchmark::DoNotOptimize(inhibitor.inhibiting(labels));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void targets_are_asked_for(benchmark::State& state) {
  ask(state, Role::kTarget);
}
BENCHMARK(targets_are_asked_for)->Arg(100'000);

void others_are_asked_for(benchmark::State& state) {
  ask(state, Role::kNeither);
}
BENCHMARK(others_are_asked_for)->Arg(100'000);

}  // namespace
}  // namespace tocsin
