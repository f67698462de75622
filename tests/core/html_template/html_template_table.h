// What the tests of this folder ask: what a text prints as HTML, or why it is refused.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/html_template/html_template_set.h"

namespace tocsin::tmpl {

// The output of the text, which may call the definitions, or its error.
inline std::string html_outcome(const std::string& text, const Value& data = {},
                                std::shared_ptr<const FunctionMap> functions = nullptr) {
  HtmlTemplateSet templates{TemplateSet("t", std::move(functions))};
  if (const auto parsed = templates.parse("t", text); !parsed) return parsed.error().message;
  const auto result = templates.execute("t", data);
  return result ? *result : result.error().message;
}

}  // namespace tocsin::tmpl
