#include "app/check_findings.h"

#include <set>
#include <tuple>
#include <vector>

#include "app/cross_findings.h"
#include "app/parallel.h"
#include "app/suppressions.h"
#include "app/template_findings.h"
#include "router/config_findings.h"
#include "rules/findings/rule_findings.h"
#include "rules/online/online_findings.h"

namespace tocsin {
namespace {

// What is found without a server as well is said once.
void add_online(const CheckedRuleFile& file, bool evaluated_by_server, const Survey& survey,
                Problems& problems) {
  Inquiry inquiry(survey.answers);
  Problems online;
  find_online(file, survey.options, evaluated_by_server, inquiry, online);
  std::set<std::tuple<std::string_view, int, int>> known;  // views into `before`
  const Problems before = problems;
  for (const Problem& problem : before.all())
    known.emplace(problem.code, problem.position.line, problem.position.column);
  for (const Problem& problem : online.all()) {
    if (!known.contains({problem.code, problem.position.line, problem.position.column}))
      problems.add(problem);
  }
}

}  // namespace

void add_findings(const CheckedSources& sources, const Configuration* configuration,
                  const FindingOptions& options, Problems& problems) {
  std::vector<Problems> found(sources.rule_files.size());
  in_parallel(found.size(), [&](std::size_t i) {
    find_in_rule_file(sources.rule_files[i], sources.evaluation_interval, found[i]);
    find_in_templates(sources.rule_files[i], found[i]);
    if (options.survey != nullptr)
      add_online(sources.rule_files[i], configuration == nullptr, *options.survey, found[i]);
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
  const bool all_known = options.survey != nullptr && options.survey->is_complete();
  const auto undecided = [&](std::string_view code) { return !all_known && may_be_found_online(code); };
  apply_suppressions(commented, options.now, undecided, problems);
}

}  // namespace tocsin
