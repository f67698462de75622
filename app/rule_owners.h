// Who owns the rules of a file, as its comments say: # tocsin rule/owner NAME in or right above a rule, #
// tocsin file/owner NAME for the file, and the same words of pint's.
#pragma once

#include <vector>

#include "rules/checked_rule_file.h"
#include "rules/policies/policy_check.h"

namespace tocsin {

// Of each rule, in the order of the file. Of several comments that say the same kind of thing the last
// counts.
std::vector<RuleOwner> rule_owners(const CheckedRuleFile&);

}  // namespace tocsin
