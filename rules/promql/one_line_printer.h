// The one-line form, piece by piece, for the two printers. It can stop early: who only asks whether an
// expression fits on a line need not print all of it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "rules/promql/ast.h"

namespace tocsin::promql {

class OneLinePrinter {
 public:
  static constexpr std::size_t kUnlimited = static_cast<std::size_t>(-1);
  explicit OneLinePrinter(std::size_t limit = kUnlimited) : limit_(limit) {}

  void print(const Expr&);
  // "sum by (a) ", " == bool on (a) group_left ()", "[1h:5m] @ 10.000 offset 5m"
  void print_head(const Aggregation&);
  void print_operator(const BinaryExpr&);
  void print_suffix(const Subquery&);
  // The left operand; the operator and what stands right of it.
  void print_left(const BinaryExpr&);
  void print_link(const BinaryExpr&);

  bool full() const { return out_.size() > limit_; }
  std::string take() { return std::move(out_); }

 private:
  void print_node(const VectorSelector&);
  void print_node(const RangeSelector&);
  void print_node(const NumberLiteral&);
  void print_node(const DurationExpr&);
  void print_chain(const BinaryExpr&);
  void print_name_and_matchers(const VectorSelector&);
  void print_labels(std::span<const LabelName>);
  void print_at(const Modifiers*);
  void print_offset(const Modifiers*);
  void print_computed_offset(const Modifiers*);
  void print_duration(Duration, const DurationExpr*);

  std::size_t limit_;
  std::string out_;
};

// A chain of binary expressions that leans left, from the outermost to the innermost.
std::vector<const BinaryExpr*> chain_of(const BinaryExpr&);

}  // namespace tocsin::promql
