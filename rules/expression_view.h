// A parsed expression as a flat list, parents before children, each with its way up and down. The checks go
// over it in loops: neither depth nor length of an expression matters, and one list serves them all.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "rules/promql/ast.h"
#include "rules/promql/tree.h"

namespace tocsin {

class ExpressionView {
 public:
  static constexpr std::int32_t kNone = -1;

  struct Node {
    const promql::Expr* expr = nullptr;
    std::int32_t parent = kNone;
    std::int32_t first_child = kNone;
    std::int32_t next_sibling = kNone;
  };

  ExpressionView() = default;
  explicit ExpressionView(const promql::Tree& tree) { show(tree); }
  // Forgets what it has shown before; its memory serves again. Empty where the tree has no root.
  void show(const promql::Tree&);

  const std::vector<Node>& nodes() const { return nodes_; }
  bool empty() const { return nodes_.empty(); }
  std::size_t size() const { return nodes_.size(); }
  const Node& operator[](std::size_t index) const { return nodes_[index]; }
  const promql::Expr* parent_of(std::size_t index) const {
    return nodes_[index].parent == kNone ? nullptr
                                         : nodes_[static_cast<std::size_t>(nodes_[index].parent)].expr;
  }
  std::string_view text(promql::Extent extent) const { return tree_->text(extent); }
  std::string_view text(const promql::Expr& expr) const { return tree_->text(expr); }
  // The text as a message shows it: on one line, and not long.
  std::string shown(const promql::Expr&) const;

 private:
  const promql::Tree* tree_ = nullptr;
  std::vector<Node> nodes_;
  std::vector<std::int32_t> last_child_;
};

// Without the parentheses around it.
const promql::Expr* inside_parentheses(const promql::Expr*);
// The metric name that a selector asks for; "" where it is none or not one name.
std::string_view metric_name(const promql::VectorSelector&);

}  // namespace tocsin
