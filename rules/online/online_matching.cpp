// Of promql/vector_matching what never meets on the series that there are: both sides have some, and none of
// them finds a partner. Comparisons within the sides are left aside, because what they leave changes from
// minute to minute.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "rules/online/online_families.h"
#include "rules/promql/visitor.h"

namespace tocsin {
namespace {

using namespace promql;
using Kind = Question::Kind;

constexpr FindingKind kMatching{"promql/vector_matching", Severity::kWarning, "", ""};

bool is_filter(const BinaryExpr& binary) {
  return is_comparison(binary.op) && !binary.return_bool;
}

// The text of a side without its comparisons with numbers. Nothing where more than those leave series out.
std::optional<std::string> without_thresholds(const OnlineRule& online, const Expr& side) {
  std::vector<Extent> cut;
  bool clear = true;
  walk(side, [&](const Expr& node) {
    const auto* binary = as<BinaryExpr>(&node);
    if (binary == nullptr) return;
    if (binary->op == BinaryOperator::kAnd || binary->op == BinaryOperator::kUnless) clear = false;
    if (!is_filter(*binary) || binary->type != ValueType::kVector) return;
    if (binary->right->type == ValueType::kScalar) {
      cut.push_back({binary->left->extent.end, binary->right->extent.end});
    } else if (binary->left->type == ValueType::kScalar) {
      cut.push_back({binary->left->extent.begin, binary->right->extent.begin});
    } else {
      clear = false;
    }
  });
  if (!clear) return std::nullopt;
  std::ranges::sort(cut, {}, &Extent::begin);
  const std::string_view source = online.rule.checked.tree.source();
  std::string text;
  std::uint32_t at = side.extent.begin;
  for (const Extent& piece : cut) {
    if (piece.begin > at) text += source.substr(at, piece.begin - at);
    at = std::max(at, piece.end);
  }
  if (side.extent.end > at) text += source.substr(at, side.extent.end - at);
  return text;
}

std::string matching_text(const Matching* matching) {
  if (matching == nullptr || (!matching->on && matching->labels.empty())) return "";
  std::string labels;
  for (const LabelName& label : matching->labels)
    labels += (labels.empty() ? "" : ", ") + std::string(label.name);
  return fmt::format("{} ({})", matching->on ? "on" : "ignoring", labels);
}

// A line of its own, should a comment end it.
Question count_of(const std::string& text) {
  return {Kind::kValue, fmt::format("count({}\n)", text), ""};
}

void check_operator(const OnlineRule& online, const BinaryExpr& binary) {
  const auto left = without_thresholds(online, *inside_parentheses(binary.left));
  const auto right = without_thresholds(online, *inside_parentheses(binary.right));
  if (!left || !right) return;
  const auto* both = online.inquiry.ask<Evaluated>(
      count_of(fmt::format("({}\n) and {} ({}\n)", *left, matching_text(binary.matching), *right)));
  if (both == nullptr || both->sum() > 0) return;
  const auto* lefts = online.inquiry.ask<Evaluated>(count_of(*left));
  const auto* rights = online.inquiry.ask<Evaluated>(count_of(*right));
  if (lefts == nullptr || rights == nullptr) return;
  if (lefts->sum() <= 0 || rights->sum() <= 0) return;
  online.out.at_expression(
      online.rule, kMatching, binary.op_extent,
      "the server has series for both sides, and none of them match: there is no result",
      fmt::format("there are {:.0f} on the left and {:.0f} on the right: match by labels whose values are "
                  "equal on both, "
                  "with on(…)",
                  lefts->sum(), rights->sum()));
}

void check(const OnlineRule& online) {
  for (const ExpressionView::Node& node : online.view().nodes()) {
    const auto* binary = as<BinaryExpr>(node.expr);
    // What `and`, `or` and `unless` leave may well be nothing, most of the time.
    if (binary == nullptr || is_set_operator(binary->op)) continue;
    if (binary->left->type != ValueType::kVector || binary->right->type != ValueType::kVector) continue;
    const Matching* matching = binary->matching;
    if (matching != nullptr && (matching->fill_left || matching->fill_right)) continue;
    check_operator(online, *binary);
  }
}

}  // namespace

const OnlineCheck kOnlineMatching{{}, check};

}  // namespace tocsin
