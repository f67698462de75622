// The name that a mistyped one was probably meant to be: for "did you mean" hints.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tocsin {

// The candidate that fewest changes turn `name` into (a letter more, less, other, or two swapped); "" where
// all are further away than a third of the name's letters.
std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates);
// `did you mean "receiver"?`, or "" without a near candidate.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace tocsin
