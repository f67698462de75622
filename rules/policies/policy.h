// A Policy is what a team asks of its rules beyond what Prometheus does: which labels and annotations they
// carry, what aggregations keep, how long an alert waits, who owns it. `tocsin check` holds rules to it; the
// running program does not know it. Written under `checks:` in the configuration or in a file of its own,
// read by policy_reader.h, applied by policy_check.h.
//
// Patterns are regular expressions of RE2 that must match the whole text, as in matchers; their Matcher has
// no name.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/matcher.h"
#include "core/problem.h"
#include "core/time.h"
#include "rules/rule.h"

namespace tocsin {

// Which rules are meant: those for which all holds. What is empty asks for nothing.
struct PolicyScope {
  std::optional<Rule::Kind> kind;
  std::optional<Matcher> name;     // pattern of the rule's name
  Matchers labels;                 // of the labels that the rule or its group sets, and alertname
  std::vector<std::string> paths;  // of the rule's file; see path_matches

  bool empty() const { return !kind && !name && labels.empty() && paths.empty(); }
};

// What is asked of one label or annotation.
struct TextPolicy {
  std::string name;
  bool required = false;
  bool forbidden = false;
  std::optional<Matcher> pattern;   // of the value, where there is one
  std::vector<std::string> values;  // which it may have; empty: any
};

// Labels that every selector must have a matcher for.
struct SelectorPolicy {
  std::optional<Matcher> metric;    // only selectors of such metrics
  std::optional<Matcher> function;  // only selectors in the arguments of such functions
  std::vector<std::string> labels;
};

struct DurationPolicy {
  std::optional<Duration> min, max;
};

// Somebody must own the rule, by a comment (# tocsin rule/owner NAME, # pint file/owner NAME) or by a label.
struct OwnerPolicy {
  std::string label;               // whose value is the owner too; empty: comments only
  std::optional<Matcher> pattern;  // of the owner
  std::vector<std::string> values;
};

// A text that no name or value may match.
struct RejectPolicy {
  Matcher pattern;
  bool label_names = false, label_values = false;
  bool annotation_names = false, annotation_values = false;
};

struct Policy {
  Severity severity = Severity::kWarning;  // or kNote
  std::string comment;                     // said with every finding
  PolicyScope match;
  std::optional<PolicyScope> ignore;  // those of them that are not meant after all

  std::vector<std::string> keep, strip;  // labels that results keep, or do not have
  std::vector<TextPolicy> annotations;   // of alerting rules
  std::vector<TextPolicy> labels;
  std::vector<SelectorPolicy> selectors;
  std::optional<DurationPolicy> hold_for, keep_firing_for;  // of alerting rules
  std::optional<Matcher> rule_name;
  std::optional<OwnerPolicy> owner;
  std::vector<RejectPolicy> reject;
  bool report = false;  // every rule
};

}  // namespace tocsin
