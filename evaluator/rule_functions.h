// The functions that templates of rules may call besides the language's own, as Prometheus has them; their
// names are listed in rules/template_check. Those that depend on the evaluation (query, now, externalURL,
// pathPrefix) come from the TemplateRun; here they only stand for their names, so that templates parse.
#pragma once

#include <memory>

#include "core/template/function_map.h"

namespace tocsin {

// Built once; the same for every evaluation.
std::shared_ptr<const tmpl::FunctionMap> rule_functions();

}  // namespace tocsin
