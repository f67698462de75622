#include "rules/rule_set.h"

#include <fmt/format.h>

#include <map>
#include <string>
#include <tuple>

#include "core/labels.h"

namespace tocsin {

void check_rule_set(const std::vector<RuleGroup>& groups, Problems& problems) {
  using Meaning = std::tuple<Rule::Kind, std::string, std::string, std::map<std::string, std::string>>;
  struct Place {
    const RuleGroup* group;
    const Rule* rule;
  };
  std::map<Meaning, Place> seen;
  for (const RuleGroup& group : groups) {
    for (const Rule& rule : group.rules) {
      const auto [first, is_new] =
          seen.try_emplace({rule.kind, rule.name, rule.expression, rule.labels}, Place{&group, &rule});
      if (is_new || rule.name.empty()) continue;
      const Place& earlier = first->second;
      problems.warning(group.file, rule.position,
                       fmt::format("{} {} is the same as the one at {}:{}",
                                   rule.kind == Rule::Kind::kAlerting ? "alert" : "record",
                                   go_quote(rule.name), earlier.group->file, earlier.rule->position.line),
                       "remove one of them, or tell them apart by a label");
    }
  }
}

}  // namespace tocsin
