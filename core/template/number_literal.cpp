#include "core/template/number_literal.h"

#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "core/template/go_float.h"
#include "core/template/go_quote.h"

namespace tocsin::tmpl {
namespace {

std::string without_underscores(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != '_') digits.push_back(c);
  }
  return digits;
}

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

// An unsigned integer in the base its prefix names; a leading 0 means octal, as in Go.
std::optional<std::uint64_t> parse_unsigned(std::string_view text) {
  if (text.empty() || !underscores_are_well_placed(text)) return std::nullopt;
  const std::string owned = without_underscores(text);
  std::string_view digits = owned;
  unsigned base = 10;
  if (digits.size() >= 2 && digits[0] == '0') {
    switch (digits[1]) {
      case 'x':
      case 'X':
        base = 16;
        break;
      case 'o':
      case 'O':
        base = 8;
        break;
      case 'b':
      case 'B':
        base = 2;
        break;
      default:
        base = 0;
        break;
    }
    digits.remove_prefix(base == 0 ? 1 : 2);
    if (base == 0) base = 8;
  }
  if (digits.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : digits) {
    const int digit = digit_value(c);
    if (digit >= static_cast<int>(base)) return std::nullopt;
    const std::uint64_t next = value * base + static_cast<std::uint64_t>(digit);
    if (value > std::numeric_limits<std::uint64_t>::max() / base || next < value * base) return std::nullopt;
    value = next;
  }
  return value;
}

std::optional<std::int64_t> parse_signed(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  const auto magnitude = parse_unsigned(text);
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!magnitude || *magnitude > kMax + (negative ? 1 : 0)) return std::nullopt;
  return negative ? static_cast<std::int64_t>(~*magnitude + 1) : static_cast<std::int64_t>(*magnitude);
}

bool fits_signed(double value) {
  return value >= -9223372036854775808.0 && value < 9223372036854775808.0;
}
bool fits_unsigned(double value) {
  return value >= 0 && value < 18446744073709551616.0;
}

void set_integers_of_float(NumberNode& node) {
  const double value = node.floating;
  if (std::trunc(value) != value) return;
  if (fits_signed(value)) {
    node.is_integer = true;
    node.integer = static_cast<std::int64_t>(value);
  }
  if (fits_unsigned(value)) {
    node.is_unsigned = true;
    node.unsigned_integer = static_cast<std::uint64_t>(value);
  }
}

void set_complex(NumberNode& node, std::complex<double> value) {
  node.is_complex = true;
  node.complex = value;
  if (value.imag() != 0) return;
  node.is_floating = true;
  node.floating = value.real();
  set_integers_of_float(node);
}

Result<std::unique_ptr<NumberNode>> character_constant(std::unique_ptr<NumberNode> node) {
  const CharacterLiteral literal = unquote_character(node->source);
  if (literal.malformed_tail) return fail("malformed character constant: " + node->source);
  if (!literal.valid) return fail("invalid syntax");
  node->is_integer = node->is_unsigned = node->is_floating = true;
  node->integer = static_cast<std::int64_t>(literal.value);
  node->unsigned_integer = literal.value;
  node->floating = static_cast<double>(literal.value);
  return node;
}

// "1+2i": the second sign parts the two, unless it belongs to an exponent.
Result<std::unique_ptr<NumberNode>> complex_constant(std::unique_ptr<NumberNode> node) {
  const std::string_view source = node->source;
  const std::string_view body = source.substr(0, source.size() - 1);
  for (std::size_t i = body.size(); i-- > 1;) {
    if (body[i] != '+' && body[i] != '-') continue;
    const auto real = parse_float_literal(body.substr(0, i));
    const auto imaginary = parse_float_literal(body.substr(i));
    if (!real || !imaginary) continue;
    set_complex(*node, {*real, *imaginary});
    return node;
  }
  return fail("syntax error scanning complex number");
}

Result<std::unique_ptr<NumberNode>> plain_number(std::unique_ptr<NumberNode> node) {
  const std::string_view source = node->source;
  if (source.ends_with('i')) {
    if (const auto imaginary = parse_float_literal(source.substr(0, source.size() - 1))) {
      set_complex(*node, {0, *imaginary});
      return node;
    }
  }
  if (const auto value = parse_unsigned(source)) {
    node->is_unsigned = true;
    node->unsigned_integer = *value;
  }
  if (const auto value = parse_signed(source)) {
    node->is_integer = true;
    node->integer = *value;
    node->is_unsigned = node->is_unsigned || *value == 0;  // "-0" is an unsigned constant too.
  }
  if (node->is_integer || node->is_unsigned) {
    node->is_floating = true;
    node->floating =
        node->is_integer ? static_cast<double>(node->integer) : static_cast<double>(node->unsigned_integer);
    return node;
  }
  const auto value = parse_float_literal(source);
  if (!value) return fail("illegal number syntax: " + quote(source));
  if (source.find_first_of(".eEpP") == std::string_view::npos)
    return fail("integer overflow: " + quote(source));
  node->is_floating = true;
  node->floating = *value;
  set_integers_of_float(*node);
  return node;
}

}  // namespace

Result<std::unique_ptr<NumberNode>> parse_number_literal(const Token& token) {
  auto node = std::make_unique<NumberNode>(token.position, std::string(token.text));
  if (token.type == TokenType::character_constant) return character_constant(std::move(node));
  if (token.type == TokenType::complex) return complex_constant(std::move(node));
  return plain_number(std::move(node));
}

}  // namespace tocsin::tmpl
