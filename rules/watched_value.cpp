#include "rules/watched_value.h"

#include <cmath>

#include "rules/promql/parser.h"

namespace tocsin {
namespace {

using promql::BinaryExpr;
using promql::BinaryOperator;
using promql::Expr;

const Expr* unwrapped(const Expr* expr) {
  while (const auto* wrapped = promql::as<promql::Parenthesis>(expr)) expr = wrapped->expression;
  return expr;
}

double calculated(BinaryOperator op, double left, double right) {
  switch (op) {
    case BinaryOperator::kAdd:
      return left + right;
    case BinaryOperator::kSub:
      return left - right;
    case BinaryOperator::kMul:
      return left * right;
    case BinaryOperator::kDiv:
      return left / right;
    case BinaryOperator::kMod:
      return std::fmod(left, right);
    case BinaryOperator::kPow:
      return std::pow(left, right);
    default:
      return std::nan("");
  }
}

// The number that an expression of numbers alone is: 2 * 60, -(1 / 4).
std::optional<double> constant(const Expr* expr, int deepest = 20) {
  // A chain leans left without bound: whoever writes thresholds needs no long ones.
  if (deepest == 0) return std::nullopt;
  expr = unwrapped(expr);
  if (const auto* number = promql::as<promql::NumberLiteral>(expr)) return number->value;
  if (const auto* sign = promql::as<promql::UnaryExpr>(expr)) {
    const auto value = constant(sign->expression, deepest - 1);
    return value && sign->negative ? -*value : value;
  }
  const auto* binary = promql::as<BinaryExpr>(expr);
  if (binary == nullptr || promql::is_comparison(binary->op)) return std::nullopt;
  const auto left = constant(binary->left, deepest - 1), right = constant(binary->right, deepest - 1);
  if (!left || !right) return std::nullopt;
  const double value = calculated(binary->op, *left, *right);
  return std::isnan(value) ? std::nullopt : std::optional(value);
}

// What has to be said of b where the rule says `5 <= b`.
std::string_view turned(std::string_view comparison) {
  if (comparison == ">") return "<";
  if (comparison == ">=") return "<=";
  if (comparison == "<") return ">";
  if (comparison == "<=") return ">=";
  return comparison;
}

}  // namespace

WatchedValue watched_value(std::string_view expression) {
  WatchedValue out{std::string(expression), std::nullopt, ""};
  const promql::Parsed parsed = promql::parse(expression);
  if (!parsed.errors.empty() || parsed.tree.root() == nullptr) return out;
  // `x > 5 and y`, `x > 5 unless y`: y only says when it counts.
  const Expr* expr = unwrapped(parsed.tree.root());
  const auto* binary = promql::as<BinaryExpr>(expr);
  while (binary != nullptr && (binary->op == BinaryOperator::kAnd || binary->op == BinaryOperator::kUnless)) {
    expr = unwrapped(binary->left);
    binary = promql::as<BinaryExpr>(expr);
  }
  if (binary == nullptr || !promql::is_comparison(binary->op) || binary->return_bool) return out;
  const auto left = constant(binary->left), right = constant(binary->right);
  const Expr* watched = left && !right ? binary->right : binary->left;
  if (watched->type != promql::ValueType::kVector) return out;
  out.expression = parsed.tree.text(*watched);
  if (left.has_value() == right.has_value()) return out;
  out.threshold = left ? left : right;
  const std::string_view comparison = to_string(binary->op);
  out.comparison = left ? turned(comparison) : comparison;
  return out;
}

}  // namespace tocsin
