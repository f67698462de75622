// ai/…: what public alert rules for AI and ML services get wrong. The facts are in metric_facts.cpp.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "rules/findings/metric_facts.h"
#include "rules/findings/rule_families.h"
#include "rules/findings/value_range.h"
#include "rules/promql/visitor.h"

namespace tocsin {
namespace {

using namespace promql;

constexpr FindingKind kKinds[] = {
    {
        "ai/xid-gauge",
        Severity::kWarning,
        "DCGM_FI_DEV_XID_ERRORS keeps the last XID for ever: the alert never ends",
        R"(DCGM_FI_DEV_XID_ERRORS is a gauge with the code of the last XID since the driver was loaded. It never goes back
to 0, so an alert on `> 0` fires until the node restarts, for an error of last month too.

    wrong:  DCGM_FI_DEV_XID_ERRORS > 0
    right:  changes(DCGM_FI_DEV_XID_ERRORS[10m]) > 0 and DCGM_FI_DEV_XID_ERRORS > 0
    best:   DCGM_EXP_XID_ERRORS_COUNT > 0, which counts them by code, where dcgm-exporter is told to export it

A second XID of the same code does not change the gauge; DCGM_EXP_XID_ERRORS_COUNT sees it.)",
    },
    {
        "ai/memory-ratio",
        Severity::kWarning,
        "used GPU memory is divided by free memory, not by all of it",
        R"(DCGM_FI_DEV_FB_USED / DCGM_FI_DEV_FB_FREE is 1 when half of the memory is used, and 9 at nine tenths.

    wrong:  DCGM_FI_DEV_FB_USED / DCGM_FI_DEV_FB_FREE > 0.95
    right:  DCGM_FI_DEV_FB_USED / (DCGM_FI_DEV_FB_USED + DCGM_FI_DEV_FB_FREE) > 0.98

LLM servers reserve about nine tenths of the memory by design: for them alert on their cache
(vllm:kv_cache_usage_perc) instead.)",
    },
    {
        "ai/unknown-metric",
        Severity::kWarning,
        "no exporter has a metric of this name: the alert never fires",
        R"(The name is common in published rules, and yet nobody exports it: the expression finds nothing, and the alert
is silent for ever. The hint says what the exporter has instead. vLLM's names have a colon behind the
prefix: vllm:num_requests_waiting.)",
    },
    {
        "ai/renamed-metric",
        Severity::kNote,
        "a newer version of the service has another name for this metric",
        R"(After an upgrade the expression finds nothing, and the alert is silent. Ask for both names while both versions
run:

    vllm:kv_cache_usage_perc or vllm:gpu_cache_usage_perc)",
    },
    {
        "ai/unit",
        Severity::kWarning,
        "the threshold is in another unit than the metric",
        R"(Latencies of vLLM, TGI, SGLang and KServe are in seconds, those of Triton in microseconds, those of Ray Serve in
milliseconds. Cache usages and nv_gpu_utilization go from 0 to 1, DCGM_FI_DEV_GPU_UTIL from 0 to 100. A
threshold in another unit is never reached, or always.

    wrong:  histogram_quantile(0.99, … vllm:time_to_first_token_seconds_bucket …) > 2000
    right:  … > 2)",
    },
    {
        "ai/stale-model-metric",
        Severity::kNote,
        "a pushed metric of model quality stays as it was when the job that pushed it died",
        R"(Quality and drift of models are mostly pushed by a job through the Pushgateway, which keeps the last value for
ever: when the job dies, the accuracy of its last good day goes on looking healthy, and an alert on it lies.
Ask for how old it is, and alert on that too:

    model_accuracy < 0.9 and on (job, instance) (time() - push_time_seconds) < 7200
    time() - push_time_seconds{job="model-eval"} > 7200

Where the metric is scraped from the service itself, suppress this: # tocsin disable ai/stale-model-metric)",
    },
};
constexpr const FindingKind& kXid = kKinds[0];
constexpr const FindingKind& kMemoryRatio = kKinds[1];
constexpr const FindingKind& kUnknownMetric = kKinds[2];
constexpr const FindingKind& kRenamed = kKinds[3];
constexpr const FindingKind& kUnit = kKinds[4];
constexpr const FindingKind& kStale = kKinds[5];

bool uses_metric(const ExpressionView& view, std::string_view name) {
  return std::ranges::any_of(view.nodes(), [&](const ExpressionView::Node& node) {
    const auto* selector = as<VectorSelector>(node.expr);
    return selector != nullptr && metric_name(*selector) == name;
  });
}

