// Templates of rules that parse and then fail: each is executed on the labels that its rule's expression can
// give. What fails whatever the labels are, and what fails as soon as a query of the template finds nothing,
// is a finding: the alert would carry the error instead of the text.
#pragma once

#include <span>

#include "core/finding.h"
#include "core/problem.h"
#include "rules/checked_rule_file.h"

namespace tocsin {

std::span<const FindingKind> template_finding_kinds();

void find_in_templates(const CheckedRuleFile&, Problems&);

}  // namespace tocsin
