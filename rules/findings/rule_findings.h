// All checks of rules: of each by itself, of groups, and of the rules of all files together.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/finding.h"
#include "core/problem.h"
#include "core/time.h"
#include "rules/checked_rule_file.h"

namespace tocsin {

std::vector<FindingKind> rule_finding_kinds();

// Looks at one file only and keeps nothing: files may be checked on several threads at once.
// `evaluation_interval` is that of groups without their own; nothing where nobody knows it.
void find_in_rule_file(const CheckedRuleFile&, std::optional<Duration> evaluation_interval, Problems&);
// What shows only where all files are seen: rules that say the same, and who uses what another records.
void find_in_rule_files(std::span<const CheckedRuleFile>, Problems&);

}  // namespace tocsin