bool calls(const ExpressionView& view, std::string_view function) {
  return std::ranges::any_of(view.nodes(), [&](const ExpressionView::Node& node) {
    const auto* call = as<Call>(node.expr);
    return call != nullptr && call->name == function;
  });
}

void check_name(const RuleUnderCheck& rule, const VectorSelector& selector, FindingList& out) {
  const std::string_view name = metric_name(selector);
  const MetricFact* fact = find_metric_fact(name);
  if (fact == nullptr || fact->status == MetricStatus::kExported) return;
  if (fact->status == MetricStatus::kNotExported) {
    out.at_expression(rule, kUnknownMetric, selector.extent, fmt::format("no exporter has a metric {}", name),
                      std::string(fact->instead));
    return;
  }
  // Asked for beside its new name.
  const bool both = std::ranges::any_of(rule.view.nodes(), [](const ExpressionView::Node& node) {
    const auto* binary = as<BinaryExpr>(node.expr);
    return binary != nullptr && binary->op == BinaryOperator::kOr;
  });
  if (both) return;
  out.at_expression(rule, kRenamed, selector.extent, fmt::format("{} is a name of older versions", name),
                    std::string(fact->instead));
}

void check_xid(const RuleUnderCheck& rule, std::size_t node, FindingList& out) {
  const auto& selector = static_cast<const VectorSelector&>(*rule.view[node].expr);
  if (!rule.alerting() || metric_name(selector) != "DCGM_FI_DEV_XID_ERRORS" || calls(rule.view, "changes"))
    return;
  if (rule.view.parent_of(node) != nullptr && rule.view.parent_of(node)->kind == NodeKind::kRange) return;
  out.at_expression(
      rule, kXid, selector.extent,
      "DCGM_FI_DEV_XID_ERRORS keeps the last XID since the driver was loaded and never goes back "
      "to 0, so the alert never ends",
      "use changes(DCGM_FI_DEV_XID_ERRORS[10m]) > 0, or DCGM_EXP_XID_ERRORS_COUNT");
}

const VectorSelector* only_selector(const Expr& root) {
  // In a long chain of operators this is asked at each of them.
  constexpr std::uint32_t kLongest = 4096;
  if (root.extent.end - root.extent.begin > kLongest) return nullptr;
  const VectorSelector* found = nullptr;
  bool several = false;
  walk(root, [&](const Expr& node) {
    const auto* selector = as<VectorSelector>(&node);
    if (selector == nullptr) return;
    several = several || found != nullptr;
    found = selector;
  });
  return several ? nullptr : found;
}

void check_memory(const RuleUnderCheck& rule, const BinaryExpr& binary, FindingList& out) {
  if (binary.op != BinaryOperator::kDiv) return;
  const VectorSelector* used = only_selector(*binary.left);
  const VectorSelector* free = only_selector(*binary.right);
  if (used == nullptr || free == nullptr) return;
  if (metric_name(*used) != "DCGM_FI_DEV_FB_USED" || metric_name(*free) != "DCGM_FI_DEV_FB_FREE") return;
  out.at_expression(rule, kMemoryRatio, binary.extent,
                    "used memory divided by free memory is 1 when half of it is used",
                    "divide by all of it: DCGM_FI_DEV_FB_USED / (DCGM_FI_DEV_FB_USED + DCGM_FI_DEV_FB_FREE)");
}

// Whether the numbers of the expression are still in the metric's unit: no arithmetic, and no function that
// answers with something else.
const VectorSelector* selector_in_its_unit(const Expr& root) {
  const Expr* expr = inside_parentheses(&root);
  if (const auto* selector = as<VectorSelector>(expr)) {
    const std::string_view name = metric_name(*selector);
    return name.ends_with("_sum") || name.ends_with("_count") ? nullptr : selector;
  }
  if (const auto* range = as<RangeSelector>(expr)) return selector_in_its_unit(*range->selector);
  if (const auto* aggregation = as<Aggregation>(expr)) {
    const bool counts =
        aggregation->op == AggregateOperator::kCount || aggregation->op == AggregateOperator::kCountValues ||
        aggregation->op == AggregateOperator::kGroup || aggregation->op == AggregateOperator::kSum;
    return counts ? nullptr : selector_in_its_unit(*aggregation->expression);
  }
  if (const auto* call = as<Call>(expr)) {
    if (call->name == "histogram_quantile" && call->arguments.size() == 2) {
      const VectorSelector* buckets = only_selector(*call->arguments[1]);
      return buckets != nullptr && metric_name(*buckets).ends_with("_bucket") ? buckets : nullptr;
    }
    const bool keeps = call->name == "avg_over_time" || call->name == "max_over_time" ||
                       call->name == "min_over_time" || call->name == "last_over_time" ||
                       call->name == "quantile_over_time";
    return keeps ? selector_in_its_unit(*call->arguments.back()) : nullptr;
  }
  const auto* binary = as<BinaryExpr>(expr);
  if (binary == nullptr) return nullptr;
  if (binary->op == BinaryOperator::kOr && binary->left->depth < 50)
    return selector_in_its_unit(*binary->left);
  if (binary->op != BinaryOperator::kDiv) return nullptr;
  // The mean: X_sum by X_count.
  const VectorSelector* sum = only_selector(*binary->left);
  const VectorSelector* count = only_selector(*binary->right);
  const bool mean = sum != nullptr && count != nullptr && metric_name(*sum).ends_with("_sum") &&
                    metric_name(*count).ends_with("_count");
  return mean ? sum : nullptr;
}

