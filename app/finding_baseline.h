// A baseline: the findings that a team knows of and lives with, so that only new ones block. A finding is
// known again by its code, file, rule and message, numbers of lines and rules in it left out: moving lines
// changes nothing. Errors are never part of one.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "app/check_report.h"
#include "core/result.h"

namespace tocsin {

// The message without what changes when lines and rules above come and go.
std::string lasting_message(std::string_view message);

class FindingBaseline {
 public:
  FindingBaseline() = default;
  // Of the findings among the problems; paths as in a report.
  static FindingBaseline of(const std::vector<ReportedProblem>&, const std::string& current_folder);
  static Result<FindingBaseline> parse(std::string_view json);
  std::string json() const;

  std::size_t size() const;

  // Takes away the findings that are known; how many those were, and which entries of checked files match
  // none, go into the report.
  void hide(CheckReport&, const std::string& current_folder) const;

 private:
  // code, file, rule, message
  using Key = std::tuple<std::string, std::string, std::string, std::string>;
  static Key key_of(const ReportedProblem&, const std::string& current_folder);
  std::map<Key, std::size_t> known_;  // and how many there are of it
};

}  // namespace tocsin
