// What a check has found, ready to be reported in any format. Plain data: the reports (report_*.h) decide
// nothing.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "core/problem.h"

namespace tocsin {

struct CheckedFile {
  std::string path;
  std::set<std::string> files{};  // it and, of a configuration, all files that belong to it
  bool is_configuration = false;
  std::size_t receivers = 0;  // of a configuration
  std::size_t groups = 0;
  std::size_t rules = 0;
};

struct ReportedProblem {
  Problem problem;
  std::string rule;         // the rule, route or receiver that it is about; may be empty
  std::string fingerprint;  // the same when lines above it come and go
};

struct CheckReport {
  std::vector<CheckedFile> files;         // that were named
  std::vector<ReportedProblem> problems;  // by file and position
  Severity fail_on = Severity::kError;
  std::size_t hidden_by_baseline = 0;
  std::vector<std::string> gone_from_baseline;  // each in words
  std::size_t outside_changes = 0;              // findings of what was not changed

  bool fails(const Problem& problem) const { return problem.severity <= fail_on; }
  bool failed() const;
  // Of those that were named, by path.
  std::set<std::string> failed_files() const;
  std::size_t count(Severity) const;
};

// What it is called where a code is needed: the finding's code, or load/error, load/warning, load/note for
// what loaders say.
std::string code_of(const Problem&);

// A path as reports name it: with forward slashes, without ./, below the current folder from there.
std::string report_path(const std::string& path, const std::string& current_folder);

}  // namespace tocsin
