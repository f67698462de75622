#include "app/check_findings.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include "app/cross_findings.h"
#include "app/parallel.h"
#include "app/rule_owners.h"
#include "app/suppressions.h"
#include "app/template_findings.h"
#include "router/config_findings.h"
#include "rules/findings/rule_findings.h"
#include "rules/online/online_findings.h"
#include "rules/policies/policy_check.h"

namespace tocsin {
namespace {

// What is found without a server as well is said once.
void add_online(const CheckedRuleFile& file, bool evaluated_by_server, const Survey& survey,
                Problems& problems) {
  Inquiry inquiry(survey.answers);
  Problems online;
  find_online(file, survey.options, evaluated_by_server, inquiry, online);
  std::set<std::tuple<std::string_view, int, int>> known;  // views into `problems`
  for (const Problem& problem : problems.all())
    known.emplace(problem.code, problem.position.line, problem.position.column);
  Problems fresh;
  for (const Problem& problem : online.all()) {
    if (!known.contains({problem.code, problem.position.line, problem.position.column})) fresh.add(problem);
  }
  problems.append(fresh);
}

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
    if (options.survey != nullptr)
      add_online(sources.rule_files[i], !options.evaluated_here(sources.rule_files[i]), *options.survey,
                 found[i]);
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
  const auto of_policies = find_by_policies(sources, options.policies);
  const bool all_known = options.survey != nullptr && options.survey->is_complete();
  const auto undecided = [&](std::string_view code) {
    return (!all_known && may_be_found_online(code)) || (!of_policies && is_policy_code(code));
  };
  apply_suppressions(commented, options.now, undecided, of_policies ? &*of_policies : nullptr, problems);
}

}  // namespace tocsin
