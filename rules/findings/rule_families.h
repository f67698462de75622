// The families of checks of single rules, one file of this folder each.
#pragma once

#include "rules/findings/rule_check.h"

namespace tocsin {

extern const RuleCheck kAlertComparison;   // alerts/comparison
extern const RuleCheck kAlertFor;          // alerts/for, alerts/absent
extern const RuleCheck kAlertTemplate;     // alerts/template
extern const RuleCheck kPromqlFragile;     // promql/fragile
extern const RuleCheck kPromqlImpossible;  // promql/impossible
extern const RuleCheck kPromqlMatching;    // promql/vector_matching
extern const RuleCheck kPromqlNan;         // promql/nan
extern const RuleCheck kPromqlRate;        // promql/rate
extern const RuleCheck kPromqlCounter;     // promql/counter
extern const RuleCheck kPromqlRegexp;      // promql/regexp
extern const RuleCheck kAiMetrics;         // ai/…

}  // namespace tocsin
