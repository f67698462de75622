// promql/counter: the value of a counter says when the process started, not how it is now.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "rules/findings/metric_facts.h"
#include "rules/findings/metric_uses.h"
#include "rules/findings/rule_families.h"

namespace tocsin {
namespace {

using namespace promql;

constexpr FindingKind kKinds[] = {{
    "promql/counter",
    Severity::kWarning,
    "an alert on the value of a counter, which only ever grows",
    R"(A counter counts since its process started. `errors_total > 10` fires after the eleventh error of a week and
then until the next restart, however quiet it is; its mean, X_sum / X_count, is one over the whole of that time.

    wrong:  expr: errors_total > 10
    right:  expr: increase(errors_total[1h]) > 10
    wrong:  expr: latency_seconds_sum / latency_seconds_count > 1
    right:  expr: rate(latency_seconds_sum[5m]) / rate(latency_seconds_count[5m]) > 1

A counter is told by its name, _total or _bucket, or by what is known of the metric; with --prometheus by the type
that its exporter declares. Recorded series, with a colon in their names, are none.)",
}};
constexpr const FindingKind& kCounter = kKinds[0];

// Functions after which the absolute value no longer matters.
constexpr std::array<std::string_view, 11> kSafe{"rate",
                                                 "irate",
                                                 "increase",
                                                 "changes",
                                                 "resets",
                                                 "absent",
                                                 "absent_over_time",
                                                 "present_over_time",
                                                 "count_over_time",
                                                 "timestamp",
                                                 "histogram_quantile"};
// Those that take a restart for a fall of the value.
constexpr std::array<std::string_view, 5> kOfGauges{"delta", "idelta", "deriv", "predict_linear",
                                                    "double_exponential_smoothing"};

bool contains(auto names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// Whether only the existence of the series matters, or how fast it grows. `gauge_function` becomes the
// function above that is made for gauges.
bool is_safe(const ExpressionView& view, std::size_t node, std::string_view& gauge_function) {
  for (auto at = view[node].parent; at != ExpressionView::kNone;
       node = static_cast<std::size_t>(at), at = view[node].parent) {
    const Expr* above = view[static_cast<std::size_t>(at)].expr;
    if (const auto* call = as<Call>(above)) {
      if (contains(kSafe, call->name)) return true;
      if (contains(kOfGauges, call->name)) gauge_function = call->name;
    } else if (const auto* aggregation = as<Aggregation>(above)) {
      if (aggregation->op == AggregateOperator::kCount || aggregation->op == AggregateOperator::kGroup)
        return true;
    } else if (const auto* binary = as<BinaryExpr>(above)) {
      if (binary->op == BinaryOperator::kUnless && binary->right == view[node].expr) return true;
    }
  }
  return false;
}

// Growth written by hand, x - x offset 5m, and comparisons with the past are about the change, not the value.
bool is_compared_with_past(const ExpressionView& view, const VectorSelector& selector) {
  return std::ranges::any_of(view.nodes(), [&](const ExpressionView::Node& node) {
    const auto* other = as<VectorSelector>(node.expr);
    return other != nullptr && other != &selector && metric_name(*other) == metric_name(selector) &&
           (other->modifiers != nullptr) != (selector.modifiers != nullptr);
  });
}

bool has_metric(const ExpressionView& view, std::string_view name) {
  return std::ranges::any_of(view.nodes(), [&](const ExpressionView::Node& node) {
    const auto* selector = as<VectorSelector>(node.expr);
    return selector != nullptr && metric_name(*selector) == name;
  });
}

// A mean without rate(): X_sum beside X_count.
bool is_half_of_mean(const ExpressionView& view, std::string_view name) {
  if (!name.ends_with("_sum") || name.find(':') != std::string_view::npos) return false;
  return has_metric(view, std::string(name.substr(0, name.size() - 4)) + "_count");
}

void check(const RuleUnderCheck& rule, FindingList& out) {
  const auto counts = [&](std::string_view name) {
    return is_counter(name) || is_half_of_mean(rule.view, name);
  };
  check_counter_uses(rule, counts, out);
}

}  // namespace

void check_counter_uses(const RuleUnderCheck& rule, const IsOfType& is_counter, FindingList& out) {
  if (!rule.alerting()) return;
  for (std::size_t i = 0; i < rule.view.size(); ++i) {
    const auto* selector = as<VectorSelector>(rule.view[i].expr);
    if (selector == nullptr) continue;
    const std::string_view name = metric_name(*selector);
    if (!is_counter(name)) continue;
    std::string_view gauge_function;
    if (is_safe(rule.view, i, gauge_function) || is_compared_with_past(rule.view, *selector)) continue;
    if (!gauge_function.empty()) {
      out.at_expression(rule, kCounter, selector->extent,
                        fmt::format("{}() is for gauges, and {} is a counter: a restart looks like a fall",
                                    gauge_function, name),
                        "use rate() or increase()");
    } else {
      out.at_expression(rule, kCounter, selector->extent,
                        fmt::format("{} is a counter: its value says how long the process has run", name),
                        fmt::format("use increase({0}[1h]) or rate({0}[5m])", rule.view.shown(*selector)));
    }
  }
}

const RuleCheck kPromqlCounter{kKinds, check};

}  // namespace tocsin
