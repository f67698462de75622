#include "rules/promql/literals.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>

#include "core/labels.h"
#include "core/utf8.h"

namespace tocsin::promql {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool equals_ignoring_case(std::string_view text, std::string_view word) {
  if (text.size() != word.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (lower(text[i]) != word[i]) return false;
  }
  return true;
}

// Underscores stand between digits, or between a base prefix and a digit.
bool underscores_are_good(std::string_view text) {
  const bool hex = text.size() >= 2 && text[0] == '0' && lower(text[1]) == 'x';
  char before = hex ? '0' : '^';
  for (const char c : text.substr(hex ? 2 : 0)) {
    const bool digit = (c >= '0' && c <= '9') || (hex && lower(c) >= 'a' && lower(c) <= 'f');
    if (c == '_' ? before != '0' : (!digit && before == '_')) return false;
    before = digit ? '0' : c;
  }
  return before != '_';
}

// Go's ParseInt with base 0; what does not fit or is no integer is nothing.
std::optional<std::int64_t> read_integer(std::string_view digits) {
  int base = 10;
  if (digits.size() > 2 && digits[0] == '0' && lower(digits[1]) == 'x') {
    base = 16;
    digits.remove_prefix(2);
  } else if (digits.size() > 1 && digits[0] == '0') {
    base = 8;
    digits.remove_prefix(1);
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// The same digits are too large for a double or too close to zero: only the first is a mistake.
bool overflows(const std::string& digits) {
  return std::isinf(std::strtod(digits.c_str(), nullptr));
}

void append_code_point(std::string& out, std::string_view digits) {
  std::uint32_t code = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
  append_rune(out, static_cast<char32_t>(code));
}

void append_byte(std::string& out, std::string_view digits, int base) {
  unsigned byte = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), byte, base);
  out += static_cast<char>(byte);
}

}  // namespace

Result<double> read_number(std::string_view text) {
  if (equals_ignoring_case(text, "inf")) return std::numeric_limits<double>::infinity();
  if (equals_ignoring_case(text, "nan")) return std::numeric_limits<double>::quiet_NaN();
  const auto refuse = [&](std::string_view reason) {
    return tocsin::fail(
        fmt::format("error parsing number: strconv.ParseFloat: parsing {}: {}", go_quote(text), reason));
  };
  std::string digits(text);
  if (text.find('_') != std::string_view::npos) {
    if (!underscores_are_good(text)) return refuse("invalid syntax");
    std::erase(digits, '_');
  }
  if (const auto integer = read_integer(digits)) return static_cast<double>(*integer);
  double value = 0;
  const char* last = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), last, value);
  if (end != last) return refuse("invalid syntax");
  if (error == std::errc::result_out_of_range) {
    if (overflows(digits)) return refuse("value out of range");
    return 0.0;
  }
  if (error != std::errc()) return refuse("invalid syntax");
  return value;
}

std::string unescape(std::string_view inside) {
  std::string text;
  text.reserve(inside.size());
  for (std::size_t at = 0; at < inside.size();) {
    const char c = inside[at++];
    if (c != '\\') {
      text += c;
      continue;
    }
    const char letter = inside[at++];
    constexpr std::string_view kLetters = "abfnrtv";
    constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v";
    if (const std::size_t found = kLetters.find(letter); found != std::string_view::npos) {
      text += kMeanings[found];
    } else if (letter >= '0' && letter <= '7') {
      append_byte(text, inside.substr(at - 1, 3), 8);
      at += 2;
    } else if (letter == 'x') {
      append_byte(text, inside.substr(at, 2), 16);
      at += 2;
    } else if (letter == 'u' || letter == 'U') {
      const std::size_t count = letter == 'u' ? 4 : 8;
      append_code_point(text, inside.substr(at, count));
      at += count;
    } else {
      text += letter;
    }
  }
  return text;
}

std::string format_number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  char buffer[64];
  const auto result =
      std::to_chars(std::begin(buffer), std::end(buffer), std::fabs(value), std::chars_format::scientific);
  const std::string_view shortest(buffer, static_cast<std::size_t>(result.ptr - buffer));
  const std::size_t e = shortest.find('e');
  int exponent = 0;
  const std::size_t number = shortest[e + 1] == '+' ? e + 2 : e + 1;  // from_chars takes no plus
  std::from_chars(shortest.data() + number, shortest.data() + shortest.size(), exponent);
  std::string digits(shortest.substr(0, e));
  std::erase(digits, '.');
  std::string text = std::signbit(value) ? "-" : "";
  if (exponent < 0) {
    text += "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
    return text;
  }
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() <= whole) return text + digits + std::string(whole - digits.size(), '0');
  return text + digits.substr(0, whole) + '.' + digits.substr(whole);
}

}  // namespace tocsin::promql
