// Label sets: reading them out of a request, making, comparing, printing.
#include <benchmark/benchmark.h>

#include "app/posted_alerts_reader.h"
#include "router/posted_alerts.h"
#include "tests/bench/bench_alerts.h"

using namespace tocsin;

namespace {

void read_a_request_of_100(benchmark::State& state) {
  const std::string body = bench::body(0, 100);
  for (auto _ : state) {
    auto batch = read_posted_batch(body);
    benchmark::DoNotOptimize(
        read_posted_alerts(batch->alerts, std::chrono::minutes(5), NameScheme::kUtf8, bench::kNow));
  }
  state.SetItemsProcessed(state.iterations() * 100);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}
BENCHMARK(read_a_request_of_100);

void make_and_fingerprint(benchmark::State& state) {
  const Labels source = bench::alert(12345).labels;
  std::vector<Label> pairs(source.begin(), source.end());
  for (auto _ : state) benchmark::DoNotOptimize(Labels::sorting(pairs).fingerprint());
}
BENCHMARK(make_and_fingerprint);

void compare_equal_sets(benchmark::State& state) {
  const Labels a = bench::alert(12345).labels;
  const Labels b = bench::alert(12345).labels;
  for (auto _ : state) benchmark::DoNotOptimize(a == b);
}
BENCHMARK(compare_equal_sets);

void print_as_text(benchmark::State& state) {
  const Labels labels = bench::alert(12345).labels;
  for (auto _ : state) benchmark::DoNotOptimize(labels.to_string());
}
BENCHMARK(print_as_text);

void print_as_json(benchmark::State& state) {
  const Labels labels = bench::alert(12345).labels;
  for (auto _ : state) benchmark::DoNotOptimize(JsonWriter().labels(labels).take());
}
BENCHMARK(print_as_json);

}  // namespace
