// Which PromQL the server speaks, as far as it tells.
#pragma once

#include <optional>
#include <vector>

#include "rules/online/online_check.h"
#include "rules/promql/parser.h"

namespace tocsin {

// Nothing where it has not told, is older than the dialects that are known, or is not Prometheus itself:
// others give numbers of their own.
std::optional<promql::Dialect> server_dialect(Inquiry&);

// Whether the server was asked which it speaks.
bool was_asked_for_dialect(Inquiry&);

// What of the rule's expression that dialect does not have.
std::vector<promql::Mistake> mistakes_in_dialect(const OnlineRule&);
// Whether there is anything.
bool is_beyond(const OnlineRule&);

}  // namespace tocsin
