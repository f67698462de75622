#include "app/rule_owners.h"

#include <algorithm>
#include <utility>

#include "app/comment_directive.h"
#include "app/rule_lines.h"

namespace tocsin {
namespace {

using Ranges = std::vector<std::pair<int, int>>;  // by first line

std::size_t range_of(const Ranges& ranges, int line) {
  const auto after = std::ranges::upper_bound(ranges, line, {}, &std::pair<int, int>::first);
  const auto found = static_cast<std::size_t>(after - ranges.begin());
  return found > 0 && line <= ranges[found - 1].second ? found - 1 : ranges.size();
}

}  // namespace

std::vector<RuleOwner> rule_owners(const CheckedRuleFile& file) {
  using What = CommentDirective::What;
  std::string of_file;
  std::vector<std::pair<int, std::string>> said;  // of rules, by line
  const std::vector<std::string_view> lines = split_lines(file.source().all());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].find("owner") == std::string_view::npos) continue;
    const auto directive = read_comment_directive(lines[i]);
    if (!directive) continue;
    if (directive->what == What::kFileOwner) of_file = directive->owner;
    if (directive->what == What::kRuleOwner) said.emplace_back(static_cast<int>(i) + 1, directive->owner);
  }
  Ranges ranges;
  if (!said.empty()) ranges = rule_lines(file, lines);
  std::vector<std::string> by_range(ranges.size() + 1);  // the last: of no rule
  for (const auto& [line, name] : said) by_range[range_of(ranges, line)] = name;
  by_range.back().clear();
  std::vector<RuleOwner> owners;
  for (const CheckedGroup& group : file.groups) {
    for (const CheckedRule& rule : group.rules)
      owners.push_back({by_range[range_of(ranges, rule.rule->position.line)], of_file});
  }
  return owners;
}

}  // namespace tocsin
