// What a reload, or a start, changed about the rules, for whoever wants to tell the people who may be paged soon.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/time.h"

namespace tocsin {

struct RuleChange {
  enum class Kind : std::uint8_t { kAdded, kRemoved, kChanged };
  Kind kind = Kind::kChanged;
  std::string rule;  // its name; empty: the group itself
  std::string group;
  std::string file;
  std::vector<std::string> keys;  // of kChanged: what of it, as rule files call it: expr, for, labels, …
};

struct RulesChanged {
  TimePoint at = kNoTime;  // when it took effect
  std::string host;        // of the program that tells
  std::vector<RuleChange> changes;
};

}  // namespace tocsin
