// The nodes of a parsed PromQL expression: positions, types, and nothing that acts. A Tree (tree.h) owns
// them; they are plain data in its memory and live exactly as long. visitor.h walks them, printer.h writes
// them.
//
// Depth is bounded (kDeepest), save for one thing: a chain such as `a or b or c …` leans left without bound,
// so whoever recurses must take the left operands of binary expressions in a loop. `walk` and the printer do.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/matcher.h"
#include "core/time.h"
#include "rules/promql/functions.h"

namespace tocsin::promql {

// Bytes of the source, from `begin` to before `end`.
struct Extent {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  friend bool operator==(const Extent&, const Extent&) = default;
};
inline Extent join(Extent first, Extent last) {
  return {first.begin, last.end};
}

inline constexpr std::uint16_t kDeepest = 300;

enum class NodeKind : std::uint8_t {
  kNumber,
  kString,
  kSelector,
  kRange,
  kSubquery,
  kCall,
  kAggregation,
  kBinary,
  kUnary,
  kParenthesis,
  kDuration,
};

struct Expr {
  NodeKind kind{};
  ValueType type = ValueType::kNone;  // kNone after a mistake: nobody knows
  std::uint16_t depth = 1;            // of the tree below, itself included; see above for chains
  Extent extent;
  Expr* next = nullptr;  // in the order of making: every node comes after its children
};

struct NumberLiteral : Expr {
  static constexpr NodeKind kKind = NodeKind::kNumber;
  double value = 0;
  bool duration = false;  // written as 5m: `value` is in seconds
};

struct StringLiteral : Expr {
  static constexpr NodeKind kKind = NodeKind::kString;
  std::string_view value;  // without quotes and escapes
};

// A label name in by (…), on (…), group_left (…).
struct LabelName {
  std::string_view name;
  Extent extent;
};

struct LabelMatcher {
  std::string_view name;
  MatchType type = MatchType::kEqual;
  std::string_view value;
  Extent extent;
  Extent value_extent;
};

struct DurationExpr;

// offset and @. The text order does not matter.
struct Modifiers {
  enum class At : std::uint8_t { kNone, kTime, kStart, kEnd };
  Duration offset{};
  const DurationExpr* offset_expression = nullptr;  // instead of `offset` where it is to be computed
  At at = At::kNone;
  std::int64_t at_milliseconds = 0;
  Extent offset_extent;  // of the word and its duration
  Extent at_extent;
};

// foo{bar="baz"} offset 5m
struct VectorSelector : Expr {
  static constexpr NodeKind kKind = NodeKind::kSelector;
  std::string_view name;                   // before the braces; "" where there is none
  std::span<const LabelMatcher> matchers;  // those in braces; {"a.b"} is __name__="a.b"
  Modifiers* modifiers = nullptr;          // of a selector with a range too; nullptr: none
  bool anchored = false, smoothed = false;
  bool may_be_empty = false;  // second argument of info()
};

// foo[5m]
struct RangeSelector : Expr {
  static constexpr NodeKind kKind = NodeKind::kRange;
  VectorSelector* selector = nullptr;
  Duration range{};
  const DurationExpr* range_expression = nullptr;
  Extent brackets;
};

// foo[1h:5m]
struct Subquery : Expr {
  static constexpr NodeKind kKind = NodeKind::kSubquery;
  Expr* expression = nullptr;
  Duration range{};
  const DurationExpr* range_expression = nullptr;
  Duration step{};  // 0: the evaluation interval
  const DurationExpr* step_expression = nullptr;
  Modifiers* modifiers = nullptr;
  Extent brackets;
};

struct Call : Expr {
  static constexpr NodeKind kKind = NodeKind::kCall;
  std::string_view name;
  const Function* function = nullptr;  // nullptr: unknown, which is a mistake
  std::span<Expr* const> arguments;
  Extent name_extent;
};

enum class AggregateOperator : std::uint8_t {
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
};
std::string_view to_string(AggregateOperator);
bool takes_parameter(AggregateOperator);

struct Aggregation : Expr {
  static constexpr NodeKind kKind = NodeKind::kAggregation;
  AggregateOperator op{};
  bool without = false;
  bool grouped = false;  // by or without was written
  std::span<const LabelName> grouping;
  Expr* parameter = nullptr;   // of topk and others
  Expr* expression = nullptr;  // nullptr after a mistake
  Extent name_extent;
};

enum class BinaryOperator : std::uint8_t {
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
  kTrimUpper,  // </
  kTrimLower,  // >/
  kAnd,
  kOr,
  kUnless,
};
std::string_view to_string(BinaryOperator);
bool is_comparison(BinaryOperator);
bool is_set_operator(BinaryOperator);

// on (…) group_left (…) fill (…)
struct Matching {
  enum class Group : std::uint8_t { kNone, kLeft, kRight };
  bool on = false;  // else: ignoring
  Group group = Group::kNone;
  std::span<const LabelName> labels;
  std::span<const LabelName> include;
  std::optional<double> fill_left, fill_right;
};

struct BinaryExpr : Expr {
  static constexpr NodeKind kKind = NodeKind::kBinary;
  BinaryOperator op{};
  bool return_bool = false;
  Expr* left = nullptr;
  Expr* right = nullptr;
  Matching* matching = nullptr;  // nullptr: not written
  Extent op_extent;              // with its modifiers
};

struct UnaryExpr : Expr {
  static constexpr NodeKind kKind = NodeKind::kUnary;
  bool negative = false;  // else a plus
  Expr* expression = nullptr;
};

struct Parenthesis : Expr {
  static constexpr NodeKind kKind = NodeKind::kParenthesis;
  Expr* expression = nullptr;
};

// What stands in brackets or after offset where it is more than a literal: 5m + 1m, step(), -(2 * 1h).
struct DurationExpr : Expr {
  static constexpr NodeKind kKind = NodeKind::kDuration;
  enum class Op : std::uint8_t {
    kAdd,
    kSub,
    kMul,
    kDiv,
    kMod,
    kPow,
    kStep,
    kRange,
    kMin,
    kMax,
    kNegate,
    kSame
  };
  Op op{};
  bool wrapped = false;        // in parentheses
  const Expr* left = nullptr;  // a DurationExpr or a NumberLiteral; nullptr for kNegate, kSame, kStep, kRange
  const Expr* right = nullptr;  // nullptr for kStep and kRange
};

// The node as what it is, or nullptr where it is something else.
template <class Node>
const Node* as(const Expr* expr) {
  return expr != nullptr && expr->kind == Node::kKind ? static_cast<const Node*>(expr) : nullptr;
}
template <class Node>
Node* as(Expr* expr) {
  return expr != nullptr && expr->kind == Node::kKind ? static_cast<Node*>(expr) : nullptr;
}

}  // namespace tocsin::promql
