#include "rules/promql/lexer.h"

#include "core/labels.h"
#include "core/utf8.h"
#include "rules/promql/characters.h"

namespace tocsin::promql {
namespace {

using enum TokenKind;

// Signs that are tokens by themselves, whatever follows.
TokenKind kind_of_sign(char c) {
  switch (c) {
    case ',':
      return kComma;
    case '*':
      return kMul;
    case '/':
      return kDiv;
    case '%':
      return kMod;
    case '+':
      return kAdd;
    case '-':
      return kSub;
    case '^':
      return kPow;
    case '@':
      return kAt;
    default:
      return kError;
  }
}

std::string hint_for_character(char c) {
  switch (c) {
    case '&':
      return "the operator is `and`";
    case '|':
      return "the operator is `or`";
    case '~':
      return "label values are matched inside braces: foo{bar=~\"…\"}";
    case '$':
      return "variables of dashboards are not PromQL: write what they stand for";
    case '}':
      return "no brace is open here";
    default:
      return "";
  }
}

}  // namespace

Token Lexer::next() {
  if (failed_) return {kError, false, {static_cast<std::uint32_t>(start_), static_cast<std::uint32_t>(at_)}};
  if (brackets_ == Brackets::kFresh) {
    last_ = at_ - 1;
    while (!at_end() && is_blank(peek())) ++at_;  // no comments here, as in Prometheus
    start_ = at_;
    if (dialect_.at_least(3, 4)) return inside_fresh_brackets();
    brackets_ = Brackets::kInside;
    return dialect_.at_least(2, 54) ? number_or_duration() : duration_only();
  }
  skip_blanks_and_comments();
  start_ = at_;
  if (brace_open_) return inside_braces();
  return statement();
}

Token Lexer::statement() {
  if (at_end()) {
    if (open_parens_ != 0) return fail("unclosed left parenthesis", "add the missing )");
    if (brackets_ != Brackets::kClosed) return fail("unclosed left bracket", "add the missing ]");
    return emit(kEnd);
  }
  const char c = peek();
  if (is_letter(c) || c == ':') return word_or_colon();
  if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number_or_duration();
  if (const TokenKind kind = kind_of_sign(c); kind != kError) return emit(kind, 1);
  switch (c) {
    case '=':
    case '!':
    case '<':
    case '>':
      return comparison();
    case '"':
    case '\'':
      return string(c);
    case '`':
      return raw_string();
    case '(':
    case ')':
    case '{':
    case '[':
    case ']':
      return bracket();
    default:
      return fail("unexpected character: " + quoted_rune(at_), hint_for_character(c));
  }
}

Token Lexer::comparison() {
  const char after = peek(1);
  switch (peek()) {
    case '=':
      if (after == '=') return emit(kEqual, 2);
      if (after == '~') return fail("unexpected character after '=': '~'", hint_for_character('~'));
      return emit(kAssign, 1);
    case '!':
      if (after == '=') return emit(kNotEqual, 2);
      return fail("unexpected character after '!': " + quoted_rune(at_ + 1),
                  after == '~' ? hint_for_character('~') : "");
    case '<':
      if (after == '/' && dialect_.at_least(3, 11)) return emit(kTrimUpper, 2);
      return after == '=' ? emit(kLessEqual, 2) : emit(kLess, 1);
    default:
      if (after == '/' && dialect_.at_least(3, 11)) return emit(kTrimLower, 2);
      return after == '=' ? emit(kGreaterEqual, 2) : emit(kGreater, 1);
  }
}

Token Lexer::bracket() {
  switch (peek()) {
    case '(':
      ++open_parens_;
      return emit(kLeftParen, 1);
    case ')':
      if (open_parens_ == 0) return fail("unexpected right parenthesis ')'", "no parenthesis is open here");
      --open_parens_;
      return emit(kRightParen, 1);
    case '{':
      brace_open_ = true;
      return emit(kLeftBrace, 1);
    case '[':
      if (brackets_ != Brackets::kClosed) return fail("unexpected left bracket '['");
      seen_colon_ = false;
      brackets_ = Brackets::kFresh;
      return emit(kLeftBracket, 1);
    default:
      if (brackets_ == Brackets::kClosed)
        return fail("unexpected right bracket ']'", "no bracket is open here");
      brackets_ = Brackets::kClosed;
      return emit(kRightBracket, 1);
  }
}

// Keywords are plain words here, and colons do not belong to names.
Token Lexer::inside_braces() {
  if (at_end()) return fail("unexpected end of input inside braces", "add the missing }");
  const char c = peek();
  if (is_letter(c)) {
    while (is_alphanumeric(peek())) ++at_;
    return emit(kIdentifier);
  }
  switch (c) {
    case ',':
      return emit(kComma, 1);
    case '"':
    case '\'':
      return string(c);
    case '`':
      return raw_string();
    case '=':
      return peek(1) == '~' ? emit(kEqualRegex, 2) : emit(kAssign, 1);
    case '!':
      if (peek(1) == '~') return emit(kNotRegex, 2);
      if (peek(1) == '=') return emit(kNotEqual, 2);
      return fail("unexpected character after '!' inside braces: " + quoted_rune(at_ + 1));
    case '{':
      return fail("unexpected left brace '{'");
    case '}':
      brace_open_ = false;
      return emit(kRightBrace, 1);
    default:
      return fail(
          "unexpected character inside braces: " + quoted_rune(at_),
          c == ':' || c == '.' || c == '-' ? "put a label name that is no plain word into quotes" : "");
  }
}

Token Lexer::word_or_colon() {
  if (brackets_ != Brackets::kClosed) {
    if (peek() == ':') return colon_in_brackets();
    // Before 3.4, any letter served as colon.
    return dialect_.at_least(3, 4) ? word_in_brackets() : colon_in_brackets();
  }
  while (is_alphanumeric(peek()) || peek() == ':') ++at_;
  const TokenKind kind = kind_of_word(taken(), dialect_);
  const bool fill = kind == kFill || kind == kFillLeft || kind == kFillRight;
  return emit(fill && !parenthesis_follows() ? kIdentifier : kind);
}

bool Lexer::parenthesis_follows() const {
  std::size_t place = at_;
  while (place < source_.size() && is_blank(source_[place])) ++place;
  return place < source_.size() && source_[place] == '(';
}

void Lexer::skip_blanks_and_comments() {
  while (!at_end()) {
    if (is_blank(peek())) {
      ++at_;
    } else if (peek() == '#') {
      while (!at_end() && peek() != '\n' && peek() != '\r') ++at_;
    } else {
      return;
    }
  }
}

bool Lexer::is(std::string_view characters) const {
  return !at_end() && characters.find(peek()) != std::string_view::npos;
}

bool Lexer::accept(std::string_view characters) {
  if (!is(characters)) return false;
  ++at_;
  return true;
}

void Lexer::accept_run(std::string_view characters) {
  while (accept(characters)) {
  }
}

Token Lexer::emit(TokenKind kind, std::size_t bytes) {
  at_ += bytes;
  return {kind, false, {static_cast<std::uint32_t>(start_), static_cast<std::uint32_t>(at_)}};
}

Token Lexer::fail(std::string message, std::string hint) {
  failed_ = true;
  error_ = std::move(message);
  hint_ = std::move(hint);
  // What has been read so far is what is wrong; where that is nothing, the next character is.
  if (at_ == start_ && !at_end()) at_ += first_rune(source_.substr(at_)).bytes;
  return {kError, false, {static_cast<std::uint32_t>(start_), static_cast<std::uint32_t>(at_)}};
}

std::string Lexer::quoted_rune(std::size_t place) const {
  if (place >= source_.size()) return "'\xef\xbf\xbd'";
  std::string quoted = go_quote(source_.substr(place, first_rune(source_.substr(place)).bytes));
  if (quoted == R"("\"")") return "'\"'";
  if (quoted == R"("'")") return R"('\'')";
  quoted.front() = quoted.back() = '\'';
  return quoted;
}

}  // namespace tocsin::promql
