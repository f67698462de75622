// Turns a Prometheus 1.x rule file into a group that rule_file_writer.h writes as YAML, comments included.
#pragma once

#include <string>
#include <string_view>

#include "core/problem.h"
#include "rules/promql/dialect.h"
#include "rules/rule_file_writer.h"

namespace tocsin {

// What today's Prometheus would do otherwise is rewritten or, where only a person can tell, a warning. Each
// comment goes in front of the rule in which, before which, or on whose last line it stands. Where there are
// errors the group is not to be written.
CommentedGroup convert_legacy_rules(std::string_view text, std::string file, Problems&,
                                    const promql::Dialect&);

}  // namespace tocsin
