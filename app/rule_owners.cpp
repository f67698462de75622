#include "app/rule_owners.h"

#include <unordered_map>
#include <utility>

#include "app/comment_directive.h"
#include "app/rule_lines.h"

namespace tocsin {

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
  LineRanges ranges;
  if (!said.empty()) ranges = rule_lines(file, lines);
  std::unordered_map<int, std::string> by_first;  // line of the rule, so that those which share it are one
  for (const auto& [line, name] : said) {
    if (const auto* range = find_range(ranges, line)) by_first[range->first] = name;
  }
  const auto owner_at = [&](int line) {
    const auto* range = find_range(ranges, line);
    const auto found = range == nullptr ? by_first.end() : by_first.find(range->first);
    return found == by_first.end() ? std::string() : found->second;
  };
  std::vector<RuleOwner> owners;
  for (const CheckedGroup& group : file.groups) {
    for (const CheckedRule& rule : group.rules)
      owners.push_back({owner_at(rule.rule->position.line), of_file});
  }
  return owners;
}

}  // namespace tocsin
