// Reads one rule file (Prometheus' YAML form) into RuleGroups and reports everything that is wrong with it,
// all at once: keys, names, expressions, durations, labels, annotations, templates. It opens no files: the
// shell hands it the text. Prometheus 1.x files are recognised and read by legacy_reader.h.
//
// The rules are those of Prometheus 3 (model/rulefmt) with the UTF-8 name scheme; messages keep Prometheus'
// words, because people search for them, and add a place and a way out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/problem.h"
#include "core/yaml_reader.h"
#include "rules/promql/dialect.h"
#include "rules/rule.h"

namespace tocsin {

// `file` names the text in problems and in the groups. Where there are errors, the groups hold what could be
// read: they serve further checks, never evaluation.
// `dialect` is the PromQL of the server that will be asked; without it, what only some servers take is a
// warning.
std::vector<RuleGroup> read_rule_file(std::string_view text, std::string file, Problems&,
                                      const promql::Dialect& dialect = promql::Dialect::any());

// Reads a sample (core/yaml_sample.h) as read_rule_file reads a file, to learn what it takes.
void read_rule_file_sample(const YamlNode& root);

}  // namespace tocsin
