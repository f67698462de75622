// What JavaScript's grammar says about single characters and the ends of tokens. Not a parser.
#pragma once

#include <string_view>

#include "core/html_template/context.h"

namespace tocsin::tmpl {

// What a slash means behind these tokens (none of them a string, comment, regular expression or division);
// `before` is what it meant before them.
SlashMeaning slash_after(std::string_view tokens, SlashMeaning before);

// ASCII only: enough for numbers and keywords.
bool is_script_identifier(char c);

}  // namespace tocsin::tmpl
