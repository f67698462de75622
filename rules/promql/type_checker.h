// The second half of reading an expression: whether its parts fit together. It reports everything that does
// not, each once: what depends on something wrong already is not judged.
#pragma once

#include <vector>

#include "rules/promql/parser.h"

namespace tocsin::promql {

void check_types(const Tree&, std::vector<Mistake>& errors);

}  // namespace tocsin::promql
