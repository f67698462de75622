// The functions that templates of rules may call besides the language's own, as Prometheus has them; their
// names are listed in rules/template_check. Those that depend on the evaluation (query, now, externalURL,
// pathPrefix) come from the TemplateRun; here they only stand for their names, so that templates parse.
#pragma once

#include <memory>

#include "core/template/function_map.h"
#include "evaluator/template_run.h"

namespace tocsin {

// Built once; the same for every evaluation.
std::shared_ptr<const tmpl::FunctionMap> rule_functions();

// float64, string, int, uint, int64, uint64 and Duration are numbers to these functions; anything else is
// refused in Go's words.
Result<double> template_number(const tmpl::Value&);

}  // namespace tocsin
