// What must hold of every text that is read as a Prometheus 1.x rule file. Tests and the fuzzer share it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/legacy_conversion.h"
#include "rules/promql/parser.h"
#include "rules/promql/printer.h"
#include "rules/rule_file.h"
#include "rules/rule_file_format.h"

namespace tocsin {

// All but where it stands; expressions in the form that does not depend on line breaks.
inline std::vector<Rule> without_form(std::vector<Rule> rules) {
  for (Rule& rule : rules) {
    const promql::Parsed parsed = promql::parse(rule.expression, promql::Dialect::any());
    if (parsed.tree.root() != nullptr) rule.expression = promql::to_string(*parsed.tree.root());
    rule.position = {};
  }
  return rules;
}

// "" where all hold: what is taken without an error is converted to YAML that has no errors, says the same,
// and is formatted already.
inline std::string broken_legacy_property(std::string_view text) {
  Problems problems;
  const CommentedGroup group = convert_legacy_rules(text, "rules/ai.rules", problems, promql::Dialect::any());
  const std::string yaml = write_rule_file({&group, 1});
  if (problems.has_errors()) return "";
  Problems of_yaml;
  const std::vector<RuleGroup> groups = read_rule_file(yaml, "rules/ai.rules", of_yaml);
  if (of_yaml.has_errors()) return "what was converted is refused: " + of_yaml.to_string() + yaml;
  if (groups.size() != 1 || groups.front().name != group.group.name)
    return "the group is another one: " + yaml;
  if (without_form(groups.front().rules) != without_form(group.group.rules))
    return "the rules are others: " + yaml;
  if (format_rule_file(yaml, "rules/ai.rules", of_yaml) != yaml) return "it is not formatted: " + yaml;
  return "";
}

}  // namespace tocsin
