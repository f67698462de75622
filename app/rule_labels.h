// What is known, before anything fires, of the labels of the alerts that a rule can make: from its
// expression, its own labels, its name and the external labels. And whether a matcher takes such alerts:
// surely, maybe, or never.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/labels.h"
#include "core/matcher.h"
#include "rules/checked_rule_file.h"
#include "rules/label_flow.h"

namespace tocsin {

struct KnownLabel {
  Presence presence = Presence::kMay;
  bool fixed = false;
  std::string_view value;  // where it is fixed: the only value that the label can have
};

class RuleLabels {
 public:
  // Everything given must live as long.
  RuleLabels(const CheckedRule&, LabelFlow of_expression, const Labels& external);
  KnownLabel of(std::string_view name) const;

 private:
  const CheckedRule& rule_;
  LabelFlow flow_;
  const Labels& external_;
};

enum class Taken : std::uint8_t { kNo, kMaybe, kSurely };
Taken taken_by(const Matcher&, const KnownLabel&);

}  // namespace tocsin
