#include "router/inhibit_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "router/matcher_reader.h"

namespace tocsin {
namespace {

Matchers sorted(Matchers matchers) {
  std::sort(matchers.begin(), matchers.end());
  matchers.erase(std::unique(matchers.begin(), matchers.end()), matchers.end());
  return matchers;
}

void read_equal(YamlObject& object, MatcherDialect dialect, InhibitRule& rule) {
  std::vector<std::string> names;
  object.text_list("equal", names);
  std::set<std::string> seen;
  for (std::string& name : names) {
    if (!is_label_name(name, dialect)) {
      object.error("equal", fmt::format("{} is not a label name", go_quote(name)));
    } else if (seen.insert(name).second) {
      rule.equal.push_back(std::move(name));
    }
  }
}

void warn(const InhibitRule& rule, const std::string& file, Problems& problems) {
  const auto say = [&](std::string code, std::string message, std::string hint) {
    problems.add(
        {file, rule.position, Severity::kWarning, std::move(message), std::move(hint), 0, std::move(code)});
  };
  if (!can_inhibit(rule)) {
    say("inhibition/same-matchers",
        "this inhibition rule never inhibits anything: its source and its target side are the same",
        "an alert that matches both sides is not inhibited by another that does; tell source "
        "and target apart by their matchers");
    return;
  }
  if (rule.source.empty()) {
    say("inhibition/no-matchers", "this inhibition rule has no source matchers: every alert is a source",
        "add source_matchers");
  }
  if (rule.target.empty()) {
    say("inhibition/no-matchers", "this inhibition rule has no target matchers: every alert is a target",
        "add target_matchers");
  }
  if (rule.equal.empty()) {
    say("inhibition/no-equal",
        "this inhibition rule has no equal labels: one source anywhere inhibits every target",
        "name in `equal` the labels that source and target share, for example cluster");
  }
}

InhibitRule read_rule(const YamlNode& node, MatcherDialect dialect, Problems& problems) {
  InhibitRule rule;
  rule.position = node.position();
  YamlObject object(node, "inhibit_rule", problems);
  object.text("name", rule.name);
  read_match(object, "source_match", MatchType::kEqual, rule.source);
  read_match(object, "source_match_re", MatchType::kRegex, rule.source);
  read_matchers(object, "source_matchers", dialect, rule.source);
  read_match(object, "target_match", MatchType::kEqual, rule.target);
  read_match(object, "target_match_re", MatchType::kRegex, rule.target);
  read_matchers(object, "target_matchers", dialect, rule.target);
  read_equal(object, dialect, rule);
  object.refuse_unknown_keys();
  return rule;
}

}  // namespace

bool can_inhibit(const InhibitRule& rule) {
  return sorted(rule.source) != sorted(rule.target);
}

std::string describe(const InhibitRule& rule) {
  if (!rule.name.empty()) return go_quote(rule.name);
  return fmt::format("in line {}", rule.position.line);
}

std::vector<InhibitRule> read_inhibit_rules(const YamlNode& list, MatcherDialect dialect,
                                            Problems& problems) {
  std::vector<InhibitRule> rules;
  if (list.null()) return rules;
  if (list.kind() != YamlNode::Kind::kList) {
    problems.error(list.file(), list.position(), "inhibit_rules must be a list",
                   "begin each rule with \"- \"");
    return rules;
  }
  for (const YamlNode& item : list.items()) {
    if (item.null()) {
      InhibitRule empty;
      empty.position = item.position();
      problems.warning(item.file(), item.position(), "an empty inhibition rule: it inhibits nothing",
                       "fill it in or remove the line");
      rules.push_back(std::move(empty));
      continue;
    }
    const std::size_t before = problems.all().size();
    rules.push_back(read_rule(item, dialect, problems));
    // A side whose matchers could not be read is not empty on purpose.
    if (problems.all().size() == before) warn(rules.back(), item.file(), problems);
  }
  return rules;
}

}  // namespace tocsin
