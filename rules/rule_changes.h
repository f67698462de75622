// Compares the rules before and after a reload or a restart.
#pragma once

#include <vector>

#include "core/rule_change.h"
#include "rules/rule.h"

namespace tocsin {

// In the order of files, groups and rules: those of `after`, then what is gone. A rule is the same one where
// file, group and name are; of several with one name those that say the same are, and then those in the same
// order. Where a rule stands in its file is no change.
std::vector<RuleChange> rule_changes(const std::vector<const RuleGroup*>& before,
                                     const std::vector<const RuleGroup*>& after);

}  // namespace tocsin
