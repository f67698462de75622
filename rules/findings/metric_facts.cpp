// Origins: vLLM (V1 engine), dcgm-exporter's default-counters.csv, Triton's and Text Generation Inference's
// metrics pages, SGLang's production metrics, LiteLLM's and Ray Serve's documentation, node_exporter,
// kube-state-metrics; read in August 2026.
#include "rules/findings/metric_facts.h"

#include <algorithm>
#include <iterator>

namespace tocsin {
namespace {

constexpr auto C = MetricType::kCounter;
constexpr auto G = MetricType::kGauge;
constexpr auto H = MetricType::kHistogram;
using enum MetricUnit;
constexpr auto kNone = MetricUnit::kUnknown;
constexpr auto kNow = MetricStatus::kExported;
constexpr auto kOld = MetricStatus::kRenamed;
constexpr auto kWrong = MetricStatus::kNotExported;

// clang-format off
constexpr MetricFact kFacts[] = {
    {"DCGM_EXP_XID_ERRORS_COUNT", G, kNone, kNow, ""},
    {"DCGM_FI_DEV_ECC_DBE_VOL", C, kNone, kWrong,
     "dcgm-exporter calls it DCGM_FI_DEV_ECC_DBE_VOL_TOTAL, and exports it only where its line in the CSV file is "
     "no comment"},
    {"DCGM_FI_DEV_ECC_DBE_VOL_TOTAL", C, kNone, kNow, ""},
    {"DCGM_FI_DEV_ECC_SBE_VOL", C, kNone, kWrong,
     "dcgm-exporter calls it DCGM_FI_DEV_ECC_SBE_VOL_TOTAL, and exports it only where its line in the CSV file is "
     "no comment"},
    {"DCGM_FI_DEV_FB_FREE", G, kNone, kNow, ""},
    {"DCGM_FI_DEV_FB_RESERVED", G, kNone, kNow, ""},
    {"DCGM_FI_DEV_FB_TOTAL", G, kNone, kWrong,
     "dcgm-exporter exports DCGM_FI_DEV_FB_USED, DCGM_FI_DEV_FB_FREE and DCGM_FI_DEV_FB_RESERVED: add them up"},
    {"DCGM_FI_DEV_FB_USED", G, kNone, kNow, ""},
    {"DCGM_FI_DEV_GPU_TEMP", G, kNone, kNow, ""},
    {"DCGM_FI_DEV_GPU_UTIL", G, kPercent, kNow, ""},
    {"DCGM_FI_DEV_MEMORY_TEMP", G, kNone, kNow, ""},
    {"DCGM_FI_DEV_MEM_COPY_UTIL", G, kPercent, kNow, ""},
    {"DCGM_FI_DEV_POWER_USAGE", G, kNone, kNow, ""},
    {"DCGM_FI_DEV_SM_CLOCK", G, kNone, kNow, ""},
    {"DCGM_FI_DEV_XID_ERRORS", G, kNone, kNow, ""},
    {"DCGM_FI_PROF_DRAM_ACTIVE", G, kRatio, kNow, ""},
    {"DCGM_FI_PROF_GR_ENGINE_ACTIVE", G, kRatio, kNow, ""},
    {"DCGM_FI_PROF_PCIE_RX_BYTES", G, kNone, kNow, ""},
    {"DCGM_FI_PROF_PCIE_TX_BYTES", G, kNone, kNow, ""},
    {"DCGM_FI_PROF_PIPE_TENSOR_ACTIVE", G, kRatio, kNow, ""},
    {"DCGM_FI_PROF_SM_ACTIVE", G, kRatio, kNow, ""},
    {"go_goroutines", G, kNone, kNow, ""},
    {"go_memstats_alloc_bytes", G, kNone, kNow, ""},
    {"go_memstats_heap_inuse_bytes", G, kNone, kNow, ""},
    {"kube_deployment_status_replicas_available", G, kNone, kNow, ""},
    {"kube_pod_status_phase", G, kNone, kNow, ""},
    {"litellm_deployment_state", G, kNone, kNow, ""},
    {"litellm_remaining_team_budget_metric", G, kNone, kNow, ""},
    {"node_filesystem_avail_bytes", G, kNone, kNow, ""},
    {"node_filesystem_free_bytes", G, kNone, kNow, ""},
    {"node_filesystem_size_bytes", G, kNone, kNow, ""},
    {"node_load1", G, kNone, kNow, ""},
    {"node_load15", G, kNone, kNow, ""},
    {"node_load5", G, kNone, kNow, ""},
    {"node_memory_MemAvailable_bytes", G, kNone, kNow, ""},
    {"node_memory_MemFree_bytes", G, kNone, kNow, ""},
    {"nv_gpu_memory_used_bytes", G, kNone, kNow, ""},
    {"nv_gpu_power_usage", G, kNone, kNow, ""},
    {"nv_gpu_utilization", G, kRatio, kNow, ""},
    {"nv_inference_compute_infer_duration_us", C, kMicroseconds, kNow, ""},
    {"nv_inference_count", C, kNone, kNow, ""},
    {"nv_inference_exec_count", C, kNone, kNow, ""},
    {"nv_inference_pending_request_count", G, kNone, kNow, ""},
    {"nv_inference_queue_duration_us", C, kMicroseconds, kNow, ""},
    {"nv_inference_request_duration_us", C, kMicroseconds, kNow, ""},
    {"nv_inference_request_failure", C, kNone, kNow, ""},
    {"nv_inference_request_success", C, kNone, kNow, ""},
    {"process_open_fds", G, kNone, kNow, ""},
    {"process_resident_memory_bytes", G, kNone, kNow, ""},
    {"ray_serve_deployment_queued_queries", G, kNone, kNow, ""},
    {"ray_serve_deployment_replica_healthy", G, kNone, kNow, ""},
    {"ray_serve_http_request_latency_ms", H, kMilliseconds, kNow, ""},
    {"request_predict_seconds", H, kSeconds, kNow, ""},
    {"sglang:cache_hit_rate", G, kRatio, kNow, ""},
    {"sglang:num_queue_reqs", G, kNone, kNow, ""},
    {"sglang:num_running_reqs", G, kNone, kNow, ""},
    {"sglang:queue_time_seconds", H, kSeconds, kNow, ""},
    {"sglang:time_to_first_token_seconds", H, kSeconds, kNow, ""},
    {"sglang:token_usage", G, kRatio, kNow, ""},
    {"tgi_batch_current_size", G, kNone, kNow, ""},
    {"tgi_queue_size", G, kNone, kNow, ""},
    {"tgi_request_count", C, kNone, kNow, ""},
    {"tgi_request_duration", H, kSeconds, kNow, ""},
    {"tgi_request_failure", C, kNone, kNow, ""},
    {"tgi_request_inference_duration", H, kSeconds, kNow, ""},
    {"tgi_request_mean_time_per_token_duration", H, kSeconds, kNow, ""},
    {"tgi_request_queue_duration", H, kSeconds, kNow, ""},
    {"tgi_request_success", C, kNone, kNow, ""},
    {"trtllm:e2e_request_latency_seconds", H, kSeconds, kNow, ""},
    {"trtllm:time_to_first_token_seconds", H, kSeconds, kNow, ""},
    {"up", G, kNone, kNow, ""},
    {"vllm:cpu_cache_usage_perc", G, kRatio, kOld,
     "vLLM's V1 engine has no such cache and no such metric: remove it"},
    {"vllm:e2e_request_latency_seconds", H, kSeconds, kNow, ""},
    {"vllm:gpu_cache_usage_perc", G, kRatio, kOld,
     "vLLM's V1 engine calls it vllm:kv_cache_usage_perc; `new or old` serves both"},
    {"vllm:inter_token_latency_seconds", H, kSeconds, kNow, ""},
    {"vllm:kv_cache_usage_perc", G, kRatio, kNow, ""},
    {"vllm:num_requests_running", G, kNone, kNow, ""},
    {"vllm:num_requests_swapped", G, kNone, kOld,
     "vLLM's V1 engine does not swap: alert on rate(vllm:num_preemptions_total[5m])"},
    {"vllm:num_requests_waiting", G, kNone, kNow, ""},
    {"vllm:request_queue_time_seconds", H, kSeconds, kNow, ""},
    {"vllm:time_per_output_token_seconds", H, kSeconds, kOld,
     "vLLM's V1 engine calls it vllm:inter_token_latency_seconds; `new or old` serves both"},
    {"vllm:time_to_first_token_seconds", H, kSeconds, kNow, ""},
    {"vllm_e2e_request_latency_seconds", H, kSeconds, kWrong, "vLLM's prefix has a colon: vllm:e2e_request_latency_seconds"},
    {"vllm_gpu_cache_usage_perc", G, kRatio, kWrong,
     "vLLM's prefix has a colon, and the V1 engine calls it vllm:kv_cache_usage_perc"},
    {"vllm_num_requests_running", G, kNone, kWrong, "vLLM's prefix has a colon: vllm:num_requests_running"},
    {"vllm_num_requests_waiting", G, kNone, kWrong, "vLLM's prefix has a colon: vllm:num_requests_waiting"},
    {"vllm_request_failure_total", C, kNone, kWrong,
     "vLLM counts no failures: use vllm:request_success_total{finished_reason=\"abort\"}, or the 5xx answers of "
     "http_requests_total"},
    {"vllm_time_to_first_token_seconds", H, kSeconds, kWrong,
     "vLLM's prefix has a colon: vllm:time_to_first_token_seconds"},
};
// clang-format on

static_assert(std::is_sorted(std::begin(kFacts), std::end(kFacts),
                             [](const MetricFact& a, const MetricFact& b) { return a.name < b.name; }));

const MetricFact* find(std::string_view name) {
  const auto found =
      std::lower_bound(std::begin(kFacts), std::end(kFacts), name,
                       [](const MetricFact& fact, std::string_view word) { return fact.name < word; });
  return found != std::end(kFacts) && found->name == name ? found : nullptr;
}

}  // namespace

std::span<const MetricFact> all_metric_facts() {
  return kFacts;
}

const MetricFact* find_metric_fact(std::string_view metric) {
  if (const MetricFact* fact = find(metric)) return fact;
  for (const std::string_view suffix : {"_bucket", "_sum", "_count"}) {
    if (!metric.ends_with(suffix)) continue;
    const MetricFact* fact = find(metric.substr(0, metric.size() - suffix.size()));
    return fact != nullptr && fact->type == H ? fact : nullptr;
  }
  return nullptr;
}

bool is_counter(std::string_view metric) {
  if (const MetricFact* fact = find_metric_fact(metric))
    return fact->type == C || (fact->type == H && fact->name != metric);
  if (metric.find(':') != std::string_view::npos) return false;  // recorded
  return metric.ends_with("_total") || metric.ends_with("_bucket");
}

bool is_gauge(std::string_view metric) {
  const MetricFact* fact = find(metric);
  return fact != nullptr && fact->type == G;
}

}  // namespace tocsin
