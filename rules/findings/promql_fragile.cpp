// promql/fragile: alerts that flap because of how their expression picks or joins series.
#include <fmt/format.h>

#include <vector>

#include "rules/findings/rule_families.h"
#include "rules/findings/value_range.h"
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

// Whether an operator takes nothing of this side but labels that it names: it is matched by on (…), and the
// series are those of the other side.
bool is_looked_up(const BinaryExpr& binary, bool right) {
  if (is_set_operator(binary.op)) return right && binary.op != BinaryOperator::kOr;
  if (binary.matching == nullptr || !binary.matching->on) return false;
  return binary.matching->group != (right ? Matching::Group::kRight : Matching::Group::kLeft);
}

// Whether the labels of the node reach the alert.
bool labels_reach_alert(const ExpressionView& view, std::size_t node) {
  for (auto at = view[node].parent; at != ExpressionView::kNone;
       node = static_cast<std::size_t>(at), at = view[node].parent) {
    const Expr& above = *view[static_cast<std::size_t>(at)].expr;
    if (above.type == ValueType::kScalar) return false;
    const auto* aggregation = as<Aggregation>(&above);
    if (aggregation != nullptr && !picks(aggregation->op)) return false;
    const auto* binary = as<BinaryExpr>(&above);
    if (binary != nullptr && is_looked_up(*binary, binary->right == view[node].expr)) return false;
  }
  return true;
}

// topk by (…) (1, …): how one of several copies of a series is taken.
bool takes_one_of_each(const Aggregation& aggregation) {
  double number = 0;
  return aggregation.grouped && !aggregation.grouping.empty() &&
         constant_value(*aggregation.parameter, number) && number == 1;
}

void check_picking(const RuleUnderCheck& rule, FindingList& out) {
  for (std::size_t i = 0; i < rule.view.size(); ++i) {
    const auto* aggregation = as<Aggregation>(rule.view[i].expr);
    if (aggregation == nullptr || !picks(aggregation->op)) continue;
    const LabelFlow& flow = rule.flows[i];
    bool one_series = flow.closed();
    for (const LabelFlow::Label& label : flow.labels())
      one_series = one_series && (label.presence == Presence::kCannot || label.fixed);
    if (one_series || takes_one_of_each(*aggregation) || !labels_reach_alert(rule.view, i)) continue;
    out.at_expression(
        rule, kFragile, aggregation->extent,
        fmt::format("{}() picks other series at each evaluation, so other alerts fire each time",
                    to_string(aggregation->op)),
        "compare all series with a threshold instead");
  }
}

// What lies below a node, itself included.
struct Below {
  bool selects = false;  // there is a selector
  bool one_job = true;   // every selector fixes a job, the same one
  std::string_view job;  // that one
  bool aggregated = false;

  void add(const Below& child) {
    one_job = one_job && child.one_job && (!selects || !child.selects || job == child.job);
    if (child.selects) job = child.job;
    selects = selects || child.selects;
    aggregated = aggregated || child.aggregated;
  }
  bool is_aggregate_of_one_job() const { return aggregated && selects && one_job; }
};

Below alone(const Expr& expr) {
  Below below;
  below.aggregated = expr.kind == NodeKind::kAggregation;
  const auto* selector = as<VectorSelector>(&expr);
  if (selector == nullptr) return below;
  below.selects = true;
  for (const LabelMatcher& matcher : selector->matchers) {
    if (matcher.name == "job" && matcher.type == MatchType::kEqual) below.job = matcher.value;
  }
  below.one_job = !below.job.empty();
  return below;
}

// For each node of the view, in one pass from the leaves up.
std::vector<Below> what_is_below(const ExpressionView& view) {
  std::vector<Below> below;
  below.reserve(view.size());
  for (const ExpressionView::Node& node : view.nodes()) below.push_back(alone(*node.expr));
  for (std::size_t i = view.size(); i-- > 1;) below[static_cast<std::size_t>(view[i].parent)].add(below[i]);
  return below;
}

void check_partial_data(const RuleUnderCheck& rule, FindingList& out) {
  if (rule.rule.hold_for != Duration::zero()) return;
  const std::vector<Below> below = what_is_below(rule.view);
  for (const ExpressionView::Node& node : rule.view.nodes()) {
    const auto* binary = as<BinaryExpr>(node.expr);
    if (binary == nullptr || is_set_operator(binary->op) || is_comparison(binary->op)) continue;
    if (binary->left->type != ValueType::kVector || binary->right->type != ValueType::kVector) continue;
    const auto at_left = static_cast<std::size_t>(node.first_child);
    const Below& left = below[at_left];
    const Below& right = below[static_cast<std::size_t>(rule.view[at_left].next_sibling)];
    if (!left.is_aggregate_of_one_job() || !right.is_aggregate_of_one_job() || left.job == right.job)
      continue;
    out.at_expression(rule, kFragile, binary->extent,
                      fmt::format("after a restart of Prometheus job {} may be scraped and job {} not yet, "
                                  "and the alert fires for nothing",
                                  left.job, right.job),
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
