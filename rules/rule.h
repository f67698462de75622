// A Rule is what the user wrote in a rule file, after decoding and validation: immutable, shared by everybody
// who evaluates or shows it. It knows nothing of what is true now (that is an Instance in evaluator/).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/labels.h"
#include "core/problem.h"
#include "core/time.h"

namespace tocsin {

struct Rule {
  enum class Kind { kAlerting, kRecording };
  Kind kind = Kind::kAlerting;
  std::string name;        // of the alert, or of the recorded series
  std::string expression;  // PromQL, as written
  Duration hold_for{};     // `for`
  Duration keep_firing_for{};
  std::map<std::string, std::string>
      labels;  // group labels merged under the rule's own; values are templates in alerting rules
  std::map<std::string, std::string> annotations;  // values are templates
  Position position;                               // of the rule in its file
  friend bool operator==(const Rule&, const Rule&) = default;
};

struct RuleGroup {
  std::string file;                      // as named by the configuration
  std::string name;                      // unique within the file
  std::optional<Duration> interval;      // absent: the global evaluation_interval
  std::optional<Duration> query_offset;  // absent: the global rule_query_offset; an explicit 0s overrides it
  std::int64_t limit = 0;                // 0: unlimited
  std::vector<Rule> rules;
  Position position;
  friend bool operator==(const RuleGroup&, const RuleGroup&) = default;
};

}  // namespace tocsin
