#include "rules/promql/parser.h"

#include <fmt/format.h>

#include <algorithm>

#include "rules/promql/expression_parser.h"
#include "rules/promql/type_checker.h"

namespace tocsin::promql {

using enum TokenKind;

int precedence_of(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::kOr:
      return kLowestPrecedence;
    case BinaryOperator::kAnd:
    case BinaryOperator::kUnless:
      return 2;
    case BinaryOperator::kAdd:
    case BinaryOperator::kSub:
      return 4;
    case BinaryOperator::kMul:
    case BinaryOperator::kDiv:
    case BinaryOperator::kMod:
    case BinaryOperator::kAtan2:
      return 5;
    case BinaryOperator::kPow:
      return kPowerPrecedence;
    default:
      return 3;  // comparisons and trimming
  }
}

ExpressionParser::ExpressionParser(std::string_view source, const Dialect& dialect)
    : dialect_(dialect), tree_(source), lexer_(tree_.source(), dialect) {}

Parsed ExpressionParser::parse() {
  advance();
  last_end_ = 0;
  Expr* root = nullptr;
  if (is(kEnd)) {
    error({}, "no expression found in input");
  } else {
    root = expression(kLowestPrecedence);
    if (root != nullptr && !is(kEnd)) {
      const bool missing_operator = is(kIdentifier) || is(kNumber) || is_aggregation(token_.kind);
      root = unexpected("", "", missing_operator ? "an operator is missing before it" : "");
    }
  }
  if (root != nullptr) {
    check_types(tree_, errors_);
    if (errors_.empty()) tree_.set_root(root);
  }
  return {std::move(tree_), std::move(errors_), std::move(warnings_)};
}

Expr* ExpressionParser::expression(int lowest) {
  if (!enter(token_.extent)) return nullptr;
  Expr* left = unary();
  while (left != nullptr && is_binary_operator(token_.kind)) {
    const int precedence = precedence_of(binary_operator(token_.kind));
    if (precedence < lowest) break;
    left = binary(left, precedence);
  }
  --nesting_;
  return left;
}

// A sign binds like *, so -a^b is -(a^b); a sign before a number is part of it.
Expr* ExpressionParser::unary() {
  if (!is(kAdd) && !is(kSub)) return primary();
  const Token sign = token_;
  advance();
  Expr* operand = expression(kPowerPrecedence);
  if (operand == nullptr) return nullptr;
  if (auto* literal = as<NumberLiteral>(operand)) {
    if (sign.kind == kSub) literal->value = -literal->value;
    literal->extent.begin = sign.extent.begin;
    return literal;
  }
  auto* made = tree_.make<UnaryExpr>({sign.extent.begin, operand->extent.end});
  made->type = operand->type;
  made->negative = sign.kind == kSub;
  made->expression = operand;
  return deepen(*made, operand) ? made : nullptr;
}

Expr* ExpressionParser::binary(Expr* left, int precedence) {
  const Token op = token_;
  advance();
  BinaryExpr read;  // the node is made after its operands
  read.op = binary_operator(op.kind);
  if (!binary_modifiers(read, read.matching)) return nullptr;
  read.op_extent = {op.extent.begin, last_end_};
  // Only ^ groups to the right.
  Expr* right = expression(precedence == kPowerPrecedence ? precedence : precedence + 1);
  if (right == nullptr) return nullptr;
  auto* made = tree_.make<BinaryExpr>(join(left->extent, right->extent));
  made->op = read.op;
  made->return_bool = read.return_bool;
  made->matching = read.matching;
  made->op_extent = read.op_extent;
  made->left = left;
  made->right = right;
  const auto either = [&](ValueType type) { return left->type == type || right->type == type; };
  made->type = either(ValueType::kVector)                                              ? ValueType::kVector
               : either(ValueType::kNone)                                              ? ValueType::kNone
               : left->type == ValueType::kScalar && right->type == ValueType::kScalar ? ValueType::kScalar
                                                                                       : ValueType::kVector;
  if (!deepen(*made, right)) return nullptr;
  const std::uint16_t left_depth =
      left->kind == NodeKind::kBinary ? left->depth : static_cast<std::uint16_t>(left->depth + 1);
  made->depth = std::max(made->depth, left_depth);
  return made;
}

bool ExpressionParser::binary_modifiers(BinaryExpr& made_later, Matching*& matching) {
  if (is(kBool)) {
    made_later.return_bool = true;
    advance();
  }
  if (is(kOn) || is(kIgnoring)) {
    matching = tree_.make_plain<Matching>();
    matching->on = is(kOn);
    advance();
    LabelNames labels;
    if (!label_names(labels)) return false;
    matching->labels = tree_.keep(labels.data(), labels.size());
    if (is(kGroupLeft) || is(kGroupRight)) {
      matching->group = is(kGroupLeft) ? Matching::Group::kLeft : Matching::Group::kRight;
      advance();
      LabelNames include;
      if (is(kLeftParen) && !label_names(include)) return false;
      matching->include = tree_.keep(include.data(), include.size());
    }
  } else if (is(kGroupLeft) || is(kGroupRight)) {
    unexpected("", "", "it needs on (…) or ignoring (…) before it");
    return false;
  }
  return fill_modifiers(matching);
}