void check_unit(const RuleUnderCheck& rule, const BinaryExpr& binary, FindingList& out) {
  double threshold = 0;
  if (!is_comparison(binary.op) || !constant_value(*binary.right, threshold)) return;
  if (binary.op != BinaryOperator::kGreater && binary.op != BinaryOperator::kGreaterEqual) return;
  const VectorSelector* selector = selector_in_its_unit(*binary.left);
  if (selector == nullptr) return;
  const std::string_view name = metric_name(*selector);
  const MetricFact* fact = find_metric_fact(name);
  if (fact == nullptr) return;
  std::string message, hint;
  if (fact->unit == MetricUnit::kSeconds && threshold >= 200) {
    message = fmt::format("{} is in seconds, and {} looks like milliseconds", fact->name, threshold);
    hint = fmt::format("write {}", threshold / 1000);
  } else if (fact->unit == MetricUnit::kRatio && threshold > 1) {
    message = fmt::format("{} goes from 0 to 1 and never reaches {}", name, threshold);
    hint = fmt::format("write {}", threshold / 100);
  } else if (fact->unit == MetricUnit::kPercent && threshold > 0 && threshold < 1) {
    message = fmt::format("{} goes from 0 to 100, so it is nearly always above {}", name, threshold);
    hint = fmt::format("write {}", threshold * 100);
  } else if (fact->unit == MetricUnit::kMilliseconds && threshold > 0 && threshold <= 5) {
    message = fmt::format("{} is in milliseconds, and {} looks like seconds", fact->name, threshold);
    hint = fmt::format("write {}", threshold * 1000);
  } else {
    return;
  }
  out.at_expression(rule, kUnit, binary.right->extent, std::move(message), std::move(hint));
}

// Names that people give to metrics of model quality; there is no exporter that everybody uses.
bool is_model_quality(std::string_view name) {
  constexpr std::string_view kNames[] = {"model_accuracy",   "model_precision", "model_recall",
                                         "model_f1",         "model_auc",       "model_rmse",
                                         "model_mae",        "model_loss",      "drift_psi_score",
                                         "prediction_drift", "data_drift",      "feature_drift"};
  return std::ranges::any_of(kNames, [&](std::string_view known) { return name.starts_with(known); });
}

// Whether the rule asks how old the value is.
bool knows_age(const ExpressionView& view) {
  if (calls(view, "timestamp") || calls(view, "changes") || calls(view, "time")) return true;
  return uses_metric(view, "push_time_seconds") || uses_metric(view, "push_failure_time_seconds");
}

void check_staleness(const RuleUnderCheck& rule, const VectorSelector& selector, FindingList& out) {
  const std::string_view name = metric_name(selector);
  if (!rule.alerting() || !is_model_quality(name) || knows_age(rule.view)) return;
  if (calls(rule.view, "absent") || calls(rule.view, "absent_over_time")) return;
  out.at_expression(
      rule, kStale, selector.extent,
      fmt::format("if {} is pushed through the Pushgateway, it stays as it was when the job has died", name),
      "add `and on (job, instance) (time() - push_time_seconds) < 7200`, and an alert on its age");
}

void check(const RuleUnderCheck& rule, FindingList& out) {
  for (std::size_t i = 0; i < rule.view.size(); ++i) {
    const Expr* expr = rule.view[i].expr;
    if (const auto* selector = as<VectorSelector>(expr)) {
      check_name(rule, *selector, out);
      check_xid(rule, i, out);
      check_staleness(rule, *selector, out);
    } else if (const auto* binary = as<BinaryExpr>(expr)) {
      check_memory(rule, *binary, out);
      check_unit(rule, *binary, out);
    }
  }
}

}  // namespace

const RuleCheck kAiMetrics{kKinds, check};

}  // namespace tocsin
