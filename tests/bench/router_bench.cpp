// The router: alerts that are sent again, new groups, flushes, matching a tree of routes, listing.
#include <benchmark/benchmark.h>

#include "router/router.h"
#include "tests/bench/bench_alerts.h"

using namespace tocsin;

namespace {

RoutingConfig config() {
  RoutingConfig config;
  config.root.receiver = "team";
  config.root.group_by = {"alertname", "group"};
  config.receivers = {{"team", {{{"team", "webhook", 0}, true, "fingerprint"}}}};
  name_routes(config.root);
  return config;
}

// Twenty teams, each with two severities.
Route tree() {
  Route root;
  root.receiver = "team";
  for (int team = 0; team < 20; ++team) {
    Route& child = root.routes.emplace_back();
    child.receiver = "team";
    child.matchers = {
        *Matcher::make("job", MatchType::kRegex, fmt::format("node-{}|exporter-{}", team, team))};
    for (const char* severity : {"critical", "warning"}) {
      Route& leaf = child.routes.emplace_back();
      leaf.receiver = "team";
      leaf.matchers = {*Matcher::make("severity", MatchType::kEqual, severity)};
    }
  }
  name_routes(root);
  return root;
}

void match_a_tree_of_60_routes(benchmark::State& state) {
  const Route root = tree();
  const Labels last = bench::alert(1).labels.with("job", "exporter-19");
  for (auto _ : state) benchmark::DoNotOptimize(root.match(last));
}
BENCHMARK(match_a_tree_of_60_routes);

void accept_alerts_again(benchmark::State& state) {
  const int known = static_cast<int>(state.range(0));
  Router router(std::make_shared<RoutingConfig>(config()));
  RouterOutput out;
  std::vector<Alert> all = bench::alerts(0, known);
  router.accept(all, bench::kNow, out);
  TimePoint now = bench::kNow;
  std::size_t first = 0;
  for (auto _ : state) {
    now += std::chrono::milliseconds(1);
    const std::span<Alert> batch(all.data() + first, 100);
    for (Alert& alert : batch) {
      alert.updated_at = now;
      alert.ends_at = now + std::chrono::minutes(5);
    }
    router.accept(batch, now, out);
    benchmark::DoNotOptimize(router.next_deadline());
    first = (first + 100) % all.size();
  }
  state.SetItemsProcessed(state.iterations() * 100);
}
BENCHMARK(accept_alerts_again)->Arg(1000)->Arg(20'000)->Arg(100'000);

void open_and_flush_500_groups(benchmark::State& state) {
  std::vector<Alert> all;
  for (int i = 0; i < 500; ++i) all.push_back(bench::alert(10 * i));
  for (auto _ : state) {
    Router router(std::make_shared<RoutingConfig>(config()));
    RouterOutput out;
    router.accept(all, bench::kNow, out);
    router.advance(bench::kNow + std::chrono::seconds(30), out);
    benchmark::DoNotOptimize(out.deliveries.size());
  }
  state.SetItemsProcessed(state.iterations() * 500);
}
BENCHMARK(open_and_flush_500_groups)->Unit(benchmark::kMillisecond);

void list_100000_alerts(benchmark::State& state) {
  Router router(std::make_shared<RoutingConfig>(config()));
  RouterOutput out;
  router.accept(bench::alerts(0, 100'000), bench::kNow, out);
  for (auto _ : state) benchmark::DoNotOptimize(router.alerts(bench::kNow));
}
BENCHMARK(list_100000_alerts)->Unit(benchmark::kMillisecond);

}  // namespace