// fill (v), or fill_left (v) and fill_right (v) in either order.
bool ExpressionParser::fill_modifiers(Matching*& matching) {
  const std::uint32_t begin = token_.extent.begin;
  bool any = false;
  for (int count = 0; count < 2 && (is(kFill) || is(kFillLeft) || is(kFillRight)); ++count) {
    const TokenKind side = token_.kind;
    if (matching == nullptr) matching = tree_.make_plain<Matching>();
    if (count > 0 && (side == kFill || (side == kFillLeft ? matching->fill_left : matching->fill_right)))
      break;
    double value = 0;
    if (!fill_value(value)) return false;
    if (side != kFillRight) matching->fill_left = value;
    if (side != kFillLeft) matching->fill_right = value;
    any = true;
    if (side == kFill) break;
  }
  if (any)
    need(Feature::kFillModifiers, {begin, last_end_},
         "binop fill modifiers are experimental and not enabled");
  return true;
}

bool ExpressionParser::fill_value(double& value) {
  advance();
  if (!expect(kLeftParen, "fill modifier", "\"(\"")) return false;
  const bool negative = is(kSub);
  if (is(kSub) || is(kAdd)) advance();
  if (!is(kNumber) && !is(kDuration)) {
    unexpected("fill modifier", "number");
    return false;
  }
  const std::optional<double> read = number_value(token_);
  advance();
  value = read.value_or(0) * (negative ? -1 : 1);
  return expect(kRightParen, "fill modifier", "\")\"");
}

std::nullptr_t ExpressionParser::unexpected(std::string_view context, std::string_view expected,
                                            std::string hint) {
  syntax_failed_ = true;
  if (is(kError)) {
    error(token_.extent, lexer_.error(), lexer_.hint());
    return nullptr;
  }
  std::string message = "unexpected " + describe(token_.kind, text(token_.extent));
  if (!context.empty()) message += fmt::format(" in {}", context);
  if (!expected.empty()) message += fmt::format(", expected {}", expected);
  if (hint.empty() && is(kAssign)) hint = "compare with ==";
  error(token_.extent, std::move(message), std::move(hint));
  return nullptr;
}

bool ExpressionParser::expect(TokenKind kind, std::string_view context, std::string_view expected) {
  if (!is(kind)) {
    unexpected(context, expected);
    return false;
  }
  advance();
  return true;
}

void ExpressionParser::error(Extent extent, std::string message, std::string hint) {
  add_mistake(errors_, {extent, std::move(message), std::move(hint)});
}

void ExpressionParser::need(Feature feature, Extent extent, std::string message) {
  if (dialect_.has(feature)) return;
  std::string hint = fmt::format("Prometheus takes it with --enable-feature={}", flag_name(feature));
  auto& list = dialect_.unknown == Dialect::Unknown::kRefuse ? errors_ : warnings_;
  add_mistake(list, {extent, std::move(message), std::move(hint)});
}

bool ExpressionParser::deepen(Expr& node, const Expr* child) {
  node.depth = static_cast<std::uint16_t>(child->depth + 1);
  if (node.depth <= kDeepest) return true;
  too_deep(node.extent);
  return false;
}

bool ExpressionParser::enter(Extent place) {
  if (nesting_ >= kDeepest) {
    too_deep(place);
    return false;
  }
  ++nesting_;
  return true;
}

std::nullptr_t ExpressionParser::too_deep(Extent place) {
  if (!syntax_failed_)
    error(place, fmt::format("the expression is nested more than {} deep", kDeepest),
          "record a part of it as a series of its own");
  syntax_failed_ = true;
  return nullptr;
}

Parsed parse(std::string_view source, const Dialect& dialect) {
  return ExpressionParser(source, dialect).parse();
}

void add_mistake(std::vector<Mistake>& mistakes, Mistake mistake) {
  if (mistakes.size() < kMostMistakes) {
    mistakes.push_back(std::move(mistake));
  } else if (mistakes.size() == kMostMistakes) {
    mistakes.push_back({mistake.extent, "further mistakes of this expression are not listed", ""});
  }
}

std::string to_string(const Mistake& mistake, std::string_view source) {
  const std::string_view before = source.substr(0, mistake.extent.begin);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t line_end = before.rfind('\n');
  const std::size_t column =
      line_end == std::string_view::npos ? before.size() + 1 : before.size() - line_end;
  return fmt::format("{}:{}: parse error: {}", line, column, mistake.message);
}

}  // namespace tocsin::promql
