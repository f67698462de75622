// Lexer: cuts a template text into tokens, one at a time. Knows delimiters, trim markers and comments;
// comments yield no tokens. One pass, no lookahead beyond the current token, so any text costs linear time.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/template/rune.h"
#include "core/template/token.h"

namespace tocsin::tmpl {

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  // After an error or the end of the text this token repeats.
  Token next();

 private:
  enum class State { text, left_delimiter, inside, finished };

  Token lex_text();
  bool skip_comment();
  Token lex_inside();
  Token lex_space();
  Token lex_right_delimiter();
  Token lex_quoted(char mark, TokenType type, const char* problem);
  Token lex_raw_string();
  Token lex_number();
  Token lex_identifier();
  Token lex_field_or_variable(TokenType type);
  Token lex_single(char32_t rune);
  bool scan_number();

  Token emit(TokenType type);
  Token error(std::string message);
  Token bad_character();
  void ignore() { start_ = position_; }
  bool accept(std::string_view characters);
  void accept_run(std::string_view characters);
  void skip_identifier_runes();
  bool at_terminator() const;
  bool at_right_delimiter() const;
  bool has_right_trim() const;
  std::string_view rest() const { return text_.substr(position_); }

  std::string_view text_;
  std::size_t start_ = 0;  // Where the current token began.
  std::size_t position_ = 0;
  std::size_t line_ = 1;     // The line of counted_.
  std::size_t counted_ = 0;  // Newlines are counted up to here.
  int parens_ = 0;
  State state_ = State::text;
  Token pending_;  // The last token once finished.
};

}  // namespace tocsin::tmpl
