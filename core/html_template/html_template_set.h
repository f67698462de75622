// HtmlTemplateSet: templates that print HTML. Every action is escaped for the place of the document where it
// stands (text, an attribute, a URL, a script, a style sheet), as Go's html/template does it; templates where
// that cannot be done safely are refused before they print anything. Escaping is decided once per template,
// not per execution. Like TemplateSet, a copy is cheap and independent.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/html_template/escaper.h"
#include "core/result.h"
#include "core/template/template_set.h"

namespace tocsin::tmpl {

class HtmlTemplateSet {
 public:
  // Escapes each template that can stand in a document's text, so that executing it does not have to. Those
  // that cannot (a text for Slack, say) matter only if they are called.
  explicit HtmlTemplateSet(TemplateSet templates);

  // As TemplateSet::parse. What is new is escaped when it is executed.
  Result<void> parse(const std::string& template_name, std::string text, const ParseLimits& limits = {});

  // Errors of escaping begin with "html/template:", those of execution are TemplateSet's.
  Result<std::string> execute(std::string_view template_name, const Value& data,
                              const ExecuteOptions& options = {}) const;

  const TemplateSet& templates() const { return templates_; }

 private:
  Result<EscapedTemplates> escaped(const std::string& name) const;

  TemplateSet templates_;
  std::shared_ptr<const FunctionMap> functions_;  // with the escapers
  std::shared_ptr<const EscapedTemplates> escaped_;
};

}  // namespace tocsin::tmpl
