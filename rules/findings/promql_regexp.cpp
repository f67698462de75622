// promql/regexp: regular expressions that say less than they seem to.
#include <fmt/format.h>

#include <algorithm>

#include "core/labels.h"
#include "rules/findings/rule_families.h"
#include "rules/regex_shape.h"

namespace tocsin {
namespace {

using namespace promql;
using Piece = RegexShape::Piece;

constexpr FindingKind kKinds[] = {{
    "promql/regexp",
    Severity::kNote,
    "a regular expression that an equality, or nothing, would replace",
    R"(Matchers with =~ and !~ are anchored at both ends: the pattern must match the whole value.

    foo{job=~"api"}     is  foo{job="api"}, which is cheaper and says what is meant
    foo{job=~"^api.*$"} is  foo{job=~"api.*"}
    foo{job=~".*"}      is  foo, since an absent label matches too; `.+` asks for the label
    foo{job!~".*"}      finds nothing, ever)",
}};
constexpr const FindingKind& kRegexp = kKinds[0];

void check_matcher(const RuleUnderCheck& rule, const LabelMatcher& matcher, FindingList& out) {
  const bool positive = matcher.type == MatchType::kRegex;
  if (!positive && matcher.type != MatchType::kNotRegex) return;
  const std::string_view op = positive ? "=" : "!=";
  const RegexShape shape = regex_shape(matcher.value);
  if (!shape.known) return;
  if (shape.plain()) {
    out.at_expression(rule, kRegexp, matcher.extent,
                      fmt::format("{}{}{} has no pattern in it", matcher.name, to_string(matcher.type),
                                  go_quote(matcher.value)),
                      fmt::format("write {}{}{}", matcher.name, op, go_quote(shape.literal())));
    return;
  }
  if (shape.alternatives || shape.elements.empty()) return;
  const bool begins = shape.elements.front().piece == Piece::kBegin;
  const bool ends = shape.elements.back().piece == Piece::kEnd;
  if (begins || ends) {
    std::string_view pattern = matcher.value;
    if (begins) pattern.remove_prefix(pattern.starts_with('^') ? 1 : 2);
    if (ends && !pattern.empty()) pattern.remove_suffix(pattern.ends_with('$') ? 1 : 2);
    out.at_expression(rule, kRegexp, matcher.value_extent,
                      "a matcher matches the whole value, so ^ and $ say nothing",
                      fmt::format("write {}{}{}", matcher.name, to_string(matcher.type), go_quote(pattern)));
    return;
  }
  const bool all_stars = std::ranges::all_of(
      shape.elements, [](const RegexShape::Element& element) { return element.piece == Piece::kAnyStar; });
  if (all_stars && positive) {
    out.at_expression(
        rule, kRegexp, matcher.extent,
        fmt::format("{} matches every series, also those without the label", rule.view.text(matcher.extent)),
        fmt::format("leave it out, or write {}!=\"\" where the label must be there", matcher.name));
  } else if (shape.elements.size() == 1 && shape.elements[0].piece == Piece::kAnyPlus && !positive) {
    out.at_expression(
        rule, kRegexp, matcher.extent,
        fmt::format("{} means that the label must not be there", rule.view.text(matcher.extent)),
        fmt::format("write {}=\"\"", matcher.name));
  }
}

void check(const RuleUnderCheck& rule, FindingList& out) {
  for (const ExpressionView::Node& node : rule.view.nodes()) {
    const auto* selector = as<VectorSelector>(node.expr);
    if (selector == nullptr) continue;
    for (const LabelMatcher& matcher : selector->matchers) check_matcher(rule, matcher, out);
  }
}

}  // namespace

const RuleCheck kPromqlRegexp{kKinds, check};

}  // namespace tocsin
