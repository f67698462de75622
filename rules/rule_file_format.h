// Brings the expressions of a YAML rule file into canonical PromQL: on one line, or over several where they
// are long. Everything else of the file, comments first of all, stays byte for byte what it was.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/problem.h"

namespace tocsin {

// Expressions that hold comments, anchors, aliases, or that stand in {braces} are left alone. Formatting what
// is formatted changes nothing. Nothing where the file has mistakes, which are then in `problems`.
std::optional<std::string> format_rule_file(std::string_view text, const std::string& file, Problems&);

}  // namespace tocsin
