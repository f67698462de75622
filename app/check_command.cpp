#include "app/check_command.h"

#include <cstdio>

#include "app/configuration.h"
#include "app/problem_report.h"

namespace tocsin {

int run_check(const CheckOptions& options) {
  DiskFiles files;
  bool failed = false;
  for (const std::string& path : options.files) {
    Problems problems;
    std::string summary;
    const auto text = files.read(path);
    if (!text) {
      problems.error(path, {}, text.error().message);
    } else if (looks_like_configuration(*text)) {
      const auto configuration = load_configuration(path, "http://localhost:9093", files, problems,
                                                    MatcherDialect::kFallback, options.dialect);
      if (configuration) {
        summary = std::to_string(configuration->receivers.size()) + " receivers, " +
                  std::to_string(configuration->engine.evaluator->groups.size()) + " rule groups, " +
                  std::to_string(configuration->rule_count) + " rules";
      }
    } else {
      summary = std::to_string(check_rule_file(path, files, problems, options.dialect)) + " rules";
    }
    std::fputs(problem_report(problems, files).c_str(), stderr);
    const bool bad = problems.has_errors();
    failed = failed || bad;
    std::printf("%s: %s\n", path.c_str(), bad ? "FAILED" : ("ok, " + summary).c_str());
  }
  return failed ? 1 : 0;
}

}  // namespace tocsin
