// UTF-8, as far as names, quoting and cutting need it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tocsin {

struct Rune {
  char32_t value;     // U+FFFD where the bytes are not UTF-8
  std::size_t bytes;  // how many bytes it takes; 1 for a bad byte, as in Go
  bool valid;
};

// The rune at the start of a non-empty text, decoded as Go's utf8.DecodeRune does.
Rune first_rune(std::string_view text);
void append_rune(std::string& out, char32_t rune);
std::size_t count_runes(std::string_view text);
// Keeps at most `limit` runes; where it cuts, the last of them is an ellipsis, as Alertmanager's truncation
// does.
std::string truncate_runes(std::string_view text, std::size_t limit);

}  // namespace tocsin
