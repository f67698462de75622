// Tokens of PromQL: what the lexer hands to the parser. Their texts stay in the source.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "rules/promql/ast.h"
#include "rules/promql/dialect.h"

namespace tocsin::promql {

enum class TokenKind : std::uint8_t {
  kEnd,    // of the input
  kError,  // the lexer says what is wrong
  kIdentifier,
  kMetricIdentifier,  // with a colon
  kNumber,
  kDuration,
  kString,
  kComma,
  kColon,
  kLeftParen,
  kRightParen,
  kLeftBrace,
  kRightBrace,
  kLeftBracket,
  kRightBracket,
  kAssign,      // =
  kEqualRegex,  // =~
  kNotRegex,    // !~
  kAt,
  // Binary operators, in the order of BinaryOperator.
  kAdd,
  kSub,
  kMul,
  kDiv,
  kMod,
  kPow,
  kAtan2,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kTrimUpper,
  kTrimLower,
  kAnd,
  kOr,
  kUnless,
  // Aggregations, in the order of AggregateOperator.
  kAvg,
  kBottomK,
  kCount,
  kCountValues,
  kGroup,
  kMax,
  kMin,
  kQuantile,
  kStddev,
  kStdvar,
  kSum,
  kTopK,
  kLimitK,
  kLimitRatio,
  // Words.
  kBool,
  kBy,
  kGroupLeft,
  kGroupRight,
  kIgnoring,
  kOffset,
  kOn,
  kWithout,
  kAnchored,
  kSmoothed,
  kFill,
  kFillLeft,
  kFillRight,
  // Words that are calls where a parenthesis follows.
  kStart,
  kFinish,  // end
  kStep,
  kRange,
  kMinOf,
  kMaxOf,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  bool escaped = false;  // of a string: there is a backslash in it that is no text
  Extent extent;
};

inline bool is_binary_operator(TokenKind kind) {
  return kind >= TokenKind::kAdd && kind <= TokenKind::kUnless;
}
inline bool is_aggregation(TokenKind kind) {
  return kind >= TokenKind::kAvg && kind <= TokenKind::kLimitRatio;
}
inline bool is_word(TokenKind kind) {
  return kind >= TokenKind::kAvg || kind == TokenKind::kAtan2 ||
         (kind >= TokenKind::kAnd && kind <= TokenKind::kUnless);
}
inline BinaryOperator binary_operator(TokenKind kind) {
  return static_cast<BinaryOperator>(static_cast<int>(kind) - static_cast<int>(TokenKind::kAdd));
}
inline AggregateOperator aggregate_operator(TokenKind kind) {
  return static_cast<AggregateOperator>(static_cast<int>(kind) - static_cast<int>(TokenKind::kAvg));
}

// Words may stand bare where a metric name is expected, all but a few (bool, on, …).
bool may_name_metric(TokenKind);
// Inside by (…) and on (…): all but `without`.
bool may_name_label(TokenKind);

// The kind of a word outside braces: a keyword of the dialect in any case, inf and nan, or an identifier.
TokenKind kind_of_word(std::string_view word, const Dialect&);
// As messages name a token: `identifier "foo"`, `<op:+>`, `end of input`.
std::string describe(TokenKind, std::string_view text);

}  // namespace tocsin::promql
