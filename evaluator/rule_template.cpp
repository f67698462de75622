#include "evaluator/rule_template.h"

#include <fmt/format.h>

#include "core/labels.h"
#include "evaluator/rule_functions.h"
#include "rules/template_check.h"

namespace tocsin {

Result<TemplateText> TemplateText::compile(const std::string& name, std::string text) {
  TemplateText compiled;
  compiled.name_ = name;
  compiled.plain_ = text.find("{{") == std::string::npos;
  if (compiled.plain_) {
    compiled.text_ = std::move(text);
    return compiled;
  }
  compiled.templates_ = tmpl::TemplateSet(name, rule_functions());
  const Result<void> parsed = compiled.templates_.parse(name, std::move(text));
  if (!parsed) return tl::unexpected<Error>(parsed.error());
  return compiled;
}

Result<std::string> TemplateText::expand(const tmpl::Value& data, const TemplateRun& run) const {
  if (plain_) return text_;
  tmpl::ExecuteOptions options;
  options.missing_key = tmpl::MissingKey::zero;
  options.functions = &run.functions();
  return templates_.execute(name_, data, options);
}

RuleTemplates RuleTemplates::compile(const Rule& rule) {
  RuleTemplates templates;
  templates.template_name_ = rule_template_name(rule.name);
  templates.labels_ = templates.compile_fields(rule.labels);
  templates.annotations_ = templates.compile_fields(rule.annotations);
  return templates;
}

RuleTemplates::Fields RuleTemplates::compile_fields(const std::map<std::string, std::string>& texts) {
  Fields fields;
  for (const auto& [name, text] : texts) {
    const bool plain = text.find("{{") == std::string::npos;
    all_plain_ = all_plain_ && plain;
    may_query_ = may_query_ || (!plain && text.find("query") != std::string::npos);
    // The variables are defined on the text's own first line, so that lines in error texts are the user's and
    // columns are Prometheus'.
    Result<TemplateText> compiled =
        TemplateText::compile(template_name_, plain ? text : std::string(rule_template_prelude()) + text);
    Field field{name, {}, ""};
    if (compiled) {
      field.text = std::move(*compiled);
    } else {
      field.error = fmt::format("error parsing template {}: {}", template_name_, compiled.error().message);
    }
    fields.push_back(std::move(field));
  }
  return fields;
}

std::string RuleTemplates::expand_field(const Field& field, std::string_view kind, const tmpl::Value& data,
                                        const TemplateRun& run, std::vector<std::string>& failures) const {
  std::string error = field.error;
  if (error.empty()) {
    Result<std::string> expanded = field.text.expand(data, run);
    if (expanded) return std::move(*expanded);
    error = fmt::format("error executing template {}: {}", template_name_, expanded.error().message);
  }
  failures.push_back(fmt::format("{} {}: {}", kind, go_quote(field.name), error));
  return fmt::format("<error expanding template: {}>", error);
}

ExpandedRule RuleTemplates::expand(const Sample& sample, const TemplateRun& run) const {
  ExpandedRule expanded;
  const tmpl::Value data = all_plain_ ? tmpl::Value() : run.data(sample);
  for (const Field& field : labels_) {
    expanded.labels.emplace_back(field.name, expand_field(field, "label", data, run, expanded.failures));
  }
  for (const Field& field : annotations_) {
    expanded.annotations.emplace_back(field.name,
                                      expand_field(field, "annotation", data, run, expanded.failures));
  }
  return expanded;
}

}  // namespace tocsin
