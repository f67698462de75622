// Whether a label or annotation of an alerting rule parses as a template. Executing templates is the
// evaluator's work; the list of function names stands here because both need it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/template/parser.h"

namespace tocsin {

// What Prometheus calls the template of a rule in its messages.
std::string rule_template_name(std::string_view alert);

// Four variable definitions in front of every text ($labels, $externalLabels, $externalURL, $value), on the
// text's own first line.
std::string_view rule_template_prelude();

// Every function that templates of rules may call, besides the language's own.
std::span<const std::string_view> rule_function_names();

struct TemplateMistake {
  std::string message;  // template: __alert_Down:1: function "foo" not defined
  std::string hint;
};
// Plain text has no trees. Their source is the prelude and the text.
tl::expected<tmpl::Trees, TemplateMistake> parse_rule_template(std::string_view alert, std::string_view text);
std::optional<TemplateMistake> check_rule_template(std::string_view alert, std::string_view text);

}  // namespace tocsin
