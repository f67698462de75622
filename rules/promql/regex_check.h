// Whether the regular expression of a matcher is one. Most are seen to be good at a glance; only what is less
// plain is compiled, since that takes longer than everything else about an expression.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tocsin::promql {

// What is wrong with it, in Go's words: "error parsing regexp: missing closing ]: `[a`".
std::optional<std::string> regex_mistake(std::string_view pattern);
// Whether an absent label matches: anchored, as Prometheus does. The pattern is good.
bool regex_matches_nothing(std::string_view pattern);

}  // namespace tocsin::promql
