// Where the checks of policies leave what they find: with the severity and the comment of the policy, the
// place in the file and the name of the rule. For the files of this folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/finding.h"
#include "rules/findings/rule_check.h"
#include "rules/policies/policy.h"
#include "rules/policies/policy_check.h"

namespace tocsin {

class PolicyReport {
 public:
  PolicyReport(const RuleUnderCheck& rule, const RuleOwner& owner, std::vector<PolicyFinding>& out)
      : rule_(rule), owner_(owner), out_(out) {}

  const RuleUnderCheck& rule() const { return rule_; }
  const RuleOwner& owner() const { return owner_; }
  void begin(const Policy& policy) { policy_ = &policy; }

  // At a key of the rule, a piece of its expression, or the value of a label or annotation. The message is a
  // sentence without the rule's name, which comes in front; `subject` is PolicyFinding's.
  void at_key(const FindingKind&, std::string_view key, std::string subject, std::string message,
              std::string way_out);
  void at_name(const FindingKind&, std::string subject, std::string message, std::string way_out);
  void at_expression(const FindingKind&, promql::Extent, std::string subject, std::string message,
                     std::string way_out);
  void at_text(const FindingKind&, TextKind, std::string_view name, std::string subject, std::string message,
               std::string way_out);

 private:
  void add(const FindingKind&, const Place&, std::string subject, std::string message, std::string way_out);

  const RuleUnderCheck& rule_;
  const RuleOwner& owner_;
  const Policy* policy_ = nullptr;
  std::vector<PolicyFinding>& out_;
};

// promql/aggregate
extern const FindingKind kAggregateKind;
void check_aggregations(const Policy&, PolicyReport&);
// promql/selector
extern const FindingKind kSelectorKind;
void check_selectors(const Policy&, PolicyReport&);
// alerts/annotation, rule/label, rule/reject
extern const FindingKind kAnnotationKind, kLabelKind, kRejectKind;
void check_texts(const Policy&, PolicyReport&);
// rule/for, rule/name, rule/owner, rule/report
extern const FindingKind kForKind, kNameKind, kOwnerKind, kReportKind;
void check_rule(const Policy&, PolicyReport&);

// Whether a value is one that is allowed: "" where it is, else what it is not, such as `does not match
// `https://.+``.
std::string value_mistake(std::string_view value, const std::optional<Matcher>& pattern,
                          const std::vector<std::string>& values);

}  // namespace tocsin
