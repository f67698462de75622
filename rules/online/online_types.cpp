// Of promql/rate and promql/counter what the type of a metric decides, as its exporter declares it.
#include <fmt/format.h>

#include <algorithm>

#include "rules/findings/metric_uses.h"
#include "rules/online/declared_types.h"
#include "rules/online/online_families.h"
#include "rules/promql/visitor.h"

namespace tocsin {
namespace {

using namespace promql;

constexpr FindingKind kRate{"promql/rate", Severity::kWarning, "", ""};

bool names_a_metric(const ExpressionView& view) {
  return std::ranges::any_of(view.nodes(), [](const ExpressionView::Node& node) {
    const auto* selector = as<VectorSelector>(node.expr);
    return selector != nullptr && !metric_name(*selector).empty();
  });
}

std::string_view name_of(MetricType type) {
  return type == MetricType::kCounter ? "counter" : "gauge";
}

void check_quantiles(const OnlineRule& online, const Metadata& metadata) {
  for (const ExpressionView::Node& node : online.view().nodes()) {
    const auto* call = as<Call>(node.expr);
    if (call == nullptr || call->name != "histogram_quantile" || call->arguments.size() < 2) continue;
    // Beside a histogram anything may stand: a join that adds labels, a guard.
    bool has_histogram = false;
    walk(*call->arguments[1], [&](const Expr& below) {
      const auto* selector = as<VectorSelector>(&below);
      if (selector == nullptr) return;
      const std::string_view name = metric_name(*selector);
      has_histogram |= name.empty() || name.ends_with("_bucket") || online.is_recorded(name) ||
                       declared_type(metadata, name) == MetricType::kHistogram;
    });
    if (has_histogram) continue;
    walk(*call->arguments[1], [&](const Expr& below) {
      const auto* selector = as<VectorSelector>(&below);
      if (selector == nullptr) return;
      const std::string_view name = metric_name(*selector);
      const MetricType type = declared_type(metadata, name);
      if (type != MetricType::kCounter && type != MetricType::kGauge) return;
      online.out.at_expression(
          online.rule, kRate, selector->extent,
          fmt::format("histogram_quantile() is for histograms, and {} is declared as a {}", name,
                      name_of(type)),
          "use the buckets of a histogram: X_bucket");
    });
  }
}

void check(const OnlineRule& online) {
  if (!names_a_metric(online.view())) return;
  const auto* metadata = online.inquiry.ask<Metadata>({Question::Kind::kMetadata, "", ""});
  if (metadata == nullptr) return;
  // What is known by name is found without a server.
  const auto declared = [&](std::string_view metric, MetricType type) {
    return !metric.empty() && !online.is_recorded(metric) && declared_type(*metadata, metric) == type;
  };
  check_counter_uses(
      online.rule,
      [&](std::string_view metric) { return !is_counter(metric) && declared(metric, MetricType::kCounter); },
      online.out);
  check_gauge_uses(
      online.rule,
      [&](std::string_view metric) { return !is_gauge(metric) && declared(metric, MetricType::kGauge); },
      online.out);
  check_quantiles(online, *metadata);
}

}  // namespace

const OnlineCheck kOnlineTypes{{}, check};

}  // namespace tocsin
