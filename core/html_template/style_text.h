// What CSS' grammar says about escapes and names. Not a parser.
#pragma once

#include <string>
#include <string_view>

namespace tocsin::tmpl {

// The text with its escapes ("\26 ", "\"") replaced by what they stand for.
std::string decode_css(std::string_view text);

// Whether the text ends with the keyword (given in lower case), and not with a longer name.
bool ends_with_css_keyword(std::string_view text, std::string_view keyword);

bool is_hex_digit(char c);
bool is_css_blank(char c);
// Whether the character may stand in a name: for ASCII.
bool is_css_name_character(char c);

}  // namespace tocsin::tmpl
