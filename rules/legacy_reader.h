// Reads a Prometheus 1.x rule file (`ALERT name IF expression FOR 5m LABELS {…} ANNOTATIONS {…}`,
// `name{label="value"} = expression`) into one RuleGroup, named after the file, and reports everything that
// is wrong with it, all at once: behind a mistake it goes on at the next statement.
//
// The forms before 0.18 are read too (WITH, SUMMARY, DESCRIPTION, RUNBOOK, PERMANENT), and keywords that lost
// the blanks around them (`ALERT NameIF up == 0FOR 5mLABELS {…}`), with a warning. Expressions become those
// of today's PromQL that mean the same (legacy_expression.h).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/problem.h"
#include "rules/legacy_extents.h"
#include "rules/legacy_lexer.h"
#include "rules/promql/dialect.h"
#include "rules/rule.h"

namespace tocsin {

struct LegacyRuleFile {
  RuleGroup group;
  std::vector<std::size_t> ends;           // for each rule, where in the text its last token ends
  std::vector<LegacyRuleExtents> extents;  // of each rule
  std::vector<LegacyComment> comments;
  int windows = 0;  // how many range selectors there are
};

// A byte order mark before the text is no part of it: places count from behind it. Where there are errors,
// the group holds what could be read: it serves further checks, never evaluation.
LegacyRuleFile read_legacy_rules(std::string_view text, std::string file, Problems&, const promql::Dialect&);

// ai_alerts of rules/ai_alerts.rules.
std::string legacy_group_name(std::string_view file);

}  // namespace tocsin
