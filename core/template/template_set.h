// TemplateSet: templates parsed together, which can call each other by name. Immutable for readers: copying
// is cheap and shares the parsed trees, parse() changes only this copy, execute() may run in many threads at
// once. What it prints is plain text; for HTML there is HtmlTemplateSet (core/html_template), which works on
// the trees of one.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/template/function_map.h"
#include "core/template/limits.h"
#include "core/template/parser.h"
#include "core/template/value.h"

namespace tocsin::tmpl {

// What a key that a map lacks yields: "<no value>", the zero value of the map's elements, or an error.
enum class MissingKey { no_value, zero, error };

struct ExecuteOptions {
  Limits limits;
  MissingKey missing_key = MissingKey::no_value;
  const FunctionMap* functions = nullptr;  // Win over the set's: query, now, … of this one execution.
  Zone local;                              // What Local() of a time means.
};

class TemplateSet {
 public:
  // `name` is what errors call the set. The functions must be known before parsing: templates that use others
  // are rejected.
  explicit TemplateSet(std::string name = "", std::shared_ptr<const FunctionMap> functions = nullptr);

  // Adds the text's definitions; a later one replaces an earlier one of the same name, unless it is blank.
  // On error nothing changes.
  Result<void> parse(const std::string& template_name, std::string text, const ParseLimits& limits = {});

  Result<std::string> execute(std::string_view template_name, const Value& data,
                              const ExecuteOptions& options = {}) const;

  bool has(std::string_view template_name) const;
  std::vector<std::string> names() const;
  const Trees& trees() const { return *trees_; }
  const std::string& name() const { return name_; }
  const FunctionMap& functions() const { return *functions_; }

 private:
  std::string name_;
  std::shared_ptr<const FunctionMap> functions_;
  std::shared_ptr<const Trees> trees_;
};

// One text without a set: parse and execute.
Result<std::string> render(const std::string& template_name, std::string text, const Value& data,
                           std::shared_ptr<const FunctionMap> functions = nullptr,
                           const ExecuteOptions& options = {});

}  // namespace tocsin::tmpl
