#include "app/check_findings.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <vector>

#include "app/cross_findings.h"
#include "app/parallel.h"
#include "app/rule_owners.h"
#include "app/suppressions.h"
#include "app/template_findings.h"
#include "router/config_findings.h"
#include "rules/findings/rule_findings.h"
#include "rules/policies/policy_check.h"

namespace tocsin {
namespace {

// Nothing where there is no policy.
std::optional<std::vector<PolicyFinding>> find_by_policies(const CheckedSources& sources,
                                                           std::span<const Policy> more) {
  std::vector<Policy> policies = sources.policies;
  policies.insert(policies.end(), more.begin(), more.end());
  if (policies.empty()) return std::nullopt;
  const bool with_owners = ask_for_owners(policies);
  std::vector<std::vector<PolicyFinding>> found(sources.rule_files.size());
  in_parallel(found.size(), [&](std::size_t i) {
    const CheckedRuleFile& file = sources.rule_files[i];
    found[i] = check_policies(file, policies, with_owners ? rule_owners(file) : std::vector<RuleOwner>());
  });
  std::vector<PolicyFinding> all;
  for (std::vector<PolicyFinding>& in_file : found) std::ranges::move(in_file, std::back_inserter(all));
  return all;
}

}  // namespace

void add_findings(const CheckedSources& sources, const Configuration* configuration,
                  const FindingOptions& options, Problems& problems) {
  std::vector<Problems> found(sources.rule_files.size());
  in_parallel(found.size(), [&](std::size_t i) {
    find_in_rule_file(sources.rule_files[i], sources.evaluation_interval, found[i]);
    find_in_templates(sources.rule_files[i], found[i]);
  });
  for (const Problems& in_file : found) problems.append(in_file);
  find_in_rule_files(sources.rule_files, problems);
  if (configuration != nullptr && sources.configuration) {
    find_in_routing(*configuration->engine.routing, sources.configuration->root, problems);
    find_across(sources, *configuration, problems);
  }

  std::vector<CommentedFile> commented;
  for (const CheckedRuleFile& file : sources.rule_files)
    commented.push_back({file.file(), file.source().all(), &file});
  if (sources.configuration)
    commented.push_back({sources.configuration->file, sources.configuration->text, nullptr});
  apply_suppressions(commented, options.now, find_by_policies(sources, options.policies), problems);
}

}  // namespace tocsin
