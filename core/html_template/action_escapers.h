// Which escapers an action needs where it stands, or why it cannot stand there.
#pragma once

#include <string>

#include "core/html_template/context.h"
#include "core/html_template/edits.h"

namespace tocsin::tmpl {

struct ActionEscapers {
  EscaperNames names;
  HtmlContext after;
  std::string refusal;  // empty: it can
};

ActionEscapers escapers_of(HtmlContext context, const ActionNode& action);

}  // namespace tocsin::tmpl
