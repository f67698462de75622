// Where the parts of a Prometheus 1.x rule stand in its file, for who wants to show them. A 1.x rule has no
// node that knows, as one in YAML has.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rules/promql/ast.h"

namespace tocsin {

enum class TextKind : std::uint8_t { kLabel, kAnnotation };

struct LegacyRuleExtents {
  struct Text {
    TextKind kind = TextKind::kLabel;
    std::string name;
    promql::Extent value;  // with its quotes
  };
  promql::Extent name, expression, hold_for;  // empty where there is none
  std::vector<Text> texts;
};

}  // namespace tocsin
