// Holds the rules of a file to policies: promql/aggregate, promql/selector, alerts/annotation, rule/label,
// rule/for, rule/name, rule/owner, rule/reject and rule/report, under pint's names for them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/finding.h"
#include "core/problem.h"
#include "rules/checked_rule_file.h"
#include "rules/policies/policy.h"

namespace tocsin {

struct PolicyFinding {
  Problem problem;
  // What of several things with the same code it is about, as comments name it behind the code:
  // promql/aggregate(job:true), rule/label(severity). Empty where there is only one.
  std::string subject;
};

std::span<const FindingKind> policy_finding_kinds();
bool is_policy_code(std::string_view code);

// Who owns a rule by the comments of its file; empty: nobody.
struct RuleOwner {
  std::string of_rule;  // said of the rule itself
  std::string of_file;
};
bool ask_for_owners(std::span<const Policy>);

// `owners` has one for each rule of the file, in order; it may be empty where no policy asks for owners.
// Looks at one file only and keeps nothing: files may be checked on several threads at once.
std::vector<PolicyFinding> check_policies(const CheckedRuleFile&, std::span<const Policy>,
                                          std::span<const RuleOwner> owners);

}  // namespace tocsin
