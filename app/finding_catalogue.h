// Every kind of finding there is, from all families, by code: for `tocsin check --explain CODE`, for its list
// of codes, and to say which comment names a code that nobody knows.
#pragma once

#include <string_view>
#include <vector>

#include "core/finding.h"

namespace tocsin {

// In order of code.
const std::vector<FindingKind>& all_findings();
// Null where nobody has it.
const FindingKind* find_finding(std::string_view code);

}  // namespace tocsin
