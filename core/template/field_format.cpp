#include "core/template/field_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "core/template/go_float.h"
#include "core/template/go_quote.h"
#include "core/template/rune.h"

namespace tocsin::tmpl {
namespace {

char32_t valid_rune(std::uint64_t code) {
  return code > 0x10FFFFU ? kRuneError : static_cast<char32_t>(code);
}

std::string digits_of(std::uint64_t value, unsigned base, bool upper) {
  const char* alphabet = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string digits;
  do {
    digits.push_back(alphabet[value % base]);
    value /= base;
  } while (value != 0);
  std::reverse(digits.begin(), digits.end());
  return digits;
}

// The # flag on a float: always a decimal point; for %g also the zeros that make up the precision.
std::string with_decimal_point(std::string_view number, char verb, int precision) {
  int missing_digits = 0;
  if (verb == 'g' || verb == 'G' || verb == 'x')
    missing_digits = precision < 0 ? 6 : precision;
  const bool hex = verb == 'x' || verb == 'X';
  const std::size_t tail_at = number.find_first_of(hex ? "pP" : "eEpP");
  const std::string_view mantissa = number.substr(0, tail_at);
  const std::string_view tail =
      tail_at == std::string_view::npos ? std::string_view() : number.substr(tail_at);
  bool point = false;
  bool significant = false;
  for (const char c : mantissa) {
    if (c == '.') {
      point = true;
      continue;
    }
    significant = significant || c != '0';
    if (significant) --missing_digits;
  }
  std::string out(mantissa);
  if (!point) {
    if (mantissa == "0") --missing_digits;  // A lone zero counts as a digit.
    out.push_back('.');
  }
  if (missing_digits > 0) out.append(static_cast<std::size_t>(missing_digits), '0');
  return out.append(tail);
}

}  // namespace

void FieldFormat::append_padded(std::string& out, std::string_view text) const {
  if (!has_width || width == 0) {
    out += text;
    return;
  }
  const auto length = static_cast<int>(count_runes(text));
  const auto padding = static_cast<std::size_t>(std::max(width - length, 0));
  if (minus) {
    out.append(text).append(padding, ' ');
  } else {
    out.append(padding, zero ? '0' : ' ').append(text);
  }
}

std::string_view FieldFormat::truncated(std::string_view text) const {
  if (!has_precision) return text;
  std::size_t position = 0;
  for (int runes = 0; runes < precision && position < text.size(); ++runes) {
    position += decode_rune(text, position).width;
  }
  return text.substr(0, position);
}

void FieldFormat::append_text(std::string& out, std::string_view text) const {
  append_padded(out, truncated(text));
}

void FieldFormat::append_quoted(std::string& out, std::string_view text) const {
  const std::string_view shown = truncated(text);
  if (sharp && can_backquote(shown)) return append_padded(out, "`" + std::string(shown) + "`");
  append_padded(out, quote(shown, plus ? Charset::ascii : Charset::unicode));
}

void FieldFormat::append_hex(std::string& out, std::string_view text, bool upper) const {
  if (has_precision) text = text.substr(0, static_cast<std::size_t>(precision));
  std::string hex;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i > 0 && space) hex.push_back(' ');
    if (sharp && (i == 0 || space)) hex += upper ? "0X" : "0x";
    const auto byte = static_cast<unsigned char>(text[i]);
    hex += upper ? fmt::format("{:02X}", byte) : fmt::format("{:02x}", byte);
  }
  FieldFormat padding = *this;
  padding.zero = zero && !hex.empty();
  padding.append_padded(out, hex);
}

void FieldFormat::append_integer(std::string& out, std::uint64_t magnitude, bool negative, unsigned base,
                                 char32_t verb) const {
  FieldFormat padding = *this;
  padding.zero = false;
  int least_digits = 0;
  if (has_precision) {
    least_digits = precision;
    if (precision == 0 && magnitude == 0) return padding.append_padded(out, "");
  } else if (zero && has_width && !minus) {
    least_digits = width - (negative || plus || space ? 1 : 0);
  }
  std::string digits = digits_of(magnitude, base, verb == 'X');
  const int missing = least_digits - static_cast<int>(digits.size());
  if (missing > 0) digits.insert(0, static_cast<std::size_t>(missing), '0');
  if (sharp && base == 2) digits.insert(0, "0b");
  if (sharp && base == 8 && digits.front() != '0') digits.insert(0, "0");
  if (sharp && base == 16) digits.insert(0, verb == 'X' ? "0X" : "0x");
  if (verb == 'O') digits.insert(0, "0o");
  const char* sign = negative ? "-" : plus ? "+" : space ? " " : "";
  padding.append_padded(out, sign + digits);
}

void FieldFormat::append_rune_text(std::string& out, std::uint64_t code) const {
  std::string text;
  append_rune(text, valid_rune(code));
  append_padded(out, text);
}

void FieldFormat::append_quoted_rune(std::string& out, std::uint64_t code) const {
  append_padded(out, quote_rune(valid_rune(code), plus ? Charset::ascii : Charset::unicode));
}

void FieldFormat::append_code_point(std::string& out, std::uint64_t code) const {
  const int digits = has_precision ? std::max(precision, 4) : 4;
  std::string text = fmt::format("U+{:0{}X}", code, digits);
  if (sharp && code <= 0x10FFFFU && is_printable_rune(static_cast<char32_t>(code))) {
    text += " '";
    append_rune(text, static_cast<char32_t>(code));
    text += "'";
  }
  FieldFormat padding = *this;
  padding.zero = false;
  padding.append_padded(out, text);
}

void FieldFormat::append_float(std::string& out, double value, char verb, int default_precision) const {
  const int digits = has_precision ? precision : default_precision;
  std::string number = format_float(value, verb, digits);
  char sign = '+';
  if (number.front() == '-' || number.front() == '+') {
    sign = number.front();
    number.erase(0, 1);
  }
  if (sign == '+' && space && !plus) sign = ' ';
  if (number == "Inf" || number == "NaN") {
    FieldFormat padding = *this;
    padding.zero = false;
    const bool bare = number == "NaN" && !space && !plus;
    return padding.append_padded(out, bare ? number : sign + number);
  }
  if (sharp && verb != 'b') number = with_decimal_point(number, verb, digits);
  if (!plus && sign == '+') return append_padded(out, number);
  const auto length = static_cast<int>(number.size()) + 1;
  if (zero && !minus && has_width && width > length) {  // The sign stands before the zeros.
    out.push_back(sign);
    out.append(static_cast<std::size_t>(width - length), '0').append(number);
    return;
  }
  append_padded(out, sign + number);
}

}  // namespace tocsin::tmpl
