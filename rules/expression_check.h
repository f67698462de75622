// Judges the PromQL expression of a rule: what Prometheus would refuse are errors, each at its own place in
// the file, through whatever way YAML writes the text.
#pragma once

#include <string>

#include "core/problem.h"
#include "core/yaml_reader.h"
#include "core/yaml_text.h"
#include "rules/promql/dialect.h"
#include "rules/promql/tree.h"

namespace tocsin {

// `node` holds the expression, `source` is the file's text, `rule` says in front of each message which rule
// it is. Answers with the parsed expression; it has no root where there are errors.
promql::Tree check_expression(const YamlNode& node, const YamlText& source, const std::string& rule,
                              const promql::Dialect& dialect, Problems&);

}  // namespace tocsin
