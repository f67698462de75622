// The two dialects in which matchers are written, each read strictly. Choosing between them is
// parse_matchers' business (core/matcher.h); only the files named matcher_* of this folder include this one.
#pragma once

#include <string_view>

#include "core/matcher.h"
#include "core/result.h"

namespace tocsin {

// Runes that a UTF-8 matcher may hold only inside quotes: blanks and { } ! = ~ , \ " ' `
bool is_reserved_rune(char32_t rune);
bool holds_reserved_rune(std::string_view text);

// Messages name the column, in bytes from 1.
Result<Matchers> parse_utf8_matchers(std::string_view text);
Result<Matchers> parse_classic_matchers(std::string_view text);
// One matcher: commas belong to its value.
Result<Matcher> parse_classic_matcher(std::string_view text);

}  // namespace tocsin
