// What can be known of matchers without an alert: the few values a matcher allows, and whether two sets of
// matchers exclude each other. Answers are safe, not complete: where nothing can be proven, a matcher allows
// anything.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/matcher.h"

namespace tocsin {

// All values that the matcher can match, "" (absent) included: of name="v", and of a regex that is nothing
// but words in alternation (a|b, (a|b), (?:a|b)). nullopt: too many, or unknown.
std::optional<std::vector<std::string>> finite_values(const Matcher&);

// False only where no label set can match both.
bool may_overlap(const Matchers& a, const Matchers& b);

}  // namespace tocsin
