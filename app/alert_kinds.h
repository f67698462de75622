// The alerts that a configuration's rules can make, and Tocsin itself, put together by what matchers can tell
// of them: rules whose alerts look the same to all matchers are one kind, and judged once.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "app/checked_sources.h"
#include "app/rule_labels.h"
#include "core/labels.h"
#include "core/matcher.h"

namespace tocsin {

struct AlertKind {
  std::unordered_map<std::string_view, KnownLabel> labels;  // those that were asked for
  // The rules that make them; none: alerts of Tocsin about itself.
  std::vector<std::pair<const CheckedRuleFile*, const CheckedRule*>> rules;
  std::vector<bool> passes;   // by route: whether such an alert may come there
  std::vector<bool> arrives;  // and be notified by it

  bool of_rules() const { return !rules.empty(); }
  KnownLabel of(std::string_view name) const;
};

// `names` are the labels that somebody asks for; the kinds keep views of them, of the sources and of the
// external labels.
std::vector<AlertKind> alert_kinds(const CheckedSources&, const std::set<std::string>& names,
                                   const Labels& external);

Taken taken_by(const Matchers&, const AlertKind&);

}  // namespace tocsin
