// Walks parsed expressions. `visit` calls the overload for what a node is; `walk` goes through a whole tree
// from left to right, parents first, without recursion, so that neither depth nor length of an expression
// matters.
#pragma once

#include <utility>
#include <vector>

#include "core/check.h"
#include "rules/promql/ast.h"

namespace tocsin::promql {

template <class Visitor>
decltype(auto) visit(const Expr& expr, Visitor&& visitor) {
  switch (expr.kind) {
    case NodeKind::kNumber:
      return visitor(static_cast<const NumberLiteral&>(expr));
    case NodeKind::kString:
      return visitor(static_cast<const StringLiteral&>(expr));
    case NodeKind::kSelector:
      return visitor(static_cast<const VectorSelector&>(expr));
    case NodeKind::kRange:
      return visitor(static_cast<const RangeSelector&>(expr));
    case NodeKind::kSubquery:
      return visitor(static_cast<const Subquery&>(expr));
    case NodeKind::kCall:
      return visitor(static_cast<const Call&>(expr));
    case NodeKind::kAggregation:
      return visitor(static_cast<const Aggregation&>(expr));
    case NodeKind::kBinary:
      return visitor(static_cast<const BinaryExpr&>(expr));
    case NodeKind::kUnary:
      return visitor(static_cast<const UnaryExpr&>(expr));
    case NodeKind::kParenthesis:
      return visitor(static_cast<const Parenthesis&>(expr));
    case NodeKind::kDuration:
      return visitor(static_cast<const DurationExpr&>(expr));
  }
  TOCSIN_CHECK(false, "a node is of a known kind");
  std::abort();
}

// The operands of a node from left to right. Durations in brackets and after offset are not among them.
template <class Function>
void for_each_child(const Expr& expr, Function&& function) {
  const auto give = [&](const Expr* child) {
    if (child != nullptr) function(*child);
  };
  switch (expr.kind) {
    case NodeKind::kRange:
      return give(static_cast<const RangeSelector&>(expr).selector);
    case NodeKind::kSubquery:
      return give(static_cast<const Subquery&>(expr).expression);
    case NodeKind::kCall:
      for (const Expr* argument : static_cast<const Call&>(expr).arguments) give(argument);
      return;
    case NodeKind::kAggregation:
      give(static_cast<const Aggregation&>(expr).parameter);
      return give(static_cast<const Aggregation&>(expr).expression);
    case NodeKind::kBinary:
      give(static_cast<const BinaryExpr&>(expr).left);
      return give(static_cast<const BinaryExpr&>(expr).right);
    case NodeKind::kUnary:
      return give(static_cast<const UnaryExpr&>(expr).expression);
    case NodeKind::kParenthesis:
      return give(static_cast<const Parenthesis&>(expr).expression);
    default:
      return;
  }
}

// Calls `enter(node)` for the node and all below it. Where `enter` answers bool, false leaves out what is
// below.
template <class Enter>
void walk(const Expr& root, Enter&& enter) {
  std::vector<const Expr*> open{&root};
  std::vector<const Expr*> children;
  while (!open.empty()) {
    const Expr& node = *open.back();
    open.pop_back();
    if constexpr (std::is_same_v<decltype(enter(node)), bool>) {
      if (!enter(node)) continue;
    } else {
      enter(node);
    }
    children.clear();
    for_each_child(node, [&](const Expr& child) { children.push_back(&child); });
    open.insert(open.end(), children.rbegin(), children.rend());
  }
}

// Overloads from lambdas: visit(expr, Overloads{[](const Call&) {…}, [](const Expr&) {…}}).
template <class... Functions>
struct Overloads : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloads(Functions...) -> Overloads<Functions...>;

}  // namespace tocsin::promql
