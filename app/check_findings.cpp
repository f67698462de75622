#include "app/check_findings.h"

#include <vector>

#include "app/cross_findings.h"
#include "app/parallel.h"
#include "app/suppressions.h"
#include "app/template_findings.h"
#include "router/config_findings.h"
#include "rules/findings/rule_findings.h"

namespace tocsin {
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
  apply_suppressions(commented, options.now, problems);
}

}  // namespace tocsin
