// absent() where it makes the alert by itself.
#pragma once

#include <vector>

#include "rules/findings/rule_check.h"

namespace tocsin {

// At the top of the expression, or in a branch of `or`; not those of what always gives something.
std::vector<const promql::Call*> absent_calls(const RuleUnderCheck&);

}  // namespace tocsin
