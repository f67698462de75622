// The part of the parser that reads what operators stand between: literals, calls, aggregations.
#include <fmt/format.h>

#include "core/duration.h"
#include "core/labels.h"
#include "core/utf8.h"
#include "rules/promql/expression_parser.h"
#include "rules/promql/literals.h"

namespace tocsin::promql {

using enum TokenKind;

namespace {

constexpr std::size_t kMostHints = 10;

}  // namespace

Expr* ExpressionParser::primary() {
  Expr* operand = nullptr;
  switch (token_.kind) {
    case kLeftParen:
      operand = parenthesis();
      break;
    case kNumber:
      operand = number();
      break;
    case kDuration:
      // A duration serves as number since 2.54.
      operand = dialect_.at_least(2, 54) ? number() : unexpected("", "");
      break;
    case kString:
      operand = string();
      break;
    case kLeftBrace:
      operand = selector("", token_.extent);
      break;
    default:
      operand = may_name_metric(token_.kind) ? word() : unexpected("", "");
  }
  return operand == nullptr ? nullptr : with_suffixes(operand);
}

std::optional<double> ExpressionParser::number_value(Token token) {
  const std::string_view written = text(token.extent);
  if (token.kind == kDuration) {
    const Result<Duration> read = parse_prometheus_duration(written);
    if (read) return static_cast<double>(read->count()) / 1e9;
    error(token.extent, read.error().message,
          "units are y w d h m s ms, each at most once, the largest first");
    return std::nullopt;
  }
  const Result<double> read = read_number(written);
  if (read) return *read;
  error(token.extent, read.error().message);
  return std::nullopt;
}

Expr* ExpressionParser::number() {
  auto* literal = tree_.make<NumberLiteral>(token_.extent);
  literal->type = ValueType::kScalar;
  literal->value = number_value(token_).value_or(0);
  literal->duration = is(kDuration);
  advance();
  return literal;
}

std::string_view ExpressionParser::string_value(Token string) {
  const std::string_view inside = text({string.extent.begin + 1, string.extent.end - 1});
  return string.escaped ? tree_.keep_text(unescape(inside)) : inside;
}

Expr* ExpressionParser::string() {
  auto* literal = tree_.make<StringLiteral>(token_.extent);
  literal->type = ValueType::kString;
  literal->value = string_value(token_);
  advance();
  return literal;
}

Expr* ExpressionParser::parenthesis() {
  const Extent open = token_.extent;
  advance();
  Expr* inside = expression(kLowestPrecedence);
  if (inside == nullptr) return nullptr;
  if (!expect(kRightParen, "", "")) return nullptr;
  auto* made = tree_.make<Parenthesis>({open.begin, last_end_});
  made->type = inside->type;
  made->expression = inside;
  return deepen(*made, inside) ? made : nullptr;
}

// A metric's name, or that of a call or aggregation: the token after it tells.
Expr* ExpressionParser::word() {
  const Token name = token_;
  advance();
  if (is_aggregation(name.kind) && (is(kLeftParen) || is(kBy) || is(kWithout))) return aggregation(name);
  if (is(kLeftParen)) {
    const bool callable_word = name.kind >= kStart && dialect_.at_least(3, 12);
    if (name.kind == kIdentifier || callable_word) return call(name);
  }
  const std::string_view metric = text(name.extent);
  if (is(kLeftBrace)) return selector(metric, name.extent);
  auto* made = tree_.make<VectorSelector>(name.extent);
  made->type = ValueType::kVector;
  made->name = metric;
  return made;
}

const Function* ExpressionParser::function_named(Token name) {
  const std::string_view written = text(name.extent);
  const Function* function = find_function(written);
  if (function != nullptr && function->exists_in(dialect_.version)) {
    if (function->experimental_in(dialect_.version))
      need(Feature::kExperimentalFunctions, name.extent,
           fmt::format("function {} is not enabled", go_quote(written)));
    return function;
  }
  const std::string message = fmt::format("unknown function with name {}", go_quote(written));
  // Finding a hint takes longer than reading a whole expression.
  const bool first_ones = errors_.size() + warnings_.size() < kMostHints;
  const std::string hint = first_ones ? hint_for_unknown_function(written, dialect_) : "";
  if (function != nullptr && dialect_.unknown == Dialect::Unknown::kWarn) {
    add_mistake(warnings_, {name.extent, message, hint});
    return function;
  }
  error(name.extent, message, hint);
  return nullptr;
}

Expr* ExpressionParser::call(Token name) {
  const Function* function = function_named(name);
  boost::container::small_vector<Expr*, 6> read;
  if (!arguments(read)) return nullptr;
  auto* made = tree_.make<Call>({name.extent.begin, last_end_});
  made->name = text(name.extent);
  made->name_extent = name.extent;
  made->function = function;
  made->type = function == nullptr ? ValueType::kNone : function->result;
  made->arguments = tree_.keep<Expr*>(read.data(), read.size());
  for (const Expr* argument : read) {
    const std::uint16_t before = made->depth;
    if (!deepen(*made, argument)) return nullptr;
    made->depth = std::max(before, made->depth);
  }
  // The second argument of info() chooses labels, and may well choose all.
  if (function != nullptr && function->name == "info" && read.size() > 1) {
    auto* labels = as<VectorSelector>(read[1]);
    if (labels != nullptr && labels->name.empty()) labels->may_be_empty = true;
  }
  return made;
}

bool ExpressionParser::arguments(boost::container::small_vector<Expr*, 6>& out) {
  advance();  // the parenthesis
  if (is(kRightParen)) {
    advance();
    return true;
  }
  for (;;) {
    Expr* argument = expression(kLowestPrecedence);
    if (argument == nullptr) return false;
    out.push_back(argument);
    if (!is(kComma)) return expect(kRightParen, "", "");
    const Token comma = token_;
    advance();
    if (is(kRightParen)) {
      error(comma.extent, "trailing commas not allowed in function call args", "remove the comma");
      advance();
      return true;
    }
  }
}

Expr* ExpressionParser::aggregation(Token name) {
  Aggregation read;
  LabelNames labels;
  const auto modifier = [&] {
    read.grouped = true;
    read.without = is(kWithout);
    advance();
    return label_names(labels);
  };
  if (!is(kLeftParen) && !modifier()) return nullptr;
  if (!is(kLeftParen)) return unexpected("aggregation", "");
  boost::container::small_vector<Expr*, 6> values;
  if (!arguments(values)) return nullptr;
  if (!read.grouped && (is(kBy) || is(kWithout)) && !modifier()) return nullptr;

  auto* made = tree_.make<Aggregation>({name.extent.begin, last_end_});
  made->type = ValueType::kVector;
  made->op = aggregate_operator(name.kind);
  made->name_extent = name.extent;
  made->grouped = read.grouped;
  made->without = read.without;
  made->grouping = tree_.keep(labels.data(), labels.size());
  const std::size_t wanted = takes_parameter(made->op) ? 2 : 1;
  if (name.kind >= kLimitK) {
    need(Feature::kExperimentalFunctions, made->extent,
         fmt::format("{}() is experimental and must be enabled with --enable-feature={}", to_string(made->op),
                     flag_name(Feature::kExperimentalFunctions)));
  }
  if (values.empty()) {
    error(made->extent, "no arguments for aggregate expression provided", "write what is to be aggregated");
  } else if (values.size() != wanted) {
    error(made->extent,
          fmt::format("wrong number of arguments for aggregate expression provided, expected {}, got {}",
                      wanted, values.size()));
  } else {
    made->expression = values.back();
    if (wanted == 2) made->parameter = values.front();
  }
  for (const Expr* value : values) {
    const std::uint16_t before = made->depth;
    if (!deepen(*made, value)) return nullptr;
    made->depth = std::max(before, made->depth);
  }
  return made;
}

bool ExpressionParser::label_names(LabelNames& out) {
  if (!is(kLeftParen)) {
    unexpected("grouping opts", "\"(\"");
    return false;
  }
  advance();
  while (!is(kRightParen)) {
    if (!label_name(out)) return false;
    if (is(kRightParen)) break;
    if (!expect(kComma, "grouping opts", "\",\" or \")\"")) return false;
  }
  advance();
  return true;
}

bool ExpressionParser::label_name(LabelNames& out) {
  std::string_view name;
  const bool modern = dialect_.at_least(3, 0);
  if (is(kString) && modern) {
    name = string_value(token_);
    if (name.empty() || !is_valid_utf8(name))
      error(token_.extent, fmt::format("invalid label name for grouping: {}", go_quote(name)));
  } else if (may_name_label(token_.kind) && (modern || !is(kMetricIdentifier))) {
    name = text(token_.extent);
  } else {
    unexpected("grouping opts", "label", is(kWithout) && modern ? "put the label's name into quotes" : "");
    return false;
  }
  out.push_back({name, token_.extent});
  advance();
  return true;
}

}  // namespace tocsin::promql
