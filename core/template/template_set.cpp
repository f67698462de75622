#include "core/template/template_set.h"

#include <utility>

#include "core/template/builtins.h"
#include "core/template/executor.h"
#include "core/template/go_quote.h"

namespace tocsin::tmpl {

TemplateSet::TemplateSet(std::string name, std::shared_ptr<const FunctionMap> functions)
    : name_(std::move(name)),
      functions_(functions != nullptr ? std::move(functions) : std::make_shared<const FunctionMap>()),
      trees_(std::make_shared<const Trees>()) {}

Result<void> TemplateSet::parse(const std::string& template_name, std::string text,
                                const ParseLimits& limits) {
  const auto exists = [this](std::string_view function) {
    return functions_->find(function) != nullptr || find_builtin(function) != nullptr;
  };
  auto parsed = parse_template(template_name, std::move(text), exists, limits);
  if (!parsed) return tl::unexpected<Error>(std::move(parsed.error()));
  auto merged = std::make_shared<Trees>(*trees_);
  for (auto& [name, tree] : *parsed) {
    auto& slot = (*merged)[name];
    if (slot == nullptr || !tree->root->is_empty()) slot = std::move(tree);
  }
  trees_ = std::move(merged);
  return {};
}

Result<std::string> TemplateSet::execute(std::string_view template_name, const Value& data,
                                         const ExecuteOptions& options) const {
  const auto found = trees_->find(template_name);
  if (found == trees_->end()) {
    return fail("template: no template " + quote(template_name) + " associated with template " +
                quote(name_));
  }
  return execute_template(*found->second, *trees_, *functions_, data, options);
}

bool TemplateSet::has(std::string_view template_name) const {
  return trees_->find(template_name) != trees_->end();
}

std::vector<std::string> TemplateSet::names() const {
  std::vector<std::string> names;
  for (const auto& [name, tree] : *trees_) names.push_back(name);
  return names;
}

Result<std::string> render(const std::string& template_name, std::string text, const Value& data,
                           std::shared_ptr<const FunctionMap> functions, const ExecuteOptions& options) {
  TemplateSet set(template_name, std::move(functions));
  if (auto parsed = set.parse(template_name, std::move(text)); !parsed) {
    return tl::unexpected<Error>(std::move(parsed.error()));
  }
  return set.execute(template_name, data, options);
}

}  // namespace tocsin::tmpl
