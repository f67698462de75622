// Uses of metrics that do not fit their type. Which metric is of which type, the caller says: by name, or
// because a server has told it.
#pragma once

#include <functional>
#include <string_view>

#include "rules/findings/rule_check.h"

namespace tocsin {

using IsOfType = std::function<bool(std::string_view metric)>;

// promql/counter: the value of a counter compared, or a counter in a function that is for gauges.
void check_counter_uses(const RuleUnderCheck&, const IsOfType& is_counter, FindingList&);
// promql/rate: rate(), irate() and increase() of a gauge.
void check_gauge_uses(const RuleUnderCheck&, const IsOfType& is_gauge, FindingList&);

}  // namespace tocsin
