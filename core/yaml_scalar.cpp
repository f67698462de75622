#include "core/yaml_scalar.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace tocsin {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Go looks at the first character before it tries to read a number, so that `_1` stays text.
bool may_be_number(std::string_view text) {
  return !text.empty() && (is_digit(text[0]) || text[0] == '+' || text[0] == '-' || text[0] == '.');
}

std::string without_underscores(std::string_view text) {
  std::string plain(text);
  std::erase(plain, '_');
  return plain;
}

struct Whole {
  bool negative = false;
  std::uint64_t magnitude = 0;
};

// As Go's strconv with base 0: the prefix chooses the base.
std::optional<Whole> read_whole(std::string_view text) {
  Whole whole;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    whole.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  int base = 10;
  if (text.size() > 1 && text[0] == '0') {
    const char letter = static_cast<char>(text[1] | 0x20);
    base = letter == 'x' ? 16 : letter == 'b' ? 2 : 8;
    text.remove_prefix(letter == 'x' || letter == 'b' || letter == 'o' ? 2 : 1);
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole.magnitude, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return whole;
}

// Sign, digits with at most one dot, exponent: what YAML calls a float. Excludes "inf", "nan" and hexadecimal
// floats, which from_chars or Go would read.
bool has_float_shape(std::string_view text) {
  const auto take_digits = [&] {
    std::size_t count = 0;
    for (; !text.empty() && is_digit(text[0]); text.remove_prefix(1)) ++count;
    return count;
  };
  const auto take_any_of = [&](char a, char b) {
    if (text.empty() || (text[0] != a && text[0] != b)) return false;
    text.remove_prefix(1);
    return true;
  };
  take_any_of('-', '+');
  const bool whole = take_digits() > 0;
  const bool dot = take_any_of('.', '.');
  const bool fraction = dot && take_digits() > 0;
  if (!whole && !fraction) return false;
  if (take_any_of('e', 'E')) {
    take_any_of('-', '+');
    if (take_digits() == 0) return false;
  }
  return text.empty();
}

std::optional<double> read_float(std::string_view text) {
  if (!has_float_shape(text)) return std::nullopt;
  if (text[0] == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> read_special(std::string_view text) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (text == ".nan" || text == ".NaN" || text == ".NAN") return std::numeric_limits<double>::quiet_NaN();
  const bool negative = text[0] == '-';
  if (negative || text[0] == '+') text.remove_prefix(1);
  if (text == ".inf" || text == ".Inf" || text == ".INF") return negative ? -kInfinity : kInfinity;
  return std::nullopt;
}

}  // namespace

std::optional<bool> yaml_boolean(std::string_view text) {
  static constexpr std::string_view kTrue[] = {"y",  "Y",  "yes",  "Yes",  "YES", "on",
                                               "On", "ON", "true", "True", "TRUE"};
  static constexpr std::string_view kFalse[] = {"n",   "N",   "no",    "No",    "NO",   "off",
                                                "Off", "OFF", "false", "False", "FALSE"};
  if (std::find(std::begin(kTrue), std::end(kTrue), text) != std::end(kTrue)) return true;
  if (std::find(std::begin(kFalse), std::end(kFalse), text) != std::end(kFalse)) return false;
  return std::nullopt;
}

std::optional<std::int64_t> yaml_integer(std::string_view text) {
  if (!may_be_number(text)) return std::nullopt;
  const std::string plain = without_underscores(text);
  constexpr std::uint64_t kLargest = std::numeric_limits<std::int64_t>::max();
  if (const std::optional<Whole> whole = read_whole(plain)) {
    if (whole->magnitude > kLargest + (whole->negative ? 1 : 0)) return std::nullopt;
    return static_cast<std::int64_t>(whole->negative ? 0 - whole->magnitude : whole->magnitude);
  }
  const std::optional<double> real = read_float(plain);
  if (!real || std::trunc(*real) != *real || std::fabs(*real) >= 9223372036854775808.0) return std::nullopt;
  return static_cast<std::int64_t>(*real);
}

std::optional<double> yaml_real(std::string_view text) {
  if (!may_be_number(text)) return std::nullopt;
  if (const std::optional<double> special = read_special(text)) return special;
  const std::string plain = without_underscores(text);
  if (const std::optional<Whole> whole = read_whole(plain)) {
    const auto magnitude = static_cast<double>(whole->magnitude);
    return whole->negative ? -magnitude : magnitude;
  }
  return read_float(plain);
}

std::optional<std::string> decode_base64(std::string_view text) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string digits(text);
  std::erase_if(digits, [](char c) { return c == '\n' || c == '\r'; });
  if (digits.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < digits.size() && digits[digits.size() - 1 - padding] == '=') ++padding;

  std::string decoded;
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const bool pad = i >= digits.size() - padding;
    const std::size_t value = pad ? 0 : kAlphabet.find(digits[i]);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    if (i % 4 != 3) continue;
    for (int shift : {16, 8, 0}) decoded += static_cast<char>(bits >> shift & 0xff);
    bits = 0;
  }
  decoded.resize(decoded.size() - padding);
  return decoded;
}

}  // namespace tocsin
