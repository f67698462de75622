#include "core/html_template/html_template_set.h"

#include <algorithm>
#include <utility>

#include "core/html_template/escapers.h"
#include "core/template/executor.h"
#include "core/template/go_quote.h"

namespace tocsin::tmpl {
namespace {

// Whether a template that was there before is another now.
bool is_replaced(const Trees& before, const Trees& after) {
  return std::any_of(before.begin(), before.end(), [&](const auto& item) {
    const auto now = after.find(item.first);
    return now == after.end() || now->second != item.second;
  });
}

}  // namespace

HtmlTemplateSet::HtmlTemplateSet(TemplateSet templates)
    : templates_(std::move(templates)),
      functions_(std::make_shared<const FunctionMap>(with_escapers(templates_.functions()))) {
  auto escaped = std::make_shared<EscapedTemplates>();
  for (const auto& [name, tree] : templates_.trees()) {
    if (escaped->trees.contains(name)) continue;
    if (auto more = escape_template(name, templates_.trees(), *escaped)) {
      escaped->trees.merge(more->trees);
      escaped->ends.merge(more->ends);
    }
  }
  escaped_ = std::move(escaped);
}

Result<void> HtmlTemplateSet::parse(const std::string& template_name, std::string text,
                                    const ParseLimits& limits) {
  TemplateSet more = templates_;
  if (auto parsed = more.parse(template_name, std::move(text), limits); !parsed) return parsed;
  // What calls a template that was replaced may have to be escaped in another way.
  if (is_replaced(templates_.trees(), more.trees())) escaped_ = std::make_shared<const EscapedTemplates>();
  templates_ = std::move(more);
  return {};
}

// The template and all that it calls.
Result<EscapedTemplates> HtmlTemplateSet::escaped(const std::string& name) const {
  auto out = escape_template(name, templates_.trees(), *escaped_);
  if (!out) return out;
  out->trees.insert(escaped_->trees.begin(), escaped_->trees.end());
  return out;
}

Result<std::string> HtmlTemplateSet::execute(std::string_view template_name, const Value& data,
                                             const ExecuteOptions& options) const {
  const std::string name(template_name);
  const EscapedTemplates* ready = escaped_.get();
  Result<EscapedTemplates> fresh;
  if (!ready->trees.contains(name)) {
    fresh = escaped(name);
    if (!fresh) return tl::unexpected<Error>(std::move(fresh.error()));
    ready = &*fresh;
  }
  const HtmlContext& end = ready->ends.find(name)->second;
  if (end.state != HtmlState::text) {
    const EscapeProblem problem{"ends in a non-text context: " + end.text(), "", 0};
    return fail(problem.text(name));
  }
  return execute_template(*ready->trees.find(name)->second, ready->trees, *functions_, data, options);
}

}  // namespace tocsin::tmpl
