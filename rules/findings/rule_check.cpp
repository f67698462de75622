#include "rules/findings/rule_check.h"

#include <fmt/format.h>

#include <utility>

namespace tocsin {

std::string about_rule(const RuleUnderCheck& rule, std::string_view message) {
  return fmt::format("{} {}: {}", rule.alerting() ? "alert" : "record", rule.rule.name, message);
}

void FindingList::at(std::string_view file, const Place& place, const FindingKind& kind, std::string message,
                     std::string hint) {
  problems_.add({std::string(file), place.position, kind.severity, std::move(message), std::move(hint),
                 place.length, std::string(kind.code)});
}

void FindingList::at_key(const RuleUnderCheck& rule, const FindingKind& kind, std::string_view key,
                         std::string message, std::string hint) {
  at(rule.file.file(), rule.file.place(rule.checked, key), kind, about_rule(rule, message), std::move(hint));
}

void FindingList::at_label(const RuleUnderCheck& rule, const FindingKind& kind, std::string_view name,
                           std::string message, std::string hint) {
  at(rule.file.file(), rule.file.text_place(rule.checked, TextKind::kLabel, name), kind,
     about_rule(rule, message), std::move(hint));
}

void FindingList::at_expression(const RuleUnderCheck& rule, const FindingKind& kind, promql::Extent extent,
                                std::string message, std::string hint) {
  at(rule.file.file(), rule.file.expression_place(rule.checked, extent), kind, about_rule(rule, message),
     std::move(hint));
}

void FindingList::at_text(const RuleUnderCheck& rule, const FindingKind& kind, const CheckedTemplate& text,
                          std::size_t begin, std::size_t end, std::string message, std::string hint) {
  const std::string_view word = text.kind == TextKind::kLabel ? "label" : "annotation";
  at(rule.file.file(), rule.file.text_place(rule.checked, text.kind, text.name, begin, end), kind,
     about_rule(rule, fmt::format("{} {}: {}", word, text.name, message)), std::move(hint));
}

}  // namespace tocsin
