// The expression of a Prometheus 1.x rule: where it ends in the file, and what it is in today's PromQL. What
// has another name or form today is rewritten so that it means the same; what has gone is a mistake.
#pragma once

#include <string>
#include <string_view>

#include "core/problem.h"
#include "core/yaml_text.h"
#include "rules/legacy_lexer.h"
#include "rules/promql/parser.h"

namespace tocsin {

// Whether a recording rule (name = …, name{label="value"} = …) begins at this token.
bool begins_legacy_recording(const LegacyTokens&, std::size_t token);
// Whether a statement surely begins here, whatever came before: ALERT, PERMANENT, or a recording rule on a
// line of its own.
bool begins_legacy_statement(const LegacyTokens&, std::size_t token);

// The token behind the expression that begins at `token`: where no operator follows a whole operand, or a
// keyword of the statement stands.
std::size_t end_of_legacy_expression(const LegacyTokens&, std::size_t token);

// keep_common, or keeping_extra as it was called first.
bool is_legacy_keep_common(std::string_view word);

struct LegacyExpression {
  std::string text;  // canonical PromQL of today; as written where there are mistakes
  promql::ValueType type = promql::ValueType::kNone;  // kNone where there are mistakes
  int windows = 0;                                    // how many range selectors there are
  bool matches_regex = false;
};

// Where the texts of problems come from, and how each begins.
struct LegacyPlace {
  const std::string& file;
  const YamlText& source;
  std::string rule;  // group "G", rule 2, "NAME":
};

// Tokens `begin` to before `end`.
LegacyExpression read_legacy_expression(const LegacyTokens&, std::size_t begin, std::size_t end,
                                        const LegacyPlace&, const promql::Dialect&, Problems&);

}  // namespace tocsin
