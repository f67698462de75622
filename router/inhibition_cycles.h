// Finds inhibition rules that can silence each other: alerts of which each is kept quiet by the next, the
// last by the first, so that nobody hears of any of them. The one file that includes the graph library is
// inhibition_cycles.cpp.
#pragma once

#include <string_view>
#include <vector>

#include "core/problem.h"
#include "router/inhibit_rule.h"

namespace tocsin {

// One warning a cycle, at the first of its rules. Every pair of rules that can silence each other is found;
// of the longer cycles a shortest one through each link. Only what matchers of one label exclude is ruled
// out: a cycle may be one that no alert of yours can close. A rule by itself is no cycle: an alert that
// matches both of its sides is not inhibited by its like.
void check_inhibition_cycles(const std::vector<InhibitRule>&, std::string_view file, Problems&);

}  // namespace tocsin
