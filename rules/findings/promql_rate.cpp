// promql/rate: rate() of what is no counter, and histogram_quantile() of what is no rate of buckets.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "rules/findings/metric_facts.h"
#include "rules/findings/metric_uses.h"
#include "rules/findings/rule_families.h"
#include "rules/promql/visitor.h"

namespace tocsin {
namespace {

using namespace promql;

constexpr FindingKind kKinds[] = {{
    "promql/rate",
    Severity::kWarning,
    "rate() or histogram_quantile() of something that they do not work on",
    R"(rate(), irate() and increase() are for counters: they take every fall of the value for a restart. On a sum of
counters the restart of one target looks like a restart of all, and on a gauge the result means nothing.

    wrong:  rate(sum(errors_total)[5m:])         and rate() of a recorded sum of counters
    right:  sum(rate(errors_total[5m]))
    wrong:  rate(DCGM_FI_PROF_PCIE_TX_BYTES[5m])  a gauge, already in bytes per second
    right:  avg_over_time(DCGM_FI_PROF_PCIE_TX_BYTES[5m])

histogram_quantile() of raw buckets is the quantile since the process started: a bad hour hardly moves it.
And its buckets are told apart by `le`, which an aggregation must keep.

    wrong:  histogram_quantile(0.99, latency_seconds_bucket)
    wrong:  histogram_quantile(0.99, sum by (job) (rate(latency_seconds_bucket[5m])))
    right:  histogram_quantile(0.99, sum by (job, le) (rate(latency_seconds_bucket[5m])))

With --prometheus the types that exporters declare count too, and the scrape interval: a window of less than two
intervals never holds the two samples that a rate needs. One of less than four (a note) has no result as soon as a
scrape or two fail.)",
}};
constexpr const FindingKind& kRate = kKinds[0];

constexpr std::array<std::string_view, 3> kOfCounters{"rate", "irate", "increase"};
// What makes of buckets how much came in within a window.
constexpr std::array<std::string_view, 5> kOfWindow{"rate", "irate", "increase", "delta", "idelta"};

template <std::size_t Size>
bool is_one_of(const std::array<std::string_view, Size>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

const VectorSelector* selector_below(const Expr& root) {
  const VectorSelector* found = nullptr;
  walk(root, [&](const Expr& node) {
    if (found == nullptr) found = as<VectorSelector>(&node);
  });
  return found;
}

void check_rate_of_gauge(const RuleUnderCheck& rule, const Call& call, const IsOfType& is_gauge,
                         FindingList& out) {
  if (call.arguments.empty()) return;
  const auto* range = as<RangeSelector>(inside_parentheses(call.arguments[0]));
  if (range == nullptr) return;
  const std::string_view name = metric_name(*range->selector);
  if (!is_gauge(name)) return;
  out.at_expression(rule, kRate, call.extent,
                    fmt::format("{}() is for counters, and {} is a gauge", call.name, name),
                    call.name == "increase" ? "use delta() for how much a gauge has moved"
                                            : "use deriv() for its slope, or avg_over_time() for its mean");
}

void check_rate_of_sum(const RuleUnderCheck& rule, const Call& call, FindingList& out) {
  if (call.arguments.empty()) return;
  const Expr* argument = inside_parentheses(call.arguments[0]);
  const auto* subquery = as<Subquery>(argument);
  if (subquery == nullptr) return;
  const auto* aggregation = as<Aggregation>(inside_parentheses(subquery->expression));
  if (aggregation == nullptr) return;
  bool raw = true;
  walk(*aggregation->expression, [&](const Expr& node) { raw = raw && node.kind != NodeKind::kCall; });
  const bool adds = aggregation->op == AggregateOperator::kSum ||
                    aggregation->op == AggregateOperator::kAvg ||
                    aggregation->op == AggregateOperator::kMin || aggregation->op == AggregateOperator::kMax;
  if (!raw || !adds) return;
  out.at_expression(
      rule, kRate, call.extent,
      fmt::format("{0}({1}()) takes the restart of one target for a restart of all", call.name,
                  to_string(aggregation->op)),
      fmt::format("first {0}(), then {1}(): {1}({0}(…))", call.name, to_string(aggregation->op)));
}

void check_quantile(const RuleUnderCheck& rule, const Call& call, std::size_t node, FindingList& out) {
  if (call.arguments.size() < 2) return;
  const VectorSelector* selector = selector_below(*call.arguments[1]);
  if (selector == nullptr) return;
  const std::string_view name = metric_name(*selector);
  if (!name.ends_with("_bucket") || name.find(':') != std::string_view::npos) {
    if (find_metric_fact(name) == nullptr || !name.ends_with("_bucket")) return;
  }
  bool windowed = false;
  walk(*call.arguments[1], [&](const Expr& below) {
    const auto* function = as<Call>(&below);
    windowed = windowed || (function != nullptr && is_one_of(kOfWindow, function->name));
  });
  if (!windowed) {
    out.at_expression(rule, kRate, selector->extent,
                      "histogram_quantile() of raw buckets is the quantile since the process started",
                      fmt::format("take the rate first: rate({}[5m])", rule.view.text(*selector)));
  }
  const auto quantile = static_cast<std::size_t>(rule.view[node].first_child);
  const auto buckets = static_cast<std::size_t>(rule.view[quantile].next_sibling);
  if (rule.flows[buckets].of("le") == Presence::kCannot) {
    out.at_expression(rule, kRate, call.arguments[1]->extent,
                      "histogram_quantile() needs the label le, which the aggregation has dropped, so that "
                      "there is never a result",
                      "keep it: sum by (le, …)");
  }
}

void check(const RuleUnderCheck& rule, FindingList& out) {
  for (std::size_t i = 0; i < rule.view.size(); ++i) {
    const auto* call = as<Call>(rule.view[i].expr);
    if (call == nullptr) continue;
    if (is_one_of(kOfCounters, call->name)) check_rate_of_sum(rule, *call, out);
    if (call->name == "histogram_quantile") check_quantile(rule, *call, i, out);
  }
  check_gauge_uses(rule, is_gauge, out);
}

}  // namespace

void check_gauge_uses(const RuleUnderCheck& rule, const IsOfType& is_gauge, FindingList& out) {
  for (const ExpressionView::Node& node : rule.view.nodes()) {
    const auto* call = as<Call>(node.expr);
    if (call != nullptr && is_one_of(kOfCounters, call->name))
      check_rate_of_gauge(rule, *call, is_gauge, out);
  }
}

const RuleCheck kPromqlRate{kKinds, check};

}  // namespace tocsin
