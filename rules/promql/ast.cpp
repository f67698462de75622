#include "rules/promql/ast.h"

namespace tocsin::promql {

std::string_view to_string(AggregateOperator op) {
  switch (op) {
    case AggregateOperator::kAvg:
      return "avg";
    case AggregateOperator::kBottomK:
      return "bottomk";
    case AggregateOperator::kCount:
      return "count";
    case AggregateOperator::kCountValues:
      return "count_values";
    case AggregateOperator::kGroup:
      return "group";
    case AggregateOperator::kMax:
      return "max";
    case AggregateOperator::kMin:
      return "min";
    case AggregateOperator::kQuantile:
      return "quantile";
    case AggregateOperator::kStddev:
      return "stddev";
    case AggregateOperator::kStdvar:
      return "stdvar";
    case AggregateOperator::kSum:
      return "sum";
    case AggregateOperator::kTopK:
      return "topk";
    case AggregateOperator::kLimitK:
      return "limitk";
    case AggregateOperator::kLimitRatio:
      return "limit_ratio";
  }
  return "";
}

bool takes_parameter(AggregateOperator op) {
  switch (op) {
    case AggregateOperator::kBottomK:
    case AggregateOperator::kCountValues:
    case AggregateOperator::kQuantile:
    case AggregateOperator::kTopK:
    case AggregateOperator::kLimitK:
    case AggregateOperator::kLimitRatio:
      return true;
    default:
      return false;
  }
}

std::string_view to_string(BinaryOperator op) {
  constexpr std::string_view kTexts[] = {"+", "-",  "*", "/",  "%",  "^",  "atan2", "==", "!=",
                                         "<", "<=", ">", ">=", "</", ">/", "and",   "or", "unless"};
  return kTexts[static_cast<std::size_t>(op)];
}

bool is_comparison(BinaryOperator op) {
  return op >= BinaryOperator::kEqual && op <= BinaryOperator::kGreaterEqual;
}

bool is_set_operator(BinaryOperator op) {
  return op >= BinaryOperator::kAnd;
}

}  // namespace tocsin::promql
