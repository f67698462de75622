// Checks of rule groups, and of the rules of all files together.
#pragma once

#include <optional>
#include <span>

#include "rules/findings/rule_check.h"

namespace tocsin {

extern const std::span<const FindingKind> kGroupKinds;  // group/interval
void check_group(const CheckedRuleFile&, const CheckedGroup&, FindingList&);

extern const std::span<const FindingKind> kDuplicateKinds;  // rule/duplicate
void check_duplicates(std::span<const CheckedRuleFile>, FindingList&);

// rule/dependency; of promql/rate what shows only where the recording rule is seen.
extern const std::span<const FindingKind> kDependencyKinds;
void check_dependencies(std::span<const CheckedRuleFile>, FindingList&);

}  // namespace tocsin
