// `tocsin check --explain`: what a finding means, or all of them as a table.
#pragma once

#include <span>
#include <string_view>

#include "app/command_output.h"
#include "core/finding.h"

namespace tocsin {

// `code` is a code, or all or list. A code that nobody knows is wrong usage; the near ones are named.
CommandOutput explain_finding(std::string_view code, std::span<const FindingKind> all);

}  // namespace tocsin
