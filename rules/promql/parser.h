// Reads a PromQL expression: syntax, then types. It accepts and refuses what Prometheus does and finds
// everything that is wrong: one mistake of syntax at most (behind it nothing is certain), but all others.
//
//   Parsed parsed = parse("rate(http_requests_total[5m]) > 10", Dialect::any());
//   if (parsed.errors.empty()) visit(*parsed.tree.root(), …);
//
// Time and memory are linear in the source. No input makes it recurse deeper than kDeepest allows.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "rules/promql/dialect.h"
#include "rules/promql/tree.h"

namespace tocsin::promql {

struct Mistake {
  Extent extent;        // the offending piece
  std::string message;  // as Prometheus words it, after "parse error: "
  std::string hint;     // the way out; may be empty
};

// Of one expression no more are listed; one more says that there are others.
inline constexpr std::size_t kMostMistakes = 50;
void add_mistake(std::vector<Mistake>&, Mistake);

struct Parsed {
  Tree tree;                      // with a root where there are no errors
  std::vector<Mistake> errors;    // in the order in which Prometheus finds them
  std::vector<Mistake> warnings;  // what only some servers take, under Dialect::any()
};

Parsed parse(std::string_view source, const Dialect& = {});

// "1:7: parse error: MESSAGE", as Prometheus reports it: line and column within the expression.
std::string to_string(const Mistake&, std::string_view source);

}  // namespace tocsin::promql
