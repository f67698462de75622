// A table of templates with what they must print, for the tests of this folder.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/template/template_set.h"

namespace tocsin::tmpl {

struct TemplateCase {
  const char* text;
  const char* want;  // The output, or the whole error text.
};

// What the text prints, or its error.
inline std::string outcome(const std::string& text, const Value& data = {},
                           const ExecuteOptions& options = {}) {
  const auto result = render("t", text, data, nullptr, options);
  return result ? *result : result.error().message;
}

inline void check_table(const std::vector<TemplateCase>& table, const Value& data = {},
                        const ExecuteOptions& options = {}) {
  for (const TemplateCase& item : table) {
    CAPTURE(item.text);
    CHECK(outcome(item.text, data, options) == item.want);
  }
}

}  // namespace tocsin::tmpl
