// Upper, lower and title case for every script, as Go's strings.ToUpper, strings.ToLower and the `title`
// template function do it. It maps single characters (no locale, no ß → SS).
#pragma once

#include <string>
#include <string_view>

namespace tocsin {

std::string upper_case(std::string_view text);
std::string lower_case(std::string_view text);
// The first letter of each word up, the rest down; an apostrophe, dot or colon between letters does not end a
// word.
std::string title_case(std::string_view text);

}  // namespace tocsin
