// What must hold whatever is read as PromQL; for the fuzzer and for the tests that mutate expressions.
#pragma once

#include <string>
#include <string_view>

#include "rules/promql/parser.h"
#include "rules/promql/printer.h"
#include "rules/promql/visitor.h"

namespace tocsin::promql {

// The property that is broken, or "".
inline std::string broken_property(std::string_view source, const Dialect& dialect) {
  const Parsed parsed = parse(source, dialect);
  const auto inside = [&](Extent extent) {
    return extent.begin <= extent.end && extent.end <= source.size();
  };
  for (const auto* list : {&parsed.errors, &parsed.warnings}) {
    for (const Mistake& mistake : *list) {
      if (!inside(mistake.extent)) return "a mistake is inside the source: " + mistake.message;
      if (mistake.message.empty()) return "a mistake has words";
    }
  }
  if (parsed.errors.empty() != (parsed.tree.root() != nullptr))
    return "there is a tree where there is no mistake";
  if (parsed.tree.root() == nullptr) return "";
  std::string broken;
  walk(*parsed.tree.root(), [&](const Expr& node) {
    if (!inside(node.extent) || node.extent.begin == node.extent.end) broken = "a node is inside the source";
    if (node.type == ValueType::kNone) broken = "a node has a type";
    if (node.depth > kDeepest) broken = "depth is bounded";
  });
  if (!broken.empty()) return broken;
  const std::string text = to_string(*parsed.tree.root());
  for (const std::string& printed : {text, to_pretty_string(*parsed.tree.root())}) {
    const Parsed again = parse(printed, dialect);
    if (!again.errors.empty()) return "what is printed can be read: " + printed;
    if (to_string(*again.tree.root()) != text) return "what is printed is read as the same: " + printed;
  }
  return "";
}

}  // namespace tocsin::promql
