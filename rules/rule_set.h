// What can only be seen when all rule files of a configuration are read: rules that say the same twice.
#pragma once

#include <vector>

#include "core/problem.h"
#include "rules/rule.h"

namespace tocsin {

// A warning for each rule that has the kind, name, expression and labels of an earlier one: both make the
// same alerts or series, so whichever is evaluated last wins.
void check_rule_set(const std::vector<RuleGroup>& groups, Problems&);

}  // namespace tocsin
