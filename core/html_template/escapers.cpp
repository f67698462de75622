#include "core/html_template/escapers.h"

#include <memory>
#include <utility>

#include "core/template/go_format.h"

namespace tocsin::tmpl {
namespace {

using Escape = std::string (*)(Arguments);

// func(...interface {}) string
std::shared_ptr<const Function> escaper(Escape escape) {
  auto function = std::make_shared<Function>();
  function->parameters = {Parameter{}};
  function->variadic = true;
  function->result_type = "string";
  function->call = [escape](Arguments arguments) -> Result<Value> {
    return Value::string(escape(arguments));
  };
  return function;
}

// What {{html a b}} gives its escaper.
std::string join_arguments(Arguments arguments) {
  return sprint(arguments);
}

}  // namespace

FunctionMap with_escapers(const FunctionMap& functions) {
  constexpr std::pair<std::string_view, Escape> kEscapers[] = {
      {escapers::kAttribute, escape_attribute},
      {escapers::kComment, escape_comment},
      {escapers::kCssString, escape_css_string},
      {escapers::kCssValue, filter_css_value},
      {escapers::kName, filter_name},
      {escapers::kMarkup, escape_markup},
      {escapers::kScriptRegexp, escape_script_regexp},
      {escapers::kScriptString, escape_script_string},
      {escapers::kScriptTemplate, escape_script_template},
      {escapers::kScriptValue, escape_script_value},
      {escapers::kUnquoted, escape_unquoted},
      {escapers::kRcdata, escape_rcdata},
      {escapers::kSrcset, filter_srcset},
      {escapers::kUrlEscape, escape_url},
      {escapers::kUrlFilter, filter_url},
      {escapers::kUrlNormalize, normalize_url},
      {escapers::kJoinArguments, join_arguments},
  };
  FunctionMap out = functions;
  for (const auto& [name, escape] : kEscapers) out.add(std::string(name), escaper(escape));
  return out;
}

}  // namespace tocsin::tmpl
