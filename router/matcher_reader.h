// Reads the matchers of routes and inhibition rules in the three forms of the configuration: a mapping of
// names and values, one of names and regexes, and a list of texts. All of them add to the same Matchers.
#pragma once

#include <string_view>

#include "core/matcher.h"
#include "core/yaml_reader.h"

namespace tocsin {

// `match: {name: value}` and `match_re: {name: regex}`, by type; legacy label names only.
void read_match(YamlObject&, std::string_view key, MatchType, Matchers& out);
// `matchers: ['name="value"', …]`; an item may hold several.
void read_matchers(YamlObject&, std::string_view key, MatcherDialect, Matchers& out);
// What a dialect takes for a label name where names stand alone (group_by, equal).
bool is_label_name(std::string_view, MatcherDialect);

}  // namespace tocsin
