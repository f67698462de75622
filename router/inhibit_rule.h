// An InhibitRule says which firing alerts (sources) keep which others (targets) from being announced. It is
// what the user wrote, decoded; who inhibits whom now is the Inhibitor's business.
#pragma once

#include <string>
#include <vector>

#include "core/matcher.h"
#include "core/problem.h"
#include "core/yaml_reader.h"

namespace tocsin {

struct InhibitRule {
  std::string name;  // may be empty, and need not be unique
  Matchers source;   // of source_match, source_match_re and source_matchers together; empty: every alert
  Matchers target;
  std::vector<std::string> equal;  // labels that must have one value on both sides; absent counts as ""
  Position position;
};

// An alert that matches both sides is never inhibited by one that does too. So a rule whose sides are the
// same inhibits nothing.
bool can_inhibit(const InhibitRule&);

// How messages call a rule: its name in quotes, or its line.
std::string describe(const InhibitRule&);

// Decodes `inhibit_rules:`. As in Alertmanager a null entry is a rule without matchers, which inhibits
// nothing. What is legal but hardly meant becomes a warning.
std::vector<InhibitRule> read_inhibit_rules(const YamlNode& list, MatcherDialect, Problems&);

}  // namespace tocsin
