#include "rules/policies/policy_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/labels.h"
#include "rules/policies/policy_report.h"
#include "rules/policies/policy_scope.h"

namespace tocsin {

void PolicyReport::add(const FindingKind& kind, const Place& place, std::string subject, std::string message,
                       std::string way_out) {
  if (!policy_->comment.empty()) way_out += (way_out.empty() ? "" : "; ") + policy_->comment;
  out_.push_back({{rule_.file.file(), place.position, policy_->severity, about_rule(rule_, message),
                   std::move(way_out), place.length, std::string(kind.code)},
                  std::move(subject)});
}

void PolicyReport::at_key(const FindingKind& kind, std::string_view key, std::string subject,
                          std::string message, std::string way_out) {
  add(kind, rule_.file.place(rule_.checked, key), std::move(subject), std::move(message), std::move(way_out));
}

void PolicyReport::at_name(const FindingKind& kind, std::string subject, std::string message,
                           std::string way_out) {
  at_key(kind, rule_.alerting() ? "alert" : "record", std::move(subject), std::move(message),
         std::move(way_out));
}

void PolicyReport::at_expression(const FindingKind& kind, promql::Extent extent, std::string subject,
                                 std::string message, std::string way_out) {
  add(kind, rule_.file.expression_place(rule_.checked, extent), std::move(subject), std::move(message),
      std::move(way_out));
}

void PolicyReport::at_text(const FindingKind& kind, TextKind text, std::string_view name, std::string subject,
                           std::string message, std::string way_out) {
  add(kind, rule_.file.text_place(rule_.checked, text, name), std::move(subject), std::move(message),
      std::move(way_out));
}

std::string value_mistake(std::string_view value, const std::optional<Matcher>& pattern,
                          const std::vector<std::string>& values) {
  if (pattern && !pattern->matches(value)) return fmt::format("does not match `{}`", pattern->value());
  if (values.empty() || std::ranges::find(values, value) != values.end()) return "";
  return fmt::format("is none of {}", fmt::join(values, ", "));
}

std::span<const FindingKind> policy_finding_kinds() {
  static const std::vector<FindingKind> kKinds{kAggregateKind, kSelectorKind, kAnnotationKind,
                                               kLabelKind,     kRejectKind,   kForKind,
                                               kNameKind,      kOwnerKind,    kReportKind};
  return kKinds;
}

bool is_policy_code(std::string_view code) {
  return std::ranges::find(policy_finding_kinds(), code, &FindingKind::code) != policy_finding_kinds().end();
}

bool ask_for_owners(std::span<const Policy> policies) {
  return std::ranges::any_of(policies, [](const Policy& policy) { return policy.owner.has_value(); });
}

std::vector<PolicyFinding> check_policies(const CheckedRuleFile& file, std::span<const Policy> policies,
                                          std::span<const RuleOwner> owners) {
  std::vector<PolicyFinding> found;
  if (policies.empty()) return found;
  const RuleOwner nobody;
  ExpressionView view;
  std::vector<const Policy*> asked;
  std::size_t number = 0;
  for (const CheckedGroup& group : file.groups) {
    for (const CheckedRule& checked : group.rules) {
      const RuleOwner& owner = number < owners.size() ? owners[number] : nobody;
      ++number;
      asked.clear();
      for (const Policy& policy : policies) {
        if (is_about(policy, *checked.rule, file.file())) asked.push_back(&policy);
      }
      if (asked.empty()) continue;
      view.show(checked.tree);
      const std::vector<LabelFlow> flows = label_flows(view);
      const RuleUnderCheck rule{file, group, checked, *checked.rule, std::nullopt, view, flows};
      PolicyReport report(rule, owner, found);
      for (const Policy* policy : asked) {
        report.begin(*policy);
        check_aggregations(*policy, report);
        check_selectors(*policy, report);
        check_texts(*policy, report);
        check_rule(*policy, report);
      }
    }
  }
  return found;
}

}  // namespace tocsin
