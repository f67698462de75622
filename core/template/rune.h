// Runes: UTF-8 decoding and encoding as Go does it, and the few character classes the template language asks
// about. Not a text library: no normalisation, no case mapping. A malformed byte decodes as U+FFFD of width
// 1, as in Go.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tocsin::tmpl {

inline constexpr char32_t kRuneError = 0xFFFD;

struct Rune {
  char32_t value = kRuneError;
  std::size_t width = 0;  // Bytes consumed; 0 only at the end of the text.
};

// The rune that starts at `position`.
Rune decode_rune(std::string_view text, std::size_t position);

// Appends the UTF-8 form; surrogates and values above U+10FFFF become U+FFFD.
void append_rune(std::string& out, char32_t rune);

// How many runes a Go program counts in the text (each malformed byte is one).
std::size_t count_runes(std::string_view text);

bool is_valid_utf8(std::string_view text);

// Letter or decimal digit of any script, or underscore: what an identifier is made of.
bool is_identifier_rune(char32_t rune);

// What %q leaves unescaped: letters, marks, numbers, punctuation, symbols and the ASCII space.
bool is_printable_rune(char32_t rune);

// "U+0023 '#'", as Go's %#U.
std::string describe_rune(char32_t rune);

}  // namespace tocsin::tmpl
