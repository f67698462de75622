// A finding is a Problem that no loader refuses: rules and routes that load and go wrong at night. Each kind
// has a stable code (promql/rate, routes/unreachable), by which it is explained (`tocsin check --explain`),
// suppressed in comments and counted. Where pint has the same check, the code is pint's.
#pragma once

#include <string_view>

#include "core/problem.h"

namespace tocsin {

struct FindingKind {
  std::string_view code;         // FAMILY/NAME, for ever
  Severity severity{};           // kWarning or kNote
  std::string_view title;        // one line: what is wrong
  std::string_view explanation;  // why it goes wrong, an example of it, and what to write instead
};

}  // namespace tocsin
