// promql/nan: one division by zero inside an aggregation spoils the whole of it.
#include <fmt/format.h>

#include "rules/findings/rule_families.h"
#include "rules/findings/value_range.h"

namespace tocsin {
namespace {

using namespace promql;

constexpr FindingKind kKinds[] = {{
    "promql/nan",
    Severity::kNote,
    "a division by zero inside sum() or avg() makes all of it NaN or Inf",
    R"(0 / 0 is NaN and 1 / 0 is Inf, and sum(), avg(), stddev() and stdvar() of series of which one is NaN are NaN:
an alert on it is never true, and the good series are lost with the bad one. NaN compared with anything is
false, except with `!=`.

    wrong:  sum by (cluster) (errors / requests)
    right:  sum by (cluster) (errors) / sum by (cluster) (requests)
    right:  sum by (cluster) (errors / (requests > 0)))",
}};
constexpr const FindingKind& kNan = kKinds[0];

bool excludes_zero(ValueRange range) {
  return range.low > 0 || range.high < 0;
}

bool never_zero(const Expr& root) {
  const Expr* expr = inside_parentheses(&root);
  double number = 0;
  if (constant_value(*expr, number)) return number != 0;
  if (excludes_zero(value_range(*expr))) return true;
  if (const auto* binary = as<BinaryExpr>(expr); binary != nullptr && is_comparison(binary->op)) {
    if (binary->return_bool) return false;
    if (constant_value(*binary->right, number)) {
      if (binary->op == BinaryOperator::kNotEqual) return number == 0;
      return excludes_zero(values_that_satisfy(binary->op, number));
    }
    return false;
  }
  if (const auto* call = as<Call>(expr)) {
    if (call->name == "scalar" && call->arguments.size() == 1) return never_zero(*call->arguments[0]);
    if (call->name == "clamp_min" && call->arguments.size() == 2)
      return constant_value(*call->arguments[1], number) && number > 0;
    if (call->name == "clamp_max" && call->arguments.size() == 2)
      return constant_value(*call->arguments[1], number) && number < 0;
    double high = 0;
    if (call->name == "clamp" && call->arguments.size() == 3) {
      return (constant_value(*call->arguments[1], number) && number > 0) ||
             (constant_value(*call->arguments[2], high) && high < 0);
    }
  }
  return false;
}

// Capacities: what is never 0 where it is there at all.
bool is_capacity(const Expr& root) {
  const auto* selector = as<VectorSelector>(inside_parentheses(&root));
  if (selector == nullptr) return false;
  const std::string_view name = metric_name(*selector);
  for (const std::string_view word : {"size_bytes", "total_bytes", "Total_bytes", "capacity", "limit", "max",
                                      "cores", "allocatable", "quota"}) {
    if (name.find(word) != std::string_view::npos) return true;
  }
  return false;
}

bool spoils(AggregateOperator op) {
  return op == AggregateOperator::kSum || op == AggregateOperator::kAvg || op == AggregateOperator::kStddev ||
         op == AggregateOperator::kStdvar;
}

// The aggregation that takes the result of the node, with nothing between that would keep NaN away.
const Aggregation* aggregation_above(const ExpressionView& view, std::size_t node) {
  for (auto at = view[node].parent; at != ExpressionView::kNone;
       at = view[static_cast<std::size_t>(at)].parent) {
    const Expr& above = *view[static_cast<std::size_t>(at)].expr;
    if (const auto* aggregation = as<Aggregation>(&above))
      return spoils(aggregation->op) ? aggregation : nullptr;
    const auto* binary = as<BinaryExpr>(&above);
    if (binary != nullptr && (is_comparison(binary->op) || is_set_operator(binary->op))) return nullptr;
    const auto* call = as<Call>(&above);
    if (call != nullptr && call->name.starts_with("clamp")) return nullptr;
    if (above.kind == NodeKind::kSubquery) return nullptr;
  }
  return nullptr;
}

void check(const RuleUnderCheck& rule, FindingList& out) {
  for (std::size_t i = 0; i < rule.view.size(); ++i) {
    const auto* binary = as<BinaryExpr>(rule.view[i].expr);
    const bool divides = binary != nullptr &&
                         (binary->op == BinaryOperator::kDiv || binary->op == BinaryOperator::kMod) &&
                         binary->type == ValueType::kVector;
    if (!divides || never_zero(*binary->right) || is_capacity(*binary->right)) continue;
    const Aggregation* aggregation = aggregation_above(rule.view, i);
    if (aggregation == nullptr) continue;
    out.at_expression(rule, kNan, binary->right->extent,
                      fmt::format("{}() is NaN or Inf as soon as `{}` is 0 for one series",
                                  to_string(aggregation->op), rule.view.shown(*binary->right)),
                      "divide the aggregations, or leave out the zeros: `> 0`");
  }
}

}  // namespace

const RuleCheck kPromqlNan{kKinds, check};

}  // namespace tocsin
