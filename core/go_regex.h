// Regular expressions as Go's regexp package gives them to templates: the same language (RE2), its rules for
// replacements, its words for a mistake. Label matchers are not this: they are anchored, see core/matcher.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace tocsin {

// Unanchored.
Result<bool> regex_matches(const std::string& pattern, std::string_view text);
// $1, ${name} and $$ in the replacement; a $ that begins none of them stands for itself.
Result<std::string> regex_replace_all(const std::string& pattern, std::string_view replacement,
                                      std::string_view text);

}  // namespace tocsin
