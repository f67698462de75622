// The source text of a YAML document: lines and places in it, what must hold before a parser may see it, and
// what a syntax error means to the person who wrote it. It does not parse.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/problem.h"

namespace tocsin {

class YamlText {
 public:
  // Keeps a view: the text must live as long. A byte order mark at the front is dropped.
  explicit YamlText(std::string_view text);

  std::string_view all() const { return text_; }
  std::string_view line(int number) const;  // without its end; "" where there is none
  std::size_t offset(Position) const;       // clamped to the text
  Position position(std::size_t offset) const;

  // What Go's yaml refuses before it parses, and yaml-cpp would misread: bytes that are not UTF-8 and control
  // characters. False where there is an error; characters that other readers take for line ends are warnings.
  bool check_characters(std::string_view file, Problems&) const;

  // False where a quoted scalar that begins at `start` (or its anchor and tag do) has no closing quote.
  bool quote_is_closed(std::size_t start) const;
  // The dash of the empty list item that ends before `offset`, at which the next token stands; `offset` where
  // there is none.
  std::size_t dash_before(std::size_t offset) const;

 private:
  std::string_view text_;
  std::vector<std::size_t> lines_;  // where each begins
};

// A parser's message in the reader's words, and the way out.
struct SyntaxError {
  std::string message;
  std::string hint;
};
SyntaxError explain_syntax_error(const YamlText&, Position, std::string_view parser_message);

}  // namespace tocsin
