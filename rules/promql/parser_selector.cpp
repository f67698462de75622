// The part of the parser that reads selectors and what may follow an operand: ranges, subqueries, offset, @.
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "rules/promql/expression_parser.h"
#include "rules/promql/literals.h"
#include "rules/promql/regex_check.h"

namespace tocsin::promql {

using enum TokenKind;

namespace {

std::optional<MatchType> match_type(TokenKind kind) {
  switch (kind) {
    case kAssign:
      return MatchType::kEqual;
    case kNotEqual:
      return MatchType::kNotEqual;
    case kEqualRegex:
      return MatchType::kRegex;
    case kNotRegex:
      return MatchType::kNotRegex;
    default:
      return std::nullopt;
  }
}

// Rounded, as far as it fits.
std::int64_t whole(double value) {
  constexpr double kLimit = 9.2e18;
  if (std::isnan(value)) return 0;
  if (value >= kLimit) return std::numeric_limits<std::int64_t>::max();
  if (value <= -kLimit) return std::numeric_limits<std::int64_t>::min() + 1;
  return static_cast<std::int64_t>(std::round(value));
}

Duration seconds(double value) {
  return Duration(whole(value * 1e9));
}

// A literal becomes a length of time, anything else stays an expression.
void set_duration(const Expr* read, Duration& duration, const DurationExpr*& expression) {
  if (const auto* literal = as<NumberLiteral>(read)) {
    duration = seconds(literal->value);
  } else {
    expression = as<DurationExpr>(read);
  }
}

constexpr std::string_view kAfterSelector =
    " must be preceded by an instant vector selector or range vector selector or a subquery";

// As Go's %f prints it.
std::string shown(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{:f}", value);
}

}  // namespace

// Braces, after a name or without.
Expr* ExpressionParser::selector(std::string_view name, Extent start) {
  advance();
  boost::container::small_vector<LabelMatcher, 8> matchers;
  while (!is(kRightBrace)) {
    if (!matcher(matchers)) return nullptr;
    if (is(kRightBrace)) break;
    if (!is(kComma)) return unexpected("label matching", "\",\" or \"}\"");
    advance();
  }
  advance();
  auto* made = tree_.make<VectorSelector>({start.begin, last_end_});
  made->type = ValueType::kVector;
  made->name = name;
  made->matchers = tree_.keep(matchers.data(), matchers.size());
  return made;
}

bool ExpressionParser::matcher(boost::container::small_vector<LabelMatcher, 8>& out) {
  LabelMatcher read;
  const Token name = token_;
  const bool quoted = is(kString) && dialect_.at_least(3, 0);
  if (!quoted && !is(kIdentifier)) {
    unexpected("label matching", "identifier or \"}\"");
    return false;
  }
  read.name = quoted ? string_value(name) : text(name.extent);
  advance();
  const std::optional<MatchType> type = match_type(token_.kind);
  if (!type && quoted) {  // {"metric.name"}
    out.push_back({"__name__", MatchType::kEqual, read.name, name.extent, name.extent});
    return true;
  }
  if (!type) {
    unexpected("label matching", "label matching operator");
    return false;
  }
  read.type = *type;
  advance();
  if (!is(kString)) {
    unexpected("label matching", "string",
               is(kAssign)       ? "labels are compared with a single ="
               : is(kIdentifier) ? "put the value into quotes"
                                 : "");
    return false;
  }
  read.value = string_value(token_);
  read.value_extent = token_.extent;
  read.extent = join(name.extent, token_.extent);
  advance();
  if (read.type == MatchType::kRegex || read.type == MatchType::kNotRegex) check_regex(read);
  out.push_back(read);
  return true;
}

void ExpressionParser::check_regex(const LabelMatcher& matcher) {
  if (const std::optional<std::string> mistake = regex_mistake(matcher.value))
    error(matcher.extent, *mistake, "regular expressions are RE2's: no look-ahead, no back-references");
}

Expr* ExpressionParser::with_suffixes(Expr* operand) {
  while (operand != nullptr) {
    switch (token_.kind) {
      case kLeftBracket:
        operand = with_brackets(operand);
        break;
      case kOffset:
        if (!offset(operand)) return nullptr;
        break;
      case kAt:
        if (!at(operand)) return nullptr;
        break;
      case kAnchored:
      case kSmoothed:
        set_extended(operand, token_);
        advance();
        break;
      default:
        return operand;
    }
  }
  return nullptr;
}

Expr* ExpressionParser::with_brackets(Expr* operand) {
  const Extent open = token_.extent;
  advance();
  const Expr* range = positive_duration();
  if (range == nullptr) return nullptr;
  if (is(kRightBracket)) {
    advance();
    return range_of(operand, {open.begin, last_end_}, range);
  }
  if (!is(kColon)) return unexpected("subquery or range", "\":\" or \"]\"");
  advance();
  const Expr* step = nullptr;
  if (!is(kRightBracket)) {
    step = positive_duration();
    if (step == nullptr) return nullptr;
    if (!is(kRightBracket)) return unexpected("subquery selector", "\"]\"");
  }
  advance();
  auto* made = tree_.make<Subquery>({operand->extent.begin, last_end_});
  made->type = ValueType::kMatrix;
  made->expression = operand;
  made->brackets = {open.begin, last_end_};
  set_duration(range, made->range, made->range_expression);
  if (step != nullptr) set_duration(step, made->step, made->step_expression);
  return deepen(*made, operand) ? made : nullptr;
}

Expr* ExpressionParser::range_of(Expr* operand, Extent brackets, const Expr* range) {
  auto* selector = as<VectorSelector>(operand);
  if (selector == nullptr) {
    error(brackets, "ranges only allowed for vector selectors",
          operand->type == ValueType::kVector ? "a subquery takes any expression: [5m:]" : "");
    selector = tree_.make<VectorSelector>(operand->extent);  // so that the rest can be judged
    selector->may_be_empty = true;
  } else if (selector->modifiers != nullptr && selector->modifiers->offset != Duration::zero()) {
    error(brackets, "no offset modifiers allowed before range", "write the range first: foo[5m] offset 1h");
  } else if (selector->modifiers != nullptr && selector->modifiers->at == Modifiers::At::kTime) {
    error(brackets, "no @ modifiers allowed before range", "write the range first: foo[5m] @ 1234");
  }
  auto* made = tree_.make<RangeSelector>({operand->extent.begin, brackets.end});
  made->type = ValueType::kMatrix;
  made->selector = selector;
  made->brackets = brackets;
  set_duration(range, made->range, made->range_expression);
  return deepen(*made, selector) ? made : nullptr;
}

VectorSelector* ExpressionParser::selector_of(Expr* operand) {
  if (auto* range = as<RangeSelector>(operand)) return range->selector;
  return as<VectorSelector>(operand);
}

Modifiers** ExpressionParser::modifiers_of(Expr* operand, std::string_view refusal) {
  Modifiers** found = nullptr;
  if (auto* subquery = as<Subquery>(operand)) {
    found = &subquery->modifiers;
  } else if (auto* selector = selector_of(operand)) {
    found = &selector->modifiers;
  } else {
    error(operand->extent, fmt::format("{}{}", refusal, kAfterSelector),
          "it stands directly after the selector: rate(foo[5m] offset 1h)");
    return nullptr;
  }
  if (*found == nullptr) *found = tree_.make_plain<Modifiers>();
  return found;
}

bool ExpressionParser::offset(Expr* operand) {
  const std::uint32_t begin = token_.extent.begin;
  advance();
  const Expr* read = offset_duration();
  if (read == nullptr) return false;
  Modifiers** modifiers = modifiers_of(operand, "offset modifier");
  if (modifiers == nullptr) return true;
  Modifiers& found = **modifiers;
  if (found.offset != Duration::zero() || found.offset_expression != nullptr) {
    error(operand->extent, "offset may not be set multiple times");
  } else {
    set_duration(read, found.offset, found.offset_expression);
    found.offset_extent = {begin, last_end_};
  }
  operand->extent.end = last_end_;
  return true;
}

// @ 1234.5, @ start(), @ end()
bool ExpressionParser::at(Expr* operand) {
  const std::uint32_t begin = token_.extent.begin;
  advance();
  if (is(kStart) || is(kFinish)) {
    const Modifiers::At at = is(kStart) ? Modifiers::At::kStart : Modifiers::At::kEnd;
    advance();
    if (!expect(kLeftParen, "@", "timestamp") || !expect(kRightParen, "@", "timestamp")) return false;
    set_at(operand, at, 0, {begin, last_end_});
    return true;
  }
  const bool negative = is(kSub);
  if (is(kSub) || is(kAdd)) advance();
  if (!is(kNumber) && !(is(kDuration) && dialect_.at_least(2, 54))) {
    unexpected("@", "timestamp");
    return false;
  }
  const double time = number_value(token_).value_or(0) * (negative ? -1 : 1);
  advance();
  if (!(std::fabs(time) < 9223372036854775807.0))
    error(operand->extent, "timestamp out of bounds for @ modifier: " + shown(time));
  set_at(operand, Modifiers::At::kTime, time, {begin, last_end_});
  return true;
}

void ExpressionParser::set_at(Expr* operand, Modifiers::At at, double time, Extent written) {
  Modifiers** modifiers = modifiers_of(operand, "@ modifier");
  if (modifiers == nullptr) return;
  Modifiers& found = **modifiers;
  if (found.at != Modifiers::At::kNone) {
    error(operand->extent, "@ <timestamp> may not be set multiple times");
    return;
  }
  found.at = at;
  found.at_milliseconds = whole(time * 1000);
  found.at_extent = written;
  operand->extent.end = last_end_;
}

void ExpressionParser::set_extended(Expr* operand, Token word) {
  const std::string_view name = word.kind == kAnchored ? "anchored" : "smoothed";
  need(Feature::kExtendedRangeSelectors, word.extent,
       fmt::format("{} modifier is experimental and not enabled", name));
  VectorSelector* selector = selector_of(operand);
  if (selector == nullptr) {
    error(operand->extent, operand->kind == NodeKind::kSubquery
                               ? fmt::format("{} modifier is not supported for subqueries", name)
                               : fmt::format("{} modifier not implemented", name));
    return;
  }
  (word.kind == kAnchored ? selector->anchored : selector->smoothed) = true;
  if (selector->anchored && selector->smoothed)
    error(operand->extent, "anchored and smoothed modifiers cannot be used together");
  operand->extent.end = word.extent.end;
}

}  // namespace tocsin::promql
