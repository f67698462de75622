// Between which numbers the values of an expression lie, as far as its functions tell: count() is at least 1,
// rate() never negative, absent() always 1. So some comparisons never hold, and others always.
#pragma once

#include <cstdint>
#include <limits>

#include "rules/promql/ast.h"

namespace tocsin {

struct ValueRange {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool known() const {
    return low > -std::numeric_limits<double>::infinity() || high < std::numeric_limits<double>::infinity();
  }
};

ValueRange value_range(const promql::Expr&);

// A number written as such, with signs, parentheses and arithmetic; false where it is none.
bool constant_value(const promql::Expr&, double& value);

enum class Comparison : std::uint8_t { kDepends, kFails, kHolds };
// Of a comparison with a constant on one of its sides, by the range of the other.
Comparison compare(const promql::BinaryExpr&);
// The values for which `VALUE op number` may hold.
ValueRange values_that_satisfy(promql::BinaryOperator op, double number);
// The operator with its sides exchanged: < becomes >.
promql::BinaryOperator mirrored(promql::BinaryOperator op);

}  // namespace tocsin
