// Prometheus 1.x wrote rules in a language of its own (`ALERT name IF expression FOR 5m …`). This tells such
// a text apart from YAML. legacy_reader.h reads it.
#pragma once

#include <optional>
#include <string_view>

#include "core/problem.h"

namespace tocsin {

// Where the first statement of a 1.x rule file stands, or nothing where the text is not one. Comments of
// all 1.x versions (`#`, `//`,
// `/* */`) may come before it.
std::optional<Position> find_legacy_statement(std::string_view text);

}  // namespace tocsin
