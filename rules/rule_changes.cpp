#include "rules/rule_changes.h"

#include <algorithm>
#include <map>
#include <set>

namespace tocsin {
namespace {

using Kind = RuleChange::Kind;
using GroupKey = std::pair<std::string, std::string>;  // file, name
using NamedRules = std::map<std::pair<Rule::Kind, std::string>, std::vector<const Rule*>>;

std::vector<std::string> different_keys(const Rule& before, const Rule& after) {
  std::vector<std::string> out;
  if (before.expression != after.expression) out.emplace_back("expr");
  if (before.hold_for != after.hold_for) out.emplace_back("for");
  if (before.keep_firing_for != after.keep_firing_for) out.emplace_back("keep_firing_for");
  if (before.labels != after.labels) out.emplace_back("labels");
  if (before.annotations != after.annotations) out.emplace_back("annotations");
  return out;
}

std::vector<std::string> different_keys(const RuleGroup& before, const RuleGroup& after) {
  std::vector<std::string> out;
  if (before.interval != after.interval) out.emplace_back("interval");
  if (before.query_offset != after.query_offset) out.emplace_back("query_offset");
  if (before.limit != after.limit) out.emplace_back("limit");
  return out;
}

NamedRules by_name(const RuleGroup& group) {
  NamedRules out;
  for (const Rule& rule : group.rules) out[{rule.kind, rule.name}].push_back(&rule);
  return out;
}

// Takes out of both lists what says the same in both.
void drop_equal(std::vector<const Rule*>& before, std::vector<const Rule*>& after) {
  std::erase_if(before, [&](const Rule* rule) {
    const auto same =
        std::ranges::find_if(after, [&](const Rule* other) { return different_keys(*rule, *other).empty(); });
    if (same == after.end()) return false;
    after.erase(same);
    return true;
  });
}

void compare(const RuleGroup& before, const RuleGroup& after, std::vector<RuleChange>& out,
             std::vector<RuleChange>& gone) {
  if (auto keys = different_keys(before, after); !keys.empty())
    out.push_back({Kind::kChanged, "", after.name, after.file, std::move(keys)});
  NamedRules old = by_name(before);
  for (auto& [name, fresh] : by_name(after)) {
    auto& known = old[name];
    drop_equal(known, fresh);
    const std::size_t both = std::min(known.size(), fresh.size());
    for (std::size_t i = 0; i < fresh.size(); ++i) {
      if (i < both) {
        out.push_back(
            {Kind::kChanged, fresh[i]->name, after.name, after.file, different_keys(*known[i], *fresh[i])});
      } else {
        out.push_back({Kind::kAdded, fresh[i]->name, after.name, after.file, {}});
      }
    }
    known.erase(known.begin(), known.begin() + static_cast<std::ptrdiff_t>(both));
  }
  for (const auto& [name, rules] : old) {
    for (const Rule* rule : rules) gone.push_back({Kind::kRemoved, rule->name, before.name, before.file, {}});
  }
}

}  // namespace

std::vector<RuleChange> rule_changes(const std::vector<const RuleGroup*>& before,
                                     const std::vector<const RuleGroup*>& after) {
  std::map<GroupKey, const RuleGroup*> old;
  for (const RuleGroup* group : before) old.emplace(GroupKey{group->file, group->name}, group);
  std::vector<RuleChange> out, gone;
  std::set<GroupKey> seen;  // several servers may have the same file
  for (const RuleGroup* group : after) {
    if (!seen.emplace(group->file, group->name).second) continue;
    const auto known = old.find({group->file, group->name});
    RuleGroup none;
    none.interval = group->interval;
    none.query_offset = group->query_offset;
    none.limit = group->limit;
    compare(known == old.end() ? none : *known->second, *group, out, gone);
    if (known != old.end()) old.erase(known);
  }
  for (const auto& [key, group] : old) {
    for (const Rule& rule : group->rules)
      gone.push_back({Kind::kRemoved, rule.name, group->name, group->file, {}});
  }
  out.insert(out.end(), gone.begin(), gone.end());
  return out;
}

}  // namespace tocsin
