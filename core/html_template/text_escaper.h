// Follows one piece of literal text through a document, and rewrites what a template must not print: comments
// are left out, a "<" that begins no tag becomes "&lt;", and "<!--" or "</script" in a script's strings
// cannot end anything. Linear in the text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/html_template/context.h"

namespace tocsin::tmpl {

struct EscapedText {
  HtmlContext after;
  std::optional<std::string> changed;  // if it is not printed as it stands
};

EscapedText escape_text(HtmlContext context, std::string_view text);

}  // namespace tocsin::tmpl
