#include "app/rule_labels.h"

#include <utility>

namespace tocsin {

RuleLabels::RuleLabels(const CheckedRule& rule, LabelFlow of_expression, const Labels& external)
    : rule_(rule), flow_(std::move(of_expression)), external_(external) {}

KnownLabel RuleLabels::of(std::string_view name) const {
  const Rule& rule = *rule_.rule;
  if (name == "alertname") return {Presence::kSurely, true, rule.name};
  if (name == "__name__") return {Presence::kCannot, false, {}};
  KnownLabel known;
  bool overwritten = false;
  for (const auto& [own, text] : rule.labels) {
    if (own != name) continue;
    overwritten = true;
    if (text.find("{{") == std::string::npos) {
      // An empty value takes the label away.
      known =
          text.empty() ? KnownLabel{Presence::kCannot, false, {}} : KnownLabel{Presence::kSurely, true, text};
    }
  }
  if (!overwritten) {
    known.presence = flow_.of(name);
    if (const LabelFlow::Label* fixed = flow_.fixed(name)) {
      known.fixed = true;
      known.value = fixed->value;
    }
  }
  if (known.presence == Presence::kSurely || !external_.has(name)) return known;
  const std::string_view external = external_.value(name);
  if (known.presence == Presence::kCannot) return {Presence::kSurely, true, external};
  return {Presence::kSurely, known.fixed && known.value == external, external};
}

Taken taken_by(const Matcher& matcher, const KnownLabel& label) {
  const auto answer = [](bool matches) { return matches ? Taken::kSurely : Taken::kNo; };
  const bool nothing = matcher.matches("");
  if (label.presence == Presence::kCannot) return answer(nothing);
  if (label.fixed) {
    const bool value = matcher.matches(label.value);
    if (label.presence == Presence::kSurely || value == nothing) return answer(value);
    return Taken::kMaybe;
  }
  const bool any_value =
      (matcher.type() == MatchType::kNotEqual && matcher.value().empty()) ||
      (matcher.type() == MatchType::kRegex && (matcher.value() == ".+" || matcher.value() == "^(?:.+)$"));
  const bool no_value = matcher.type() == MatchType::kEqual && matcher.value().empty();
  if (label.presence == Presence::kSurely && (any_value || no_value)) return answer(any_value);
  if (matcher.type() == MatchType::kRegex && (matcher.value() == ".*" || matcher.value() == "^(?:.*)$"))
    return Taken::kSurely;
  return Taken::kMaybe;
}

}  // namespace tocsin
