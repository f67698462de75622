// promql/fragile: alerts that flap because of how their expression picks or joins series.
#include <fmt/format.h>

#include <optional>

#include "rules/findings/rule_families.h"
#include "rules/promql/visitor.h"

namespace tocsin {
namespace {

using namespace promql;

constexpr FindingKind kKinds[] = {{
    "promql/fragile",
    Severity::kWarning,
    "the alert flaps: it picks other series each time, or joins half-scraped ones",
    R"(topk(), bottomk(), limitk() and limit_ratio() pick series. Which ones may be others at each evaluation, and
so the alerts are: one resolves, another fires, and `for` starts anew each time.

    wrong:  expr: topk(5, queue_length) > 100
    right:  expr: queue_length > 100

A ratio of aggregations over two jobs is wrong just after Prometheus has restarted, when it has scraped the
targets of one job and not yet those of the other. A `for` of one scrape or more keeps that from firing.

    wrong:  expr: sum(errors{job="proxy"}) / sum(requests{job="api"}) > 0.1
    right:  the same, with for: 2m)",
}};
constexpr const FindingKind& kFragile = kKinds[0];

bool picks(AggregateOperator op) {
  return op == AggregateOperator::kTopK || op == AggregateOperator::kBottomK ||
         op == AggregateOperator::kLimitK || op == AggregateOperator::kLimitRatio;
}

// Whether the labels of the node reach the alert.
bool labels_reach_alert(const ExpressionView& view, std::size_t node) {
  for (auto at = view[node].parent; at != ExpressionView::kNone;
       node = static_cast<std::size_t>(at), at = view[node].parent) {
    const Expr& above = *view[static_cast<std::size_t>(at)].expr;
    if (above.type == ValueType::kScalar) return false;
    if (const auto* aggregation = as<Aggregation>(&above); aggregation != nullptr && !picks(aggregation->op))
      return aggregation->grouped && !aggregation->grouping.empty();
    const auto* binary = as<BinaryExpr>(&above);
    const bool right = binary != nullptr && binary->right == view[node].expr;
    if (right && (binary->op == BinaryOperator::kAnd || binary->op == BinaryOperator::kUnless)) return false;
  }
  return true;
}

void check_picking(const RuleUnderCheck& rule, FindingList& out) {
  for (std::size_t i = 0; i < rule.view.size(); ++i) {
    const auto* aggregation = as<Aggregation>(rule.view[i].expr);
    if (aggregation == nullptr || !picks(aggregation->op)) continue;
    const LabelFlow& flow = rule.flows[i];
    bool one_series = flow.closed();
    for (const LabelFlow::Label& label : flow.labels())
      one_series = one_series && (label.presence == Presence::kCannot || label.fixed);
    if (one_series || !labels_reach_alert(rule.view, i)) continue;
    out.at_expression(
        rule, kFragile, aggregation->extent,
        fmt::format("{}() picks other series at each evaluation, so other alerts fire each time",
                    to_string(aggregation->op)),
        "compare all series with a threshold instead");
  }
}

// The job that every selector below fixes; nothing where they do not.
std::optional<std::string_view> job_of(const Expr& root) {
  std::optional<std::string_view> job;
  bool one = true;
  walk(root, [&](const Expr& node) {
    const auto* selector = as<VectorSelector>(&node);
    if (selector == nullptr) return;
    std::string_view own;
    for (const LabelMatcher& matcher : selector->matchers) {
      if (matcher.name == "job" && matcher.type == MatchType::kEqual) own = matcher.value;
    }
    one = one && !own.empty() && (!job || *job == own);
    job = own;
  });
  return one ? job : std::nullopt;
}

bool is_aggregated(const Expr& root) {
  bool aggregated = false;
  walk(root, [&](const Expr& node) { aggregated = aggregated || node.kind == NodeKind::kAggregation; });
  return aggregated;
}

void check_partial_data(const RuleUnderCheck& rule, FindingList& out) {
  if (rule.rule.hold_for != Duration::zero()) return;
  for (const ExpressionView::Node& node : rule.view.nodes()) {
    const auto* binary = as<BinaryExpr>(node.expr);
    if (binary == nullptr || is_set_operator(binary->op) || is_comparison(binary->op)) continue;
    if (binary->left->type != ValueType::kVector || binary->right->type != ValueType::kVector) continue;
    const auto left = job_of(*binary->left), right = job_of(*binary->right);
    if (!left || !right || *left == *right) continue;
    if (!is_aggregated(*binary->left) || !is_aggregated(*binary->right)) continue;
    out.at_expression(rule, kFragile, binary->extent,
                      fmt::format("after a restart of Prometheus job {} may be scraped and job {} not yet, "
                                  "and the alert fires for nothing",
                                  *left, *right),
                      "add a `for` of one scrape or more, for example 2m");
  }
}

void check(const RuleUnderCheck& rule, FindingList& out) {
  if (!rule.alerting()) return;
  check_picking(rule, out);
  check_partial_data(rule, out);
}

}  // namespace

const RuleCheck kPromqlFragile{kKinds, check};

}  // namespace tocsin
