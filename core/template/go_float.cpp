#include "core/template/go_float.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <system_error>
#include <vector>

namespace tocsin::tmpl {
namespace {

// A finite, non-negative number as 0.d1d2d3… × 10^point.
struct Digits {
  std::string digits;  // No trailing zeros; empty for zero.
  int point = 0;
};

void strip_trailing_zeros(Digits& digits) {
  while (!digits.digits.empty() && digits.digits.back() == '0') digits.digits.pop_back();
  if (digits.digits.empty()) digits.point = 0;
}

// From "1.234e+06".
Digits from_scientific(std::string_view text) {
  Digits result;
  const std::size_t exponent_at = text.find('e');
  for (const char c : text.substr(0, exponent_at)) {
    if (c != '.') result.digits.push_back(c);
  }
  result.point = std::atoi(std::string(text.substr(exponent_at + 1)).c_str()) + 1;
  strip_trailing_zeros(result);
  return result;
}

Digits shortest_digits(double value) {
  std::array<char, 64> buffer;
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific);
  return from_scientific({buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data())});
}

Digits significant_digits(double value, int count) {
  // A double has at most 767 significant decimal digits; asking for more only adds zeros.
  const int precision = std::min(count, 800) - 1;
  std::array<char, 1024> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::scientific, precision);
  return from_scientific({buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data())});
}

char digit_at(const Digits& digits, int index) {
  return index >= 0 && index < static_cast<int>(digits.digits.size())
             ? digits.digits[static_cast<std::size_t>(index)]
             : '0';
}

std::string scientific(const Digits& digits, int precision, char verb) {
  std::string out(1, digit_at(digits, 0));
  if (precision > 0) {
    out.push_back('.');
    for (int i = 1; i <= precision; ++i) out.push_back(digit_at(digits, i));
  }
  const int exponent = digits.digits.empty() ? 0 : digits.point - 1;
  out.push_back(verb);
  out += fmt::format("{}{:02}", exponent < 0 ? '-' : '+', std::abs(exponent));
  return out;
}

std::string positional(const Digits& digits, int precision) {
  std::string out;
  for (int i = 0; i < digits.point; ++i) out.push_back(digit_at(digits, i));
  if (out.empty()) out.push_back('0');
  if (precision > 0) {
    out.push_back('.');
    for (int i = 0; i < precision; ++i) out.push_back(digit_at(digits, digits.point + i));
  }
  return out;
}

// %f with an explicit precision: the digits before the point are all exact, those after it rounded.
std::string fixed(double value, int precision) {
  const int exact = std::min(precision, 1100);
  std::vector<char> buffer(static_cast<std::size_t>(exact) + 400);
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, exact);
  std::string out(buffer.data(), end.ptr);
  out.append(static_cast<std::size_t>(precision - exact), '0');
  return out;
}

std::string general(double value, int precision, char exponent_letter) {
  const bool shortest = precision < 0;
  const int wanted = precision == 0 ? 1 : precision;
  const Digits digits = shortest ? shortest_digits(value) : significant_digits(value, wanted);
  const int count = static_cast<int>(digits.digits.size());
  int limit = shortest ? 6 : wanted;
  if (!shortest && limit > count && count >= digits.point) limit = count;
  const int exponent = digits.digits.empty() ? -1 : digits.point - 1;
  if (exponent < -4 || exponent >= limit) return scientific(digits, std::max(count - 1, 0), exponent_letter);
  return positional(digits, std::max(count - digits.point, 0));
}

// Mantissa as an integer times a power of two: 4503599627370496p-52.
std::string binary_exponent(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  std::uint64_t mantissa = bits & ((std::uint64_t{1} << 52U) - 1);
  int exponent = static_cast<int>((bits >> 52U) & 0x7FFU);
  if (exponent == 0) {
    exponent = 1;
  } else {
    mantissa |= std::uint64_t{1} << 52U;
  }
  return fmt::format("{}p{:+d}", mantissa, exponent - 1075);
}

std::string hexadecimal(double value, int precision, char verb) {
  int exponent = 0;
  std::uint64_t mantissa = 0;  // 1 bit before the point, 60 after it.
  if (value != 0) {
    const double fraction = std::frexp(value, &exponent);  // In [0.5, 1).
    mantissa = static_cast<std::uint64_t>(std::ldexp(fraction, 61));
    exponent -= 1;
  }
  if (precision >= 0 && precision < 15) {
    const unsigned shift = static_cast<unsigned>(60 - precision * 4);
    const std::uint64_t extra = mantissa & ((std::uint64_t{1} << shift) - 1);
    const std::uint64_t half = std::uint64_t{1} << (shift - 1);
    mantissa >>= shift;
    if (extra > half || (extra == half && (mantissa & 1U) != 0)) ++mantissa;
    mantissa <<= shift;
    if ((mantissa >> 61U) != 0) {
      mantissa >>= 1U;
      ++exponent;
    }
  }
  std::string digits;
  for (std::uint64_t rest = mantissa << 4U;
       precision < 0 ? rest != 0 : static_cast<int>(digits.size()) < precision; rest <<= 4U) {
    digits.push_back("0123456789abcdef"[rest >> 60U]);
  }
  std::string out = fmt::format("0x{}{}{}p{}{:02}", mantissa >> 60U, digits.empty() ? "" : ".", digits,
                                exponent < 0 ? '-' : '+', std::abs(exponent));
  if (verb == 'X') {
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  }
  return out;
}

