// Writes rule groups as a YAML rule file that Prometheus and rule_file.h read back as the same groups, with
// comments. It judges nothing.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/promql/ast.h"
#include "rules/rule.h"

namespace tocsin {

// Comment lines as they are to be written, each from its #; an empty one is an empty line.
using CommentLines = std::vector<std::string>;

struct CommentedGroup {
  RuleGroup group;
  CommentLines before;                     // of the group; of the whole file where it is the first
  std::vector<CommentLines> before_rules;  // for each rule; what is missing has none
  CommentLines after;                      // behind its last rule
};

// Long expressions are written over several lines.
std::string write_rule_file(std::span<const CommentedGroup>);

// An expression as it stands behind `expr: `. Further lines are to be indented two columns deeper than the
// key.
std::vector<std::string> expression_lines(const promql::Expr&);

// A scalar that YAML reads back as this text: bare where that is safe, in quotes where it is not.
std::string yaml_scalar(std::string_view text);

}  // namespace tocsin
