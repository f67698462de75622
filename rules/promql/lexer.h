// Cuts the source of an expression into tokens, one at a time, as Prometheus' lexer does: what a character
// means depends on whether braces or brackets are open. It allocates nothing but the text of an error.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "rules/promql/token.h"

namespace tocsin::promql {

class Lexer {
 public:
  // The source and the dialect must live as long.
  Lexer(std::string_view source, const Dialect& dialect) : source_(source), dialect_(dialect) {}

  // After an error, every further token is that error.
  Token next();
  const std::string& error() const { return error_; }
  const std::string& hint() const { return hint_; }

 private:
  enum class Brackets : std::uint8_t {
    kClosed,
    kFresh,   // opened, and no number read since
    kInside,  // after the first number
  };

  Token statement();
  Token comparison();
  Token bracket();
  Token inside_braces();
  Token inside_fresh_brackets();
  Token word_or_colon();
  Token word_in_brackets();
  Token colon_in_brackets();
  Token number_or_duration();
  Token duration_only();  // 2.42, after a bracket
  Token string(char quote);
  Token raw_string();
  bool escape(char quote);  // false where it is wrong; has failed then
  bool scan_number();
  bool scan_number_of_2_42();
  bool scan_rest_of_duration();

  void skip_blanks_and_comments();
  bool accept(std::string_view characters);
  bool is(std::string_view characters) const;
  void accept_run(std::string_view characters);
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }
  bool at_end(std::size_t ahead = 0) const { return at_ + ahead >= source_.size(); }
  bool parenthesis_follows() const;
  std::string_view taken() const { return source_.substr(start_, at_ - start_); }
  std::string quoted_rune(std::size_t place) const;  // the rune there, as Go's %q shows it

  Token emit(TokenKind kind, std::size_t bytes);  // takes so many bytes more
  Token emit(TokenKind kind) { return emit(kind, 0); }
  Token fail(std::string message, std::string hint = "");

  std::string_view source_;
  const Dialect& dialect_;
  std::size_t at_ = 0;
  std::size_t start_ = 0;  // of the token being read
  std::size_t last_ = 0;   // the last byte of the token before it; inside fresh brackets only
  std::uint32_t open_parens_ = 0;
  bool brace_open_ = false;
  Brackets brackets_ = Brackets::kClosed;
  bool seen_colon_ = false;
  bool failed_ = false;
  std::string error_;
  std::string hint_;
};

}  // namespace tocsin::promql
