// Writes a parsed expression: on one line as Prometheus' API and promtool print it, or on several, indented,
// as `promtool promql format` does. Either form parses to the same tree again. Comments are lost.
#pragma once

#include <string>

#include "rules/promql/ast.h"

namespace tocsin::promql {

std::string to_string(const Expr&);
// Breaks what is longer than 100 characters.
std::string to_pretty_string(const Expr&);

}  // namespace tocsin::promql
