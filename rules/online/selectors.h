// The selectors of an expression as a server is asked about them.
#pragma once

#include <string>
#include <string_view>

#include "core/time.h"
#include "rules/expression_view.h"
#include "rules/online/question.h"

namespace tocsin {

// Canonical, without offset and @: equal selectors are one text.
std::string bare_selector(const promql::VectorSelector&);
// Everything of one metric.
std::string metric_selector(std::string_view metric);

// How far back an expression looks for a selector.
struct Reach {
  Duration range{};   // its own, and those of the subqueries around it
  Duration offset{};  // of them all; negative ones count as none
  bool known = true;  // false where a duration is calculated, or @ names a time
  Duration all() const { return range + offset; }
};
Reach reach_of(const ExpressionView&, std::size_t node);

// Of the selector, how many series there are now, by job.
Question series_by_job(const promql::VectorSelector&);

}  // namespace tocsin
