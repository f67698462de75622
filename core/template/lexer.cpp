#include "core/template/lexer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/template/go_quote.h"

namespace tocsin::tmpl {
namespace {

constexpr std::string_view kLeft = "{{";
constexpr std::string_view kRight = "}}";
constexpr std::string_view kLeftComment = "/*";
constexpr std::string_view kRightComment = "*/";
constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::size_t kTrimLength = 2;  // The dash and the blank beside it.

struct Keyword {
  std::string_view text;
  TokenType type;
};

constexpr std::array kKeywords = {
    Keyword{"block", TokenType::keyword_block},
    Keyword{"break", TokenType::keyword_break},
    Keyword{"continue", TokenType::keyword_continue},
    Keyword{"define", TokenType::keyword_define},
    Keyword{"else", TokenType::keyword_else},
    Keyword{"end", TokenType::keyword_end},
    Keyword{"if", TokenType::keyword_if},
    Keyword{"nil", TokenType::keyword_nil},
    Keyword{"range", TokenType::keyword_range},
    Keyword{"template", TokenType::keyword_template},
    Keyword{"with", TokenType::keyword_with},
    Keyword{"true", TokenType::boolean},
    Keyword{"false", TokenType::boolean},
};

bool is_blank(char c) {
  return kBlanks.find(c) != std::string_view::npos;
}

bool has_left_trim(std::string_view text) {
  return text.size() >= 2 && text[0] == '-' && is_blank(text[1]);
}

std::size_t leading_blanks(std::string_view text) {
  return std::min(text.find_first_not_of(kBlanks), text.size());
}

std::size_t trailing_blanks(std::string_view text) {
  const std::size_t last = text.find_last_not_of(kBlanks);
  return last == std::string_view::npos ? text.size() : text.size() - last - 1;
}

}  // namespace

std::string Token::description() const {
  if (type == TokenType::end_of_text) return "EOF";
  if (type == TokenType::error) return message;
  const bool keyword = type >= TokenType::keyword_block;
  if (keyword || type == TokenType::dot) return "<" + std::string(text) + ">";
  if (text.size() <= 10) return quote(text);
  std::size_t shown = 0;
  for (int runes = 0; runes < 10 && shown < text.size(); ++runes) shown += decode_rune(text, shown).width;
  return quote(text.substr(0, shown)) + "...";
}

Token Lexer::next() {
  switch (state_) {
    case State::text:
      return lex_text();
    case State::left_delimiter: {
      position_ += kLeft.size();
      Token token = emit(TokenType::left_delimiter);
      if (has_left_trim(rest())) position_ += kTrimLength;
      ignore();
      parens_ = 0;
      state_ = State::inside;
      return token;
    }
    case State::inside:
      return lex_inside();
    case State::finished:
      return pending_;
  }
  return pending_;
}

// Text up to the next action; comments on the way disappear and split the text.
Token Lexer::lex_text() {
  while (true) {
    const std::size_t found = text_.find(kLeft, position_);
    if (found == std::string_view::npos) {
      position_ = text_.size();
      if (position_ > start_) return emit(TokenType::text);
      state_ = State::finished;
      pending_ = emit(TokenType::end_of_text);
      return pending_;
    }
    const bool trim = has_left_trim(text_.substr(found + kLeft.size()));
    const std::size_t trimmed = trim ? trailing_blanks(text_.substr(start_, found - start_)) : 0;
    position_ = found - trimmed;
    if (position_ > start_) {
      Token token = emit(TokenType::text);
      position_ = start_ = found;
      return token;
    }
    position_ = start_ = found;
    const std::size_t marker = trim ? kTrimLength : 0;
    if (!text_.substr(found + kLeft.size() + marker).starts_with(kLeftComment)) {
      state_ = State::left_delimiter;
      return next();
    }
    position_ = start_ = found + kLeft.size() + marker;
    if (!skip_comment()) return pending_;
  }
}

// False if the comment is broken; then the error is pending.
bool Lexer::skip_comment() {
  const std::size_t close = text_.find(kRightComment, position_ + kLeftComment.size());
  if (close == std::string_view::npos) {
    error("unclosed comment");
    return false;
  }
  position_ = close + kRightComment.size();
  const bool trim = has_right_trim();
  if (!at_right_delimiter()) {
    error("comment ends before closing delimiter");
    return false;
  }
  position_ += (trim ? kTrimLength : 0) + kRight.size();
  if (trim) position_ += leading_blanks(rest());
  ignore();
  return true;
}

bool Lexer::has_right_trim() const {
  const std::string_view here = rest();
  return here.size() >= 2 && is_blank(here[0]) && here[1] == '-' &&
         here.substr(kTrimLength).starts_with(kRight);
}

bool Lexer::at_right_delimiter() const {
  return has_right_trim() || rest().starts_with(kRight);
}

Token Lexer::lex_right_delimiter() {
  const bool trim = has_right_trim();
  if (trim) {
    position_ += kTrimLength;
    ignore();
  }
  position_ += kRight.size();
  Token token = emit(TokenType::right_delimiter);
  if (trim) position_ += leading_blanks(rest());
  ignore();
  state_ = State::text;
  return token;
}

Token Lexer::lex_inside() {
  if (at_right_delimiter()) {
    return parens_ == 0 ? lex_right_delimiter() : error("unclosed left paren");
  }
  if (position_ >= text_.size()) return error("unclosed action");
  const char c = text_[position_];
  if (is_blank(c)) return lex_space();
  switch (c) {
    case '"':
      return lex_quoted('"', TokenType::string, "unterminated quoted string");
    case '\'':
      return lex_quoted('\'', TokenType::character_constant, "unterminated character constant");
    case '`':
      return lex_raw_string();
    case '$':
      ++position_;
      return lex_field_or_variable(TokenType::variable);
    case '+':
    case '-':
      return lex_number();
    case '.': {
      const char following = position_ + 1 < text_.size() ? text_[position_ + 1] : '0';
      if (following >= '0' && following <= '9') return lex_number();
      ++position_;
      return lex_field_or_variable(TokenType::field);
    }
    default:
      break;
  }
  if (c >= '0' && c <= '9') return lex_number();
  const Rune rune = decode_rune(text_, position_);
  if (is_identifier_rune(rune.value)) return lex_identifier();
  position_ += rune.width;
  return lex_single(rune.value);
}

Token Lexer::lex_single(char32_t rune) {
  switch (rune) {
    case '=':
      return emit(TokenType::assign);
    case '|':
      return emit(TokenType::pipe);
    case ':':
      if (!accept("=")) {
        if (position_ < text_.size()) position_ += decode_rune(text_, position_).width;
        return error("expected :=");
      }
      return emit(TokenType::declare);
    case '(':
      ++parens_;
      return emit(TokenType::left_paren);
    case ')':
      --parens_;
      if (parens_ < 0) return error("unexpected right paren");
      return emit(TokenType::right_paren);
    default:
      break;
  }
  if (rune < 0x80U && is_printable_rune(rune)) return emit(TokenType::character);
  return error("unrecognized character in action: " + describe_rune(rune));
}

// A run of blanks is one token; the blank of " -}}" belongs to the delimiter.
Token Lexer::lex_space() {
  while (position_ < text_.size() && is_blank(text_[position_])) {
    if (has_right_trim()) {
      if (position_ == start_) return lex_right_delimiter();
      break;
    }
    ++position_;
  }
  return emit(TokenType::space);
}

Token Lexer::lex_quoted(char mark, TokenType type, const char* problem) {
  ++position_;
  while (position_ < text_.size() && text_[position_] != '\n') {
    const char c = text_[position_++];
    if (c == mark) return emit(type);
    if (c != '\\') continue;
    if (position_ >= text_.size() || text_[position_] == '\n') break;
    position_ += decode_rune(text_, position_).width;
  }
  return error(problem);
}

Token Lexer::lex_raw_string() {
  const std::size_t close = text_.find('`', position_ + 1);
  if (close == std::string_view::npos) return error("unterminated raw quoted string");
  position_ = close + 1;
  return emit(TokenType::raw_string);
}

Token Lexer::lex_number() {
  if (!scan_number()) return error("bad number syntax: " + quote(text_.substr(start_, position_ - start_)));
  const bool more = position_ < text_.size() && (text_[position_] == '+' || text_[position_] == '-');
  if (!more) return emit(TokenType::number);
  if (!scan_number() || text_[position_ - 1] != 'i') {  // 1+2i: no blanks, and it must end in i.
    return error("bad number syntax: " + quote(text_.substr(start_, position_ - start_)));
  }
  return emit(TokenType::complex);
}

// Takes what looks like a number; the value is judged later.
bool Lexer::scan_number() {
  constexpr std::string_view kDecimal = "0123456789_";
  constexpr std::string_view kHex = "0123456789abcdefABCDEF_";
  accept("+-");
  std::string_view digits = kDecimal;
  if (accept("0")) {
    if (accept("xX")) {
      digits = kHex;
    } else if (accept("oO")) {
      digits = "01234567_";
    } else if (accept("bB")) {
      digits = "01_";
    }
  }
  accept_run(digits);
  if (accept(".")) accept_run(digits);
  if ((digits == kDecimal && accept("eE")) || (digits == kHex && accept("pP"))) {
    accept("+-");
    accept_run(kDecimal);
  }
  accept("i");
  const Rune following = decode_rune(text_, position_);
  if (following.width == 0 || !is_identifier_rune(following.value)) return true;
  position_ += following.width;
  return false;
}

Token Lexer::lex_identifier() {
  skip_identifier_runes();
  if (!at_terminator()) return bad_character();
  const std::string_view word = text_.substr(start_, position_ - start_);
  const auto* const found = std::find_if(kKeywords.begin(), kKeywords.end(),
                                         [&](const Keyword& keyword) { return keyword.text == word; });
  return emit(found != kKeywords.end() ? found->type : TokenType::identifier);
}

// After the "." or "$".
Token Lexer::lex_field_or_variable(TokenType type) {
  if (at_terminator()) return emit(type == TokenType::variable ? type : TokenType::dot);
  skip_identifier_runes();
  if (!at_terminator()) return bad_character();
  return emit(type);
}

Token Lexer::bad_character() {
  return error("bad character " + describe_rune(decode_rune(text_, position_).value));
}

Token Lexer::emit(TokenType type) {
  line_ += static_cast<std::size_t>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(counted_),
                                               text_.begin() + static_cast<std::ptrdiff_t>(start_), '\n'));
  counted_ = start_;
  Token token{type, start_, text_.substr(start_, position_ - start_), line_, {}};
  start_ = position_;
  return token;
}

Token Lexer::error(std::string message) {
  Token token = emit(TokenType::error);
  token.message = std::move(message);
  state_ = State::finished;
  pending_ = std::move(token);
  return pending_;
}

bool Lexer::accept(std::string_view characters) {
  if (position_ >= text_.size() || characters.find(text_[position_]) == std::string_view::npos) return false;
  ++position_;
  return true;
}

void Lexer::accept_run(std::string_view characters) {
  position_ = std::min(text_.find_first_not_of(characters, position_), text_.size());
}

void Lexer::skip_identifier_runes() {
  while (position_ < text_.size()) {
    const Rune rune = decode_rune(text_, position_);
    if (!is_identifier_rune(rune.value)) return;
    position_ += rune.width;
  }
}

// Whether a word may end here; keeps "x#" or "1true" from being read as two operands.
bool Lexer::at_terminator() const {
  if (position_ >= text_.size()) return true;
  const char c = text_[position_];
  return is_blank(c) || std::string_view(".,|:)(").find(c) != std::string_view::npos ||
         rest().starts_with(kRight);
}

}  // namespace tocsin::tmpl