std::string magnitude(double value, char verb, int precision) {
  switch (verb) {
    case 'b':
      return binary_exponent(value);
    case 'x':
    case 'X':
      return hexadecimal(value, precision, verb);
    case 'e':
    case 'E': {
      const Digits digits = precision < 0 ? shortest_digits(value) : significant_digits(value, precision + 1);
      const int shown = precision < 0 ? std::max(static_cast<int>(digits.digits.size()) - 1, 0) : precision;
      return scientific(digits, shown, verb);
    }
    case 'f': {
      if (precision >= 0) return fixed(value, precision);
      const Digits digits = shortest_digits(value);
      return positional(digits, std::max(static_cast<int>(digits.digits.size()) - digits.point, 0));
    }
    default:
      return general(value, precision, verb == 'G' ? 'E' : 'e');
  }
}

bool is_hex_literal(std::string_view digits) {
  return digits.size() > 2 && digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
}

struct ParsedFloat {
  double value = 0;
  bool in_range = true;
};

std::optional<ParsedFloat> parse_number(std::string_view text) {
  if (!underscores_are_well_placed(text)) return std::nullopt;
  std::string digits;
  for (const char c : text) {
    if (c != '_') digits.push_back(c);
  }
  std::string_view rest = digits;
  const bool negative = !rest.empty() && rest.front() == '-';
  if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) rest.remove_prefix(1);
  const bool hex = is_hex_literal(rest);
  if (hex) {
    rest.remove_prefix(2);
    if (rest.find_first_of("pP") == std::string_view::npos) return std::nullopt;  // Go demands the exponent.
  }
  if (rest.empty() ||
      !(rest.front() == '.' || std::isxdigit(static_cast<unsigned char>(rest.front())) != 0)) {
    return std::nullopt;
  }
  ParsedFloat parsed;
  const auto format = hex ? std::chars_format::hex : std::chars_format::general;
  const auto end = std::from_chars(rest.data(), rest.data() + rest.size(), parsed.value, format);
  if (end.ec == std::errc::invalid_argument || end.ptr != rest.data() + rest.size()) return std::nullopt;
  if (end.ec == std::errc::result_out_of_range) {
    parsed.value = std::strtod((hex ? "0x" + std::string(rest) : std::string(rest)).c_str(), nullptr);
    parsed.in_range = !std::isinf(parsed.value);
  }
  if (negative) parsed.value = -parsed.value;
  return parsed;
}

}  // namespace

std::string format_float(double value, char verb, int precision) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  const std::string text = magnitude(std::fabs(value), verb, precision);
  return std::signbit(value) ? "-" + text : text;
}

std::optional<double> parse_float_literal(std::string_view text) {
  const auto parsed = parse_number(text);
  if (!parsed || !parsed->in_range) return std::nullopt;
  return parsed->value;
}

std::optional<double> parse_float(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (lower == "nan") return std::nan("");
  const bool negative = !lower.empty() && lower.front() == '-';
  const std::string unsigned_text =
      !lower.empty() && (lower.front() == '-' || lower.front() == '+') ? lower.substr(1) : lower;
  if (unsigned_text == "inf" || unsigned_text == "infinity") return negative ? -HUGE_VAL : HUGE_VAL;
  const auto parsed = parse_number(text);
  if (!parsed) return std::nullopt;
  return parsed->value;
}

bool underscores_are_well_placed(std::string_view text) {
  if (text.find('_') == std::string_view::npos) return true;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  char previous = '^';  // '^' start, '0' a digit or prefix, '_' an underscore, '!' anything else.
  bool hex = false;
  if (text.size() >= 2 && text[0] == '0' &&
      std::string_view("bBoOxX").find(text[1]) != std::string_view::npos) {
    hex = text[1] == 'x' || text[1] == 'X';
    previous = '0';
    text.remove_prefix(2);
  }
  for (const char c : text) {
    const bool digit = (c >= '0' && c <= '9') || (hex && std::isxdigit(static_cast<unsigned char>(c)) != 0);
    if (digit) {
      previous = '0';
    } else if (c == '_') {
      if (previous != '0') return false;
      previous = '_';
    } else {
      if (previous == '_') return false;
      previous = '!';
    }
  }
  return previous != '_';
}

}  // namespace tocsin::tmpl
