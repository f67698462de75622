// The rules as the store keeps them for comparison with those of the next start: names, times and limits as
// they are, texts and labels as prints of them. So ten thousand rules take a megabyte, and no text of a rule
// is kept for longer than its file. One record for each group.
#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/record.h"
#include "evaluator/evaluator_config.h"
#include "rules/rule.h"

namespace tocsin {

class RulePrints {
 public:
  static constexpr std::string_view kBucket = "rule";

  // Of groups that several servers have from one file, the first stands for all.
  static RulePrints of(const EvaluatorConfig&);
  static RulePrints restored(std::span<const Record>);

  // As groups that rule_changes() can compare, and nobody can evaluate.
  std::vector<const RuleGroup*> groups() const;
  // What is to be stored after `before` was: what differs, and what is gone.
  std::vector<Record> records_after(const RulePrints& before) const;

 private:
  using Name = std::pair<std::string, std::string>;  // file, group
  std::map<Name, std::size_t> index_;
  std::vector<RuleGroup> groups_;  // in the order of files and groups
};

}  // namespace tocsin
