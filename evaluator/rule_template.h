// The label and annotation templates of one alerting rule, compiled once when the rule is loaded and expanded
// for each sample of each evaluation. Immutable: threads may share it. What changes from one evaluation to
// the next is in the TemplateRun.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "core/template/template_set.h"
#include "evaluator/sample.h"
#include "evaluator/template_run.h"
#include "rules/rule.h"

namespace tocsin {

// One text: plain, or a template.
class TemplateText {
 public:
  // Fails with Go's words where the text does not parse.
  static Result<TemplateText> compile(const std::string& name, std::string text);

  // The error is "template: NAME:LINE:COLUMN: executing …".
  Result<std::string> expand(const tmpl::Value& data, const TemplateRun&) const;
  const tmpl::TemplateSet& templates() const { return templates_; }

 private:
  std::string name_;
  std::string text_;
  bool plain_ = true;
  tmpl::TemplateSet templates_;
};

// What became of a rule's templates for one sample. A value that fails holds the error text instead, as in
// Prometheus: the alert fires all the same, and `failures` says what to tell the user.
struct ExpandedRule {
  std::vector<std::pair<std::string, std::string>>
      labels;  // in order of name; an empty value deletes the label
  std::vector<std::pair<std::string, std::string>> annotations;
  std::vector<std::string> failures;  // label "x": error executing template …
};

class RuleTemplates {
 public:
  // A text that does not parse (a group label: rule files are checked) expands to its error text.
  static RuleTemplates compile(const Rule&);

  ExpandedRule expand(const Sample&, const TemplateRun&) const;

  // Whether expanding may call TemplateRun's query, and so may wait for a server. Errs on the side of yes.
  bool may_query() const { return may_query_; }

 private:
  struct Field {
    std::string name;
    TemplateText text;
    std::string error;  // set where the text does not parse
  };
  using Fields = std::vector<Field>;
  Fields compile_fields(const std::map<std::string, std::string>& texts);
  std::string expand_field(const Field&, std::string_view kind, const tmpl::Value& data, const TemplateRun&,
                           std::vector<std::string>& failures) const;

  std::string template_name_;
  Fields labels_;
  Fields annotations_;
  bool all_plain_ = true;  // then no data need be made for a sample
  bool may_query_ = false;
};

}  // namespace tocsin
