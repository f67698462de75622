#include "rules/promql/printer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/labels.h"
#include "rules/promql/literals.h"
#include "rules/promql/one_line_printer.h"

namespace tocsin::promql {
namespace {

bool is_plain_label(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::string label_text(std::string_view name) {
  return is_plain_label(name) ? std::string(name) : go_quote(name);
}

std::string matcher_text(const LabelMatcher& matcher) {
  return label_text(matcher.name) + std::string(to_string(matcher.type)) + go_quote(matcher.value);
}

}  // namespace

std::vector<const BinaryExpr*> chain_of(const BinaryExpr& outermost) {
  std::vector<const BinaryExpr*> chain;
  for (const auto* link = &outermost; link != nullptr; link = as<BinaryExpr>(link->left))
    chain.push_back(link);
  return chain;
}

void OneLinePrinter::print(const Expr& expr) {
  if (full()) return;
  switch (expr.kind) {
    case NodeKind::kNumber:
      return print_node(*as<NumberLiteral>(&expr));
    case NodeKind::kString:
      out_ += go_quote(as<StringLiteral>(&expr)->value);
      return;
    case NodeKind::kSelector:
      return print_node(*as<VectorSelector>(&expr));
    case NodeKind::kRange:
      return print_node(*as<RangeSelector>(&expr));
    case NodeKind::kSubquery:
      print(*as<Subquery>(&expr)->expression);
      return print_suffix(*as<Subquery>(&expr));
    case NodeKind::kCall: {
      const auto& call = *as<Call>(&expr);
      out_ += call.name;
      out_ += '(';
      for (std::size_t i = 0; i < call.arguments.size() && !full(); ++i) {
        if (i > 0) out_ += ", ";
        print(*call.arguments[i]);
      }
      out_ += ')';
      return;
    }
    case NodeKind::kAggregation: {
      const auto& aggregation = *as<Aggregation>(&expr);
      print_head(aggregation);
      out_ += '(';
      if (aggregation.parameter != nullptr) {
        print(*aggregation.parameter);
        out_ += ", ";
      }
      if (aggregation.expression != nullptr) print(*aggregation.expression);
      out_ += ')';
      return;
    }
    case NodeKind::kBinary:
      return print_chain(*as<BinaryExpr>(&expr));
    case NodeKind::kUnary:
      out_ += as<UnaryExpr>(&expr)->negative ? '-' : '+';
      return print(*as<UnaryExpr>(&expr)->expression);
    case NodeKind::kParenthesis:
      out_ += '(';
      print(*as<Parenthesis>(&expr)->expression);
      out_ += ')';
      return;
    case NodeKind::kDuration:
      return print_node(*as<DurationExpr>(&expr));
  }
}

void OneLinePrinter::print_chain(const BinaryExpr& outermost) {
  const std::vector<const BinaryExpr*> chain = chain_of(outermost);
  print_left(*chain.back());
  for (auto link = chain.rbegin(); link != chain.rend() && !full(); ++link) print_link(**link);
}

// +Inf ^ 2 would read as +(Inf ^ 2).
void OneLinePrinter::print_left(const BinaryExpr& binary) {
  const auto* number = as<NumberLiteral>(binary.left);
  if (number != nullptr && binary.op == BinaryOperator::kPow && std::isinf(number->value)) {
    out_ += "Inf";
  } else {
    print(*binary.left);
  }
}

void OneLinePrinter::print_link(const BinaryExpr& binary) {
  print_operator(binary);
  out_ += ' ';
  print(*binary.right);
}

void OneLinePrinter::print_operator(const BinaryExpr& binary) {
  out_ += fmt::format(" {}{}", to_string(binary.op), binary.return_bool ? " bool" : "");
  const bool vectors = binary.left->type == ValueType::kVector && binary.right->type == ValueType::kVector;
  if (binary.matching == nullptr || !vectors) return;
  const Matching& matching = *binary.matching;
  if (!matching.labels.empty() || matching.on || matching.group != Matching::Group::kNone) {
    out_ += matching.on ? " on (" : " ignoring (";
    print_labels(matching.labels);
    out_ += ')';
  }
  if (matching.group != Matching::Group::kNone) {
    out_ += matching.group == Matching::Group::kLeft ? " group_left (" : " group_right (";
    print_labels(matching.include);
    out_ += ')';
  }
  if (matching.fill_left && matching.fill_left == matching.fill_right) {
    out_ += fmt::format(" fill ({})", format_number(*matching.fill_left));
    return;
  }
  if (matching.fill_left) out_ += fmt::format(" fill_left ({})", format_number(*matching.fill_left));
  if (matching.fill_right) out_ += fmt::format(" fill_right ({})", format_number(*matching.fill_right));
}

void OneLinePrinter::print_head(const Aggregation& aggregation) {
  out_ += to_string(aggregation.op);
  if (!aggregation.without && aggregation.grouping.empty()) return;
  out_ += aggregation.without ? " without (" : " by (";
  print_labels(aggregation.grouping);
  out_ += ") ";
}

void OneLinePrinter::print_labels(std::span<const LabelName> labels) {
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (i > 0) out_ += ", ";
    out_ += label_text(labels[i].name);
  }
}

void OneLinePrinter::print_name_and_matchers(const VectorSelector& selector) {
  out_ += selector.name;
  if (selector.matchers.empty()) {
    if (selector.name.empty()) out_ += "{}";
    return;
  }
  std::vector<std::string> texts;
  texts.reserve(selector.matchers.size());
  for (const LabelMatcher& matcher : selector.matchers) texts.push_back(matcher_text(matcher));
  std::sort(texts.begin(), texts.end());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    out_ += i == 0 ? '{' : ',';
    out_ += texts[i];
  }
  out_ += '}';
}

void OneLinePrinter::print_node(const VectorSelector& selector) {
  print_name_and_matchers(selector);
  print_computed_offset(selector.modifiers);
  print_at(selector.modifiers);
  if (selector.anchored) out_ += " anchored";
  if (selector.smoothed) out_ += " smoothed";
  print_offset(selector.modifiers);
}

void OneLinePrinter::print_node(const RangeSelector& range) {
  print_name_and_matchers(*range.selector);
  out_ += '[';
  print_duration(range.range, range.range_expression);
  out_ += ']';
  print_computed_offset(range.selector->modifiers);
  if (range.selector->anchored) out_ += " anchored";
  if (range.selector->smoothed) out_ += " smoothed";
  print_at(range.selector->modifiers);
  print_offset(range.selector->modifiers);
}

void OneLinePrinter::print_suffix(const Subquery& subquery) {
  out_ += '[';
  print_duration(subquery.range, subquery.range_expression);
  out_ += ':';
  if (subquery.step != Duration::zero() || subquery.step_expression != nullptr)
    print_duration(subquery.step, subquery.step_expression);
  out_ += ']';
  print_computed_offset(subquery.modifiers);
  print_at(subquery.modifiers);
  print_offset(subquery.modifiers);
}

std::string to_string(const Expr& expr) {
  OneLinePrinter printer;
  printer.print(expr);
  return printer.take();
}

}  // namespace tocsin::promql
