// Token: one lexical piece of a template text, with its place. Views into the text that the parser keeps
// alive.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tocsin::tmpl {

enum class TokenType {
  error,
  end_of_text,
  text,
  left_delimiter,
  right_delimiter,
  space,
  assign,   // =
  declare,  // :=
  pipe,
  left_paren,
  right_paren,
  character,  // Any other printable character, such as a comma.
  boolean,
  character_constant,  // 'a'
  complex,
  number,
  string,
  raw_string,
  dot,
  field,       // .Name
  variable,    // $ or $name
  identifier,  // A function name.
  keyword_block,
  keyword_break,
  keyword_continue,
  keyword_define,
  keyword_else,
  keyword_end,
  keyword_if,
  keyword_nil,
  keyword_range,
  keyword_template,
  keyword_with,
};

struct Token {
  TokenType type = TokenType::end_of_text;
  std::size_t position = 0;  // Byte offset in the text.
  std::string_view text;
  std::size_t line = 1;
  std::string message;  // Only for errors.

  // As parse errors show it: EOF, <keyword>, or the quoted text cut at ten characters.
  std::string description() const;
};

}  // namespace tocsin::tmpl
