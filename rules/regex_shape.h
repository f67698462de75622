// The shape of a matcher's regular expression, seen without compiling it: whether it matches an absent label,
// whether it is a plain text, and of what it is made at its top. It reads RE2's syntax as far as patterns of
// labels use it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin {

struct RegexShape {
  enum class Piece : std::uint8_t { kLiteral, kAnyStar, kAnyPlus, kAny, kBegin, kEnd, kOther };
  struct Element {
    Piece piece = Piece::kOther;
    std::string literal;  // of kLiteral, without escapes
  };

  bool known = true;  // false: holds what is not understood here; nothing else is said then
  bool matches_empty = false;
  bool alternatives = false;      // a|b at the top
  std::vector<Element> elements;  // in order; those of all alternatives

  // Nothing but text: matches one value. It is the text of `literal()`.
  bool plain() const;
  std::string literal() const;
};

RegexShape regex_shape(std::string_view pattern);
// Whether an absent label matches, by the shape, or by compiling the pattern where the shape does not tell.
bool matches_absent_label(std::string_view pattern);

}  // namespace tocsin
