#include "rules/findings/value_range.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "rules/expression_view.h"

namespace tocsin {
namespace {

using namespace promql;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct KnownRange {
  std::string_view function;
  ValueRange range;
};

constexpr KnownRange kFunctionRanges[] = {
    {"absent", {1, 1}},
    {"absent_over_time", {1, 1}},
    {"present_over_time", {1, 1}},
    {"rate", {0, kInfinity}},
    {"irate", {0, kInfinity}},
    {"increase", {0, kInfinity}},
    {"changes", {0, kInfinity}},
    {"resets", {0, kInfinity}},
    {"count_over_time", {1, kInfinity}},
    {"abs", {0, kInfinity}},
    {"sqrt", {0, kInfinity}},
    {"exp", {0, kInfinity}},
    {"sgn", {-1, 1}},
    {"day_of_week", {0, 6}},
    {"day_of_month", {1, 31}},
    {"days_in_month", {28, 31}},
    {"day_of_year", {1, 366}},
    {"hour", {0, 23}},
    {"minute", {0, 59}},
    {"month", {1, 12}},
    {"histogram_count", {0, kInfinity}},
    {"stddev_over_time", {0, kInfinity}},
    {"stdvar_over_time", {0, kInfinity}},
};

ValueRange joined(ValueRange a, ValueRange b) {
  return {std::min(a.low, b.low), std::max(a.high, b.high)};
}

ValueRange range_of_binary(const BinaryExpr& binary) {
  if (binary.op == BinaryOperator::kOr) return joined(value_range(*binary.left), value_range(*binary.right));
  if (binary.op == BinaryOperator::kAnd || binary.op == BinaryOperator::kUnless)
    return value_range(*binary.left);
  if (is_comparison(binary.op)) {
    if (binary.return_bool) return {0, 1};
    if (binary.left->type == ValueType::kScalar) return value_range(*binary.right);
    return value_range(*binary.left);
  }
  return {};
}

}  // namespace

ValueRange value_range(const Expr& root) {
  const Expr* expr = inside_parentheses(&root);
  if (expr->depth > 100) return {};
  double constant = 0;
  if (constant_value(*expr, constant)) return {constant, constant};
  if (const auto* call = as<Call>(expr)) {
    for (const KnownRange& known : kFunctionRanges) {
      if (known.function == call->name) return known.range;
    }
    if (call->name == "vector" && call->arguments.size() == 1) return value_range(*call->arguments[0]);
    return {};
  }
  if (const auto* aggregation = as<Aggregation>(expr)) {
    switch (aggregation->op) {
      case AggregateOperator::kCount:
      case AggregateOperator::kCountValues:
        return {1, kInfinity};
      case AggregateOperator::kGroup:
        return {1, 1};
      case AggregateOperator::kStddev:
      case AggregateOperator::kStdvar:
        return {0, kInfinity};
      case AggregateOperator::kMin:
      case AggregateOperator::kMax:
      case AggregateOperator::kAvg:
      case AggregateOperator::kTopK:
      case AggregateOperator::kBottomK:
        return value_range(*aggregation->expression);
      case AggregateOperator::kSum: {
        const ValueRange inner = value_range(*aggregation->expression);
        return {inner.low >= 0 ? inner.low : -kInfinity, inner.high <= 0 ? inner.high : kInfinity};
      }
      default:
        return {};
    }
  }
  if (const auto* binary = as<BinaryExpr>(expr)) {
    // A chain of `or` leans left without bound.
    return binary->op == BinaryOperator::kOr && binary->left->depth > 50 ? ValueRange{}
                                                                         : range_of_binary(*binary);
  }
  if (const auto* selector = as<VectorSelector>(expr)) {
    if (metric_name(*selector) == "up") return {0, 1};
    if (metric_name(*selector) == "ALERTS") return {1, 1};
  }
  return {};
}

bool constant_value(const Expr& root, double& value) {
  const Expr* expr = inside_parentheses(&root);
  if (const auto* number = as<NumberLiteral>(expr)) {
    value = number->value;
    return true;
  }
  if (const auto* unary = as<UnaryExpr>(expr)) {
    if (!constant_value(*unary->expression, value)) return false;
    if (unary->negative) value = -value;
    return true;
  }
  const auto* binary = as<BinaryExpr>(expr);
  if (binary == nullptr || expr->type != ValueType::kScalar || expr->depth > 50) return false;
  double left = 0, right = 0;
  if (!constant_value(*binary->left, left) || !constant_value(*binary->right, right)) return false;
  switch (binary->op) {
    case BinaryOperator::kAdd:
      value = left + right;
      return true;
    case BinaryOperator::kSub:
      value = left - right;
      return true;
    case BinaryOperator::kMul:
      value = left * right;
      return true;
    case BinaryOperator::kDiv:
      value = left / right;
      return true;
    case BinaryOperator::kPow:
      value = std::pow(left, right);
      return true;
    default:
      return false;
  }
}

BinaryOperator mirrored(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::kLess:
      return BinaryOperator::kGreater;
    case BinaryOperator::kLessEqual:
      return BinaryOperator::kGreaterEqual;
    case BinaryOperator::kGreater:
      return BinaryOperator::kLess;
    case BinaryOperator::kGreaterEqual:
      return BinaryOperator::kLessEqual;
    default:
      return op;
  }
}

Comparison compare(const BinaryExpr& binary) {
  double number = 0;
  BinaryOperator op = binary.op;
  ValueRange range;
  if (constant_value(*binary.right, number) && binary.left->type == ValueType::kVector) {
    range = value_range(*binary.left);
  } else if (constant_value(*binary.left, number) && binary.right->type == ValueType::kVector) {
    range = value_range(*binary.right);
    op = mirrored(op);
  } else {
    return Comparison::kDepends;
  }
  if (!range.known() || std::isnan(number)) return Comparison::kDepends;
  const auto answer = [](bool never, bool always) {
    return never ? Comparison::kFails : always ? Comparison::kHolds : Comparison::kDepends;
  };
  const bool outside = number < range.low || number > range.high;
  const bool the_one = range.low == range.high && range.low == number;
  switch (op) {
    case BinaryOperator::kEqual:
      return answer(outside, the_one);
    case BinaryOperator::kNotEqual:
      return answer(the_one, outside);
    case BinaryOperator::kLess:
      return answer(range.low >= number, range.high < number);
    case BinaryOperator::kLessEqual:
      return answer(range.low > number, range.high <= number);
    case BinaryOperator::kGreater:
      return answer(range.high <= number, range.low > number);
    case BinaryOperator::kGreaterEqual:
      return answer(range.high < number, range.low >= number);
    default:
      return Comparison::kDepends;
  }
}

ValueRange values_that_satisfy(BinaryOperator op, double number) {
  switch (op) {
    case BinaryOperator::kEqual:
      return {number, number};
    case BinaryOperator::kLess:
      return {-kInfinity, std::nextafter(number, -kInfinity)};
    case BinaryOperator::kLessEqual:
      return {-kInfinity, number};
    case BinaryOperator::kGreater:
      return {std::nextafter(number, kInfinity), kInfinity};
    case BinaryOperator::kGreaterEqual:
      return {number, kInfinity};
    default:
      return {};
  }
}

}  // namespace tocsin
