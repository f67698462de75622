#include "rules/expression_view.h"

#include <algorithm>

#include "core/utf8.h"
#include "rules/promql/visitor.h"

namespace tocsin {

void ExpressionView::show(const promql::Tree& tree) {
  tree_ = &tree;
  nodes_.clear();
  last_child_.clear();
  if (tree.root() == nullptr) return;
  nodes_.push_back({tree.root()});
  last_child_.push_back(kNone);
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    promql::for_each_child(*nodes_[i].expr, [&](const promql::Expr& child) {
      const auto index = static_cast<std::int32_t>(nodes_.size());
      const std::int32_t before = last_child_[i];
      (before == kNone ? nodes_[i].first_child : nodes_[static_cast<std::size_t>(before)].next_sibling) =
          index;
      last_child_[i] = index;
      nodes_.push_back({&child, static_cast<std::int32_t>(i)});
      last_child_.push_back(kNone);
    });
  }
}

std::string ExpressionView::shown(const promql::Expr& expr) const {
  constexpr std::size_t kShownRunes = 60;
  std::string line;
  for (const char c : text(expr)) {
    const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!blank) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  return truncate_runes(line, kShownRunes);
}

const promql::Expr* inside_parentheses(const promql::Expr* expr) {
  while (const auto* parenthesis = promql::as<promql::Parenthesis>(expr)) expr = parenthesis->expression;
  return expr;
}

std::string_view metric_name(const promql::VectorSelector& selector) {
  if (!selector.name.empty()) return selector.name;
  for (const promql::LabelMatcher& matcher : selector.matchers) {
    if (matcher.name == "__name__" && matcher.type == MatchType::kEqual) return matcher.value;
  }
  return "";
}

}  // namespace tocsin
