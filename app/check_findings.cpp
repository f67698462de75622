#include "app/check_findings.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "app/cross_findings.h"
#include "app/suppressions.h"
#include "app/template_findings.h"
#include "router/config_findings.h"
#include "rules/findings/rule_findings.h"

namespace tocsin {
namespace {

// Each file by itself, by as many threads as there are processors; what is found stays in the files' order.
void find_in_each_file(const CheckedSources& sources, Problems& problems) {
  constexpr std::size_t kFilesWorthAThread = 4;
  const auto& files = sources.rule_files;
  std::vector<Problems> found(files.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < files.size(); i = next++) {
      find_in_rule_file(files[i], sources.evaluation_interval, found[i]);
      find_in_templates(files[i], found[i]);
    }
  };
  {
    const std::size_t most =
        std::min<std::size_t>(std::thread::hardware_concurrency(), files.size() / kFilesWorthAThread);
    std::vector<std::jthread> helpers;
    for (std::size_t i = 1; i < most; ++i) helpers.emplace_back(work);
    work();
  }
  for (const Problems& some : found) problems.append(some);
}

}  // namespace

void add_findings(const CheckedSources& sources, const Configuration* configuration,
                  const FindingOptions& options, Problems& problems) {
  find_in_each_file(sources, problems);
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
