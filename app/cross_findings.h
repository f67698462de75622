// What shows only where rules and routes are seen together: alerts that no route was made for, routes and
// inhibition rules that no rule can reach, labels that notifications ask for and no rule carries.
//
// Alerts may be posted from outside too, and series may have labels of which the expressions say nothing: a
// finding is made only where every rule rules it out, and says that it speaks of rules.
#pragma once

#include <span>

#include "app/checked_sources.h"
#include "app/configuration.h"
#include "core/finding.h"
#include "core/problem.h"

namespace tocsin {

std::span<const FindingKind> cross_finding_kinds();

// Says nothing where there is no alerting rule.
void find_across(const CheckedSources&, const Configuration&, Problems&);

}  // namespace tocsin
