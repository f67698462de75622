#include "app/finding_catalogue.h"

#include <algorithm>

#include "app/cross_findings.h"
#include "app/suppressions.h"
#include "app/template_findings.h"
#include "router/config_findings.h"
#include "rules/findings/rule_findings.h"
#include "rules/online/online_findings.h"
#include "rules/policies/policy_check.h"

namespace tocsin {

const std::vector<FindingKind>& all_findings() {
  static const std::vector<FindingKind> kAll = [] {
    std::vector<FindingKind> all = rule_finding_kinds();
    for (const auto kinds : {config_finding_kinds(), cross_finding_kinds(), suppression_finding_kinds(),
                             template_finding_kinds(), policy_finding_kinds()})
      all.insert(all.end(), kinds.begin(), kinds.end());
    const std::vector<FindingKind> online = online_finding_kinds();
    all.insert(all.end(), online.begin(), online.end());
    std::ranges::sort(all, {}, &FindingKind::code);
    return all;
  }();
  return kAll;
}

const FindingKind* find_finding(std::string_view code) {
  const auto& all = all_findings();
  const auto found = std::ranges::lower_bound(all, code, {}, &FindingKind::code);
  return found != all.end() && found->code == code ? &*found : nullptr;
}

}  // namespace tocsin
