// The part of the lexer that reads what only stands in brackets: ranges, steps and duration expressions.
#include <fmt/format.h>

#include "rules/promql/characters.h"
#include "rules/promql/lexer.h"

namespace tocsin::promql {

using enum TokenKind;

// Duration expressions, until the first number: after it, Prometheus' lexer goes on as outside brackets.
Token Lexer::inside_fresh_brackets() {
  if (at_end()) return fail("unexpected end of input in duration expression", "add a duration and ]");
  const char c = peek();
  if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
    brackets_ = Brackets::kInside;
    return number_or_duration();
  }
  switch (c) {
    case ']':
    case '(':
    case ')':
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '^':
    case ',':
      return statement();
    case ':':
      if (source_[last_] != '[') return colon_in_brackets();  // after step()
      return fail("unexpected colon before duration in duration expression", "write [1h:5m]");
    default:
      if (is_letter(c)) return word_in_brackets();
      return fail("unexpected character in duration expression: " + quoted_rune(at_),
                  c == '"' || c == '\'' ? "a duration is written without quotes: [5m]" : "");
  }
}

Token Lexer::word_in_brackets() {
  const std::size_t place = at_;
  while (is_letter(peek())) ++at_;
  const TokenKind kind = kind_of_word(taken(), dialect_);
  const bool extremes = dialect_.at_least(3, 13) ? kind == kMinOf || kind == kMaxOf
                                                 : dialect_.at_least(3, 6) && (kind == kMin || kind == kMax);
  if (kind == kStep || kind == kRange || extremes) return emit(kind);
  const bool renamed = kind == kMin || kind == kMax;
  return fail("unexpected character in duration expression: " + quoted_rune(place),
              renamed ? fmt::format("write `{}_of`", taken()) : "a duration is written as 30s, 5m or 1h30m");
}

Token Lexer::colon_in_brackets() {
  if (seen_colon_) return fail("unexpected colon " + quoted_rune(at_), "one colon: [1h:5m]");
  seen_colon_ = true;
  return emit(kColon, 1);
}

}  // namespace tocsin::promql
