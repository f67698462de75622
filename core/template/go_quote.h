// Go's quoted forms: writing ("%q") and reading (string and character literals of templates). Not a JSON
// codec.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/template/rune.h"

namespace tocsin::tmpl {

enum class Charset { unicode, ascii };  // ascii: everything above U+007F is escaped, as %+q does.

std::string quote(std::string_view text, Charset charset = Charset::unicode);
std::string quote_rune(char32_t rune, Charset charset = Charset::unicode);

// Whether the text can stand unchanged between back quotes (%#q).
bool can_backquote(std::string_view text);

// The value of a "…" or `…` literal with its quotes; nothing if it is malformed.
std::optional<std::string> unquote(std::string_view literal);

// The value of a '…' literal with its quotes. `malformed_tail` tells a second character from a bad escape.
struct CharacterLiteral {
  char32_t value = 0;
  bool valid = false;
  bool malformed_tail = false;
};
CharacterLiteral unquote_character(std::string_view literal);

}  // namespace tocsin::tmpl
