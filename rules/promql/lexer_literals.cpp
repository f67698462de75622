// The part of the lexer that reads numbers, durations and strings.
#include <fmt/format.h>

#include "core/ascii.h"
#include "core/labels.h"
#include "core/utf8.h"
#include "rules/promql/characters.h"
#include "rules/promql/lexer.h"

namespace tocsin::promql {
namespace {

using enum TokenKind;

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";

}  // namespace

Token Lexer::number_or_duration() {
  if (scan_number()) return emit(kNumber);
  if (scan_rest_of_duration()) return emit(kDuration);
  std::string message = "bad number or duration syntax: " + go_quote(taken());
  while (is_alphanumeric(peek())) ++at_;  // the whole word is to be shown
  return fail(std::move(message), "durations are written as 30s, 5m or 1h30m");
}

Token Lexer::duration_only() {
  if (scan_number_of_2_42()) return fail("missing unit character in duration", "write [5m] or [300s]");
  if (scan_rest_of_duration()) return emit(kDuration);
  return fail("bad duration syntax: " + go_quote(taken()), "durations are written as 30s, 5m or 1h30m");
}

// Whether what begins here has the shape of a number. Not every such shape is one; the parser finds out. The
// order of the tests is Prometheus', whose quirks (0x1e at the end is none) come from it.
bool Lexer::scan_number() {
  if (!dialect_.at_least(2, 54)) return scan_number_of_2_42();
  std::string_view digits = kDigits;
  if (accept("0") && accept("xX")) {
    accept("_");
    digits = kHexDigits;
  }
  accept(".");
  accept(digits);
  bool dot = false, exponent = false;
  while (is(digits) || is("._eE")) {
    if ((dot && accept(".")) || (exponent && accept("eE"))) return false;
    if (accept(".")) {
      dot = true;
      if (accept("_.") || digits == kHexDigits) return false;
    } else if (accept("eE")) {
      exponent = true;
      accept("+-");
      if (accept("._eE") || at_end()) return false;
    } else if (accept("_")) {
      if (accept("._eE") || at_end()) return false;
    } else {
      accept_run(digits);
    }
  }
  return at_ != start_ && !is_alphanumeric(peek());
}

bool Lexer::scan_number_of_2_42() {
  std::string_view digits = kDigits;
  if (accept("0") && accept("xX")) digits = kHexDigits;
  accept_run(digits);
  if (accept(".")) accept_run(digits);
  if (accept("eE")) {
    accept("+-");
    accept_run(kDigits);
  }
  return !is_alphanumeric(peek());
}

// After digits: a unit, and further digits and units. The text of an error ends with what did not fit.
bool Lexer::scan_rest_of_duration() {
  if (!accept("smhdwy")) return false;
  accept("s");  // of ms; other pairs are refused when the duration is read
  while (accept(kDigits)) {
    accept_run(kDigits);
    if (!accept("smhdw")) return false;
    accept("s");
  }
  if (!is_alphanumeric(peek())) return true;
  ++at_;
  return false;
}

Token Lexer::string(char quote) {
  bool escaped = false;
  for (++at_;;) {
    if (at_end() || peek() == '\n') return fail("unterminated quoted string", "add the missing quote");
    const char c = peek();
    if (c == quote) {
      Token token = emit(kString, 1);
      token.escaped = escaped;
      return token;
    }
    if (c == '\\') {
      escaped = true;
      ++at_;
      if (!escape(quote))
        return {kError, false, {static_cast<std::uint32_t>(start_), static_cast<std::uint32_t>(at_)}};
    } else if (static_cast<unsigned char>(c) < 0x80) {
      ++at_;
    } else {
      const Rune rune = first_rune(source_.substr(at_));
      if (rune.value == 0xfffd) return fail("invalid UTF-8 rune");
      at_ += rune.bytes;
    }
  }
}

Token Lexer::raw_string() {
  for (++at_; !at_end();) {
    const char c = peek();
    if (c == '`') return emit(kString, 1);
    if (static_cast<unsigned char>(c) < 0x80) {
      ++at_;
      continue;
    }
    const Rune rune = first_rune(source_.substr(at_));
    if (rune.value == 0xfffd) return fail("invalid UTF-8 rune");
    at_ += rune.bytes;
  }
  return fail("unterminated raw string", "add the missing `");
}

bool Lexer::escape(char quote) {
  const auto shown = [&] {
    const Rune rune = first_rune(source_.substr(at_));
    return fmt::format("U+{:04X} {}", static_cast<unsigned>(rune.value), quoted_rune(at_));
  };
  if (at_end()) {
    fail("escape sequence not terminated", "add the missing quote");
    return false;
  }
  const char c = peek();
  int digits = 0, base = 16;
  if (c == quote || std::string_view("abfnrtv\\").find(c) != std::string_view::npos) {
    ++at_;
    return true;
  }
  if (c >= '0' && c <= '7') {
    digits = 3;
    base = 8;
  } else if (c == 'x' || c == 'u' || c == 'U') {
    digits = c == 'x' ? 2 : c == 'u' ? 4 : 8;
    ++at_;
  } else {
    fail("unknown escape sequence " + shown(),
         R"(write \\ for a backslash, or put the text into `backquotes`)");
    return false;
  }
  const std::uint32_t largest = digits == 2 || base == 8 ? 255 : 0x10ffff;
  std::uint64_t value = 0;
  for (int i = 0; i < digits; ++i, ++at_) {
    const int digit = hex_digit_value(peek());
    if (digit < 0 || digit >= base) {
      fail(at_end() ? "escape sequence not terminated"
                    : "illegal character " + shown() + " in escape sequence");
      return false;
    }
    value = value * static_cast<std::uint64_t>(base) + static_cast<std::uint64_t>(digit);
  }
  if (value > largest || (value >= 0xd800 && value < 0xe000)) {
    fail("escape sequence is an invalid Unicode code point");
    return false;
  }
  return true;
}

}  // namespace tocsin::promql
