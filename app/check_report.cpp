#include "app/check_report.h"

#include <algorithm>
#include <filesystem>

namespace tocsin {

bool CheckReport::failed() const {
  return std::ranges::any_of(problems, [&](const ReportedProblem& one) { return fails(one.problem); });
}

std::set<std::string> CheckReport::failed_files() const {
  std::set<std::string> with_failures, failed;
  for (const ReportedProblem& one : problems) {
    if (fails(one.problem)) with_failures.insert(one.problem.file);
  }
  for (const CheckedFile& file : files) {
    const bool own = with_failures.contains(file.path);
    if (own || std::ranges::any_of(file.files,
                                   [&](const std::string& name) { return with_failures.contains(name); }))
      failed.insert(file.path);
  }
  return failed;
}

std::size_t CheckReport::count(Severity severity) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      problems, [&](const ReportedProblem& one) { return one.problem.severity == severity; }));
}

std::string code_of(const Problem& problem) {
  return problem.code.empty() ? "load/" + std::string(to_string(problem.severity)) : problem.code;
}

std::string report_path(const std::string& path, const std::string& current_folder) {
  const std::filesystem::path normal = std::filesystem::path(path).lexically_normal();
  if (!normal.is_absolute() || current_folder.empty()) return normal.generic_string();
  const std::filesystem::path below = normal.lexically_relative(current_folder);
  const bool outside = below.empty() || *below.begin() == "..";
  return (outside ? normal : below).generic_string();
}

}  // namespace tocsin
