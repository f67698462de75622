// A rule file as the checks of `tocsin check` look at it: its rules, and beside each what its reader made of
// it and the running program has no use for: the parsed expression, the parsed templates, and the way back to
// the places in the file. Reading for the running program (rule_file.h) keeps none of it.
//
// Places are worked out only when they are asked for: a rule without findings costs nothing.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/problem.h"
#include "core/template/parser.h"
#include "core/yaml_reader.h"
#include "core/yaml_text.h"
#include "rules/legacy_extents.h"
#include "rules/promql/parser.h"
#include "rules/rule.h"

namespace tocsin {

// A piece of a text: where it begins and how many bytes of that line it takes.
struct Place {
  Position position;
  int length = 0;
};

// A label or annotation that holds a template.
struct CheckedTemplate {
  TextKind kind = TextKind::kLabel;
  std::string name;   // of the label or annotation
  tmpl::Trees trees;  // their source begins with rule_template_prelude()
};

struct CheckedRule {
  const Rule* rule = nullptr;  // one of the group's
  promql::Tree tree;           // without a root where the expression has mistakes
  std::vector<CheckedTemplate> templates;
  YamlNode node;              // absent in a 1.x file
  LegacyRuleExtents extents;  // in a 1.x file
};

struct CheckedGroup {
  std::shared_ptr<const RuleGroup> group;
  std::vector<CheckedRule> rules;          // as those of the group
  std::vector<CheckedTemplate> templates;  // of its labels
  YamlNode node;                           // absent in a 1.x file
};

class CheckedRuleFile {
 public:
  CheckedRuleFile(std::string file, std::string text);
  CheckedRuleFile(CheckedRuleFile&&) noexcept = default;
  CheckedRuleFile& operator=(CheckedRuleFile&&) noexcept = default;

  const std::string& file() const { return file_; }
  const std::string& text() const { return *text_; }  // with its byte order mark, if any
  const YamlText& source() const { return source_; }  // without

  // A key of the rule in YAML's words: alert, record, expr, for, keep_firing_for. The place is the value's;
  // the rule's own where it lacks the key.
  Place place(const CheckedRule&, std::string_view key) const;
  Place place(const CheckedGroup&, std::string_view key) const;
  // A piece of the expression. In a 1.x file, whose expressions are read in today's words, the whole where
  // the piece was written otherwise.
  Place expression_place(const CheckedRule&, promql::Extent) const;
  // Of a label or annotation: the whole value, or the bytes of it from `begin` to before `end`.
  Place text_place(const CheckedRule&, TextKind, std::string_view name) const;
  Place text_place(const CheckedRule&, TextKind, std::string_view name, std::size_t begin,
                   std::size_t end) const;

  std::vector<CheckedGroup> groups;

 private:
  Place of_extent(promql::Extent) const;
  Place of_value(const YamlNode& value, std::size_t begin, std::size_t end) const;

  std::string file_;
  std::unique_ptr<const std::string> text_;  // which source_ and trees of nodes point into: it never moves
  YamlText source_;
};

// As read_rule_file, and keeps what the checks want.
CheckedRuleFile read_checked_rule_file(std::string text, std::string file, Problems&,
                                       const promql::Dialect& = promql::Dialect::any());

}  // namespace tocsin
