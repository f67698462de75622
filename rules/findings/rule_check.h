// A check of rules: the kinds of finding it can make, and a pure function over one rule. Each family of
// checks is one file of this folder; rule_findings.cpp lists them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/finding.h"
#include "core/time.h"
#include "rules/checked_rule_file.h"
#include "rules/expression_view.h"
#include "rules/label_flow.h"

namespace tocsin {

// One rule, with all that the checks look at.
struct RuleUnderCheck {
  const CheckedRuleFile& file;
  const CheckedGroup& group;
  const CheckedRule& checked;
  const Rule& rule;
  std::optional<Duration> interval;     // from one evaluation to the next, where it is known
  const ExpressionView& view;           // empty where the expression has mistakes
  const std::vector<LabelFlow>& flows;  // of each node of the view

  bool alerting() const { return rule.kind == Rule::Kind::kAlerting; }
};

// The message with the rule's name in front: alert DiskFull: …
std::string about_rule(const RuleUnderCheck&, std::string_view message);

class FindingList {
 public:
  explicit FindingList(Problems& problems) : problems_(problems) {}

  // At the key of the rule, or at a piece of its expression, label or annotation. The message is a sentence
  // without the rule's name, which comes in front.
  void at_key(const RuleUnderCheck&, const FindingKind&, std::string_view key, std::string message,
              std::string hint);
  // At a label of the rule; at the rule where it has it from its group.
  void at_label(const RuleUnderCheck&, const FindingKind&, std::string_view name, std::string message,
                std::string hint);
  void at_expression(const RuleUnderCheck&, const FindingKind&, promql::Extent, std::string message,
                     std::string hint);
  void at_text(const RuleUnderCheck&, const FindingKind&, const CheckedTemplate&, std::size_t begin,
               std::size_t end, std::string message, std::string hint);
  void at(std::string_view file, const Place&, const FindingKind&, std::string message, std::string hint);

 private:
  Problems& problems_;
};

struct RuleCheck {
  std::span<const FindingKind> kinds;
  void (*check)(const RuleUnderCheck&, FindingList&);
};

}  // namespace tocsin
