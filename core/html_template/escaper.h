// HtmlEscaper: follows a template and all that it calls through the document they make, and decides how each
// action must be escaped; a template that is called in several contexts is derived for each. As in Go, it is
// the whole template that is escaped or refused, before anything is executed.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "core/html_template/context.h"
#include "core/result.h"
#include "core/template/limits.h"
#include "core/template/parser.h"

namespace tocsin::tmpl {

// Templates that are escaped, by their names and those of their derived forms, and where each leaves the
// reader.
struct EscapedTemplates {
  Trees trees;
  std::map<std::string, HtmlContext, std::less<>> ends;
};

struct EscapeLimits {
  // As deep as templates can be executed; the first two bound the stack.
  std::size_t template_depth = Limits().template_depth;  // {{template}} within {{template}}.
  std::size_t nesting = Limits().nesting;                // Blocks and called templates within each other.
  std::size_t steps = 100'000'000;  // Nodes, and bytes of text, each as often as it is looked at.
};

// What is added to `known` when the template of that name begins a document. A problem is named in Go's
// words: html/template:NAME:LINE:COLUMN: …
Result<EscapedTemplates> escape_template(const std::string& name, const Trees& trees,
                                         const EscapedTemplates& known, const EscapeLimits& limits = {});

}  // namespace tocsin::tmpl
