#include "rules/findings/rule_findings.h"

#include "rules/findings/group_findings.h"
#include "rules/findings/rule_families.h"

namespace tocsin {
namespace {

constexpr const RuleCheck* kChecks[] = {
    &kAlertComparison, &kAlertFor,   &kAlertTemplate, &kPromqlFragile, &kPromqlImpossible, &kPromqlMatching,
    &kPromqlNan,       &kPromqlRate, &kPromqlCounter, &kPromqlRegexp,  &kAiMetrics,
};

}  // namespace

std::vector<FindingKind> rule_finding_kinds() {
  std::vector<FindingKind> kinds;
  const auto add = [&](std::span<const FindingKind> some) {
    kinds.insert(kinds.end(), some.begin(), some.end());
  };
  for (const RuleCheck* check : kChecks) add(check->kinds);
  add(kGroupKinds);
  add(kDuplicateKinds);
  add(kDependencyKinds);
  return kinds;
}

void find_in_rule_file(const CheckedRuleFile& file, std::optional<Duration> evaluation_interval,
                       Problems& problems) {
  FindingList out(problems);
  ExpressionView view;
  for (const CheckedGroup& group : file.groups) {
    check_group(file, group, out);
    const std::optional<Duration> interval =
        group.group->interval ? group.group->interval : evaluation_interval;
    for (const CheckedRule& checked : group.rules) {
      view.show(checked.tree);
      const std::vector<LabelFlow> flows = label_flows(view);
      const RuleUnderCheck rule{file, group, checked, *checked.rule, interval, view, flows};
      for (const RuleCheck* check : kChecks) check->check(rule, out);
    }
  }
}

void find_in_rule_files(std::span<const CheckedRuleFile> files, Problems& problems) {
  FindingList out(problems);
  check_duplicates(files, out);
  check_dependencies(files, out);
}

}  // namespace tocsin
