// The executor: walks a parsed tree with data and writes the output. Rules, order of evaluation and error
// texts are those of Go's text/template/exec.go; limits are ours. Used through TemplateSet.
#pragma once

#include <cstddef>
#include <string>

#include "core/result.h"
#include "core/template/template_set.h"

namespace tocsin::tmpl {

Result<std::string> execute_template(const Tree& tree, const Trees& trees, const FunctionMap& functions,
                                     const Value& data, const ExecuteOptions& options);

// What an action prints for a value: "<no value>" for nil.
std::string printed_value(const Value& value, std::size_t size_limit);

}  // namespace tocsin::tmpl
