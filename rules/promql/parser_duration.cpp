// The part of the parser that reads durations: literals, and since 3.4 expressions of them.
#include <cmath>

#include "rules/promql/expression_parser.h"

namespace tocsin::promql {

using enum TokenKind;

namespace {

// More seconds than this are more nanoseconds than an int64 holds.
constexpr double kMostSeconds = 9223372036.854775807;

std::optional<DurationExpr::Op> operator_of(TokenKind kind) {
  switch (kind) {
    case kAdd:
      return DurationExpr::Op::kAdd;
    case kSub:
      return DurationExpr::Op::kSub;
    case kMul:
      return DurationExpr::Op::kMul;
    case kDiv:
      return DurationExpr::Op::kDiv;
    case kMod:
      return DurationExpr::Op::kMod;
    case kPow:
      return DurationExpr::Op::kPow;
    default:
      return std::nullopt;
  }
}

bool is_duration_call(TokenKind kind) {
  return kind == kStep || kind == kRange || kind == kMinOf || kind == kMaxOf || kind == kMin || kind == kMax;
}

}  // namespace

// A range or a step: 2.42 takes a duration; 2.54 a number too; 3.4 expressions.
const Expr* ExpressionParser::positive_duration() {
  const Expr* read = nullptr;
  if (dialect_.at_least(3, 4)) {
    read = duration(precedence_of(BinaryOperator::kAdd));
  } else {
    if (!is(kDuration) && !(is(kNumber) && dialect_.at_least(2, 54)))
      return unexpected("subquery selector", dialect_.at_least(2, 54) ? "number or duration" : "duration");
    read = literal_duration();
  }
  const auto* literal = as<NumberLiteral>(read);
  if (literal != nullptr && literal->value <= 0) error(literal->extent, "duration must be greater than 0");
  return read;
}

const Expr* ExpressionParser::duration(int lowest) {
  if (!enter(token_.extent)) return nullptr;
  const Expr* read = duration_after(duration_operand(), lowest);
  --nesting_;
  return read;
}

const Expr* ExpressionParser::duration_after(const Expr* left, int lowest) {
  while (left != nullptr) {
    const std::optional<DurationExpr::Op> op = operator_of(token_.kind);
    if (!op) break;
    const int precedence = precedence_of(binary_operator(token_.kind));
    if (precedence < lowest) break;
    const Token sign = token_;
    advance();
    const Expr* right = duration(precedence == kPowerPrecedence ? precedence : precedence + 1);
    if (right == nullptr) return nullptr;
    need(Feature::kDurationExpressions, join(left->extent, right->extent),
         "experimental duration expression is not enabled");
    const auto* literal = as<NumberLiteral>(right);
    if (literal != nullptr && literal->value == 0) {
      if (*op == DurationExpr::Op::kDiv) error(sign.extent, "division by zero");
      if (*op == DurationExpr::Op::kMod) error(sign.extent, "modulo by zero");
    }
    auto* made = tree_.make<DurationExpr>(join(left->extent, right->extent));
    made->type = ValueType::kScalar;
    made->op = *op;
    made->left = left;
    made->right = right;
    if (!deepen(*made, left->depth > right->depth ? left : right)) return nullptr;
    left = made;
  }
  return left;
}

const Expr* ExpressionParser::duration_operand() {
  if (is(kAdd) || is(kSub)) {
    const Token sign = token_;
    advance();
    const Expr* operand = duration(kPowerPrecedence);
    return operand == nullptr ? nullptr : negated(sign, operand);
  }
  if (is(kNumber) || is(kDuration)) return literal_duration();
  if (is(kLeftParen)) return in_parentheses();
  if (is_duration_call(token_.kind)) return duration_call(token_);
  return unexpected("subquery selector", "number or duration",
                    "write a range as [5m], a subquery as [1h:5m]");
}

const Expr* ExpressionParser::literal_duration() {
  const Token token = token_;
  auto* literal = tree_.make<NumberLiteral>(token.extent);
  literal->type = ValueType::kScalar;
  literal->duration = is(kDuration);
  const std::optional<double> value = number_value(token);
  literal->value = value.value_or(1);
  if (!(std::fabs(literal->value) <= kMostSeconds)) {
    error(token.extent, "duration out of range");
    literal->value = 1;
  }
  if (literal->value == 0 && !dialect_.at_least(2, 54)) {
    error(token.extent, "duration must be greater than 0");
    literal->value = 1;
  }
  advance();
  return literal;
}

const Expr* ExpressionParser::negated(Token sign, const Expr* operand) {
  if (const auto* literal = as<NumberLiteral>(operand)) {
    auto* made = const_cast<NumberLiteral*>(literal);  // of our own tree, still being built
    if (sign.kind == kSub) made->value = -made->value;
    made->extent.begin = sign.extent.begin;
    return made;
  }
  if (sign.kind == kAdd) return operand;
  auto* made = tree_.make<DurationExpr>(join(sign.extent, operand->extent));
  made->type = ValueType::kScalar;
  made->op = DurationExpr::Op::kNegate;
  made->right = operand;
  return deepen(*made, operand) ? made : nullptr;
}

// (5m + 1m); a lone literal in parentheses becomes an expression too, so that they are not lost.
const Expr* ExpressionParser::in_parentheses() {
  const Extent open = token_.extent;
  advance();
  const Expr* inside = duration(precedence_of(BinaryOperator::kAdd));
  if (inside == nullptr || !expect(kRightParen, "", "")) return nullptr;
  const Extent extent{open.begin, last_end_};
  need(Feature::kDurationExpressions, extent, "experimental duration expression is not enabled");
  auto* made = const_cast<DurationExpr*>(as<DurationExpr>(inside));
  if (made == nullptr) {
    made = tree_.make<DurationExpr>(extent);
    made->type = ValueType::kScalar;
    made->op = DurationExpr::Op::kSame;
    made->right = inside;
    if (!deepen(*made, inside)) return nullptr;
  }
  made->wrapped = true;
  made->extent = extent;
  return made;
}

// step(), range(), min_of(a, b), max_of(a, b).
const Expr* ExpressionParser::duration_call(Token name) {
  const bool modern = dialect_.at_least(3, 13);
  const bool smallest = name.kind == (modern ? kMinOf : kMin);
  const bool two = smallest || name.kind == (modern ? kMaxOf : kMax);
  const bool known = dialect_.at_least(3, 6) && (two || name.kind == kStep || name.kind == kRange);
  if (!known) return unexpected("subquery selector", "number or duration");
  advance();
  if (!expect(kLeftParen, "duration expression", "\"(\"")) return nullptr;
  const Expr* left = nullptr;
  const Expr* right = nullptr;
  if (two) {
    left = duration(precedence_of(BinaryOperator::kAdd));
    if (left == nullptr || !expect(kComma, "duration expression", "\",\"")) return nullptr;
    right = duration(precedence_of(BinaryOperator::kAdd));
    if (right == nullptr) return nullptr;
  }
  if (!expect(kRightParen, "duration expression", "\")\"")) return nullptr;
  auto* made = tree_.make<DurationExpr>({name.extent.begin, last_end_});
  made->type = ValueType::kScalar;
  made->op = two                  ? (smallest ? DurationExpr::Op::kMin : DurationExpr::Op::kMax)
             : name.kind == kStep ? DurationExpr::Op::kStep
                                  : DurationExpr::Op::kRange;
  made->left = left;
  made->right = right;
  if (two && !deepen(*made, left->depth > right->depth ? left : right)) return nullptr;
  return made;
}

// offset --5m + 3m: with a second sign, arithmetic goes on. It is kept as if it stood in parentheses.
const Expr* ExpressionParser::signed_twice(Token sign) {
  const Expr* operand = duration(kPowerPrecedence);
  if (operand == nullptr) return nullptr;
  const Expr* read = duration_after(negated(sign, operand), precedence_of(BinaryOperator::kAdd));
  auto* made = const_cast<DurationExpr*>(as<DurationExpr>(read));
  if (made != nullptr && made->left != nullptr) made->wrapped = true;
  return read;
}

// After offset a literal, with a sign or without, ends the duration: `foo offset 5m - 8` subtracts 8 from
// foo. What begins with a parenthesis goes on as long as it can.
const Expr* ExpressionParser::offset_duration() {
  const bool expressions = dialect_.at_least(3, 4);
  const bool numbers = dialect_.at_least(2, 54);
  const auto refuse = [&] { return unexpected("offset", numbers ? "number or duration" : "duration"); };
  const auto begins_literal = [&] { return is(kDuration) || (is(kNumber) && numbers); };
  if (begins_literal()) return literal_duration();
  if (is(kSub) || (is(kAdd) && expressions)) {
    const Token sign = token_;
    advance();
    const Expr* operand = nullptr;
    if (begins_literal()) {
      operand = literal_duration();
    } else if (expressions && is(kLeftParen)) {
      operand = in_parentheses();
    } else if (expressions && is_duration_call(token_.kind)) {
      operand = duration_call(token_);
    } else if (expressions && (is(kAdd) || is(kSub))) {
      return signed_twice(sign);
    } else {
      return refuse();
    }
    return operand == nullptr ? nullptr : negated(sign, operand);
  }
  if (expressions && is(kLeftParen)) return duration(precedence_of(BinaryOperator::kAdd));
  if (expressions && is_duration_call(token_.kind)) return duration_call(token_);
  return refuse();
}

}  // namespace tocsin::promql
