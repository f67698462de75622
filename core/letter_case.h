// Upper, lower and title case for every script, as Go's strings.ToUpper and strings.ToLower and the two
// `title` template functions do it. It maps single characters (no locale, no ß → SS).
#pragma once

#include <string>
#include <string_view>

namespace tocsin {

std::string upper_case(std::string_view text);
std::string lower_case(std::string_view text);
// Alertmanager's `title`: the first letter of each word up, the rest down; an apostrophe, dot or colon
// between letters does not end a word.
std::string title_case(std::string_view text);
// Prometheus' `title` (Go's strings.Title): the first letter of each word up, the rest untouched; blanks end
// a word, and every ASCII character but a letter, a digit or _.
std::string upper_initials(std::string_view text);

}  // namespace tocsin
