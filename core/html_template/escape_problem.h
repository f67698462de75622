// EscapeProblem: why a template cannot be escaped, in the words of Go's html/template.
#pragma once

#include <cstddef>
#include <string>

namespace tocsin::tmpl {

struct EscapeProblem {
  std::string description;
  std::string location;  // NAME:LINE:COLUMN of the node; empty where none is known
  std::size_t line = 0;  // then at least this, if known

  // The whole message; `template_name` is the template that was to be executed.
  std::string text(const std::string& template_name) const {
    if (!location.empty()) return "html/template:" + location + ": " + description;
    if (line != 0) return "html/template:" + template_name + ":" + std::to_string(line) + ": " + description;
    return "html/template:" + (template_name.empty() ? "" : template_name + ":") + " " + description;
  }
};

}  // namespace tocsin::tmpl
