#include "router/silence_breadth.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace tocsin {

namespace {

// Values with nothing in common: a regex that takes all of them takes nearly anything, however it is written.
constexpr std::array<std::string_view, 5> kUnlikeValues = {"a", "Qz7", "10.0.0.1:9100", "über_x-y/z k", "0"};

bool narrows(const Matcher& matcher) {
  if (matcher.type() == MatchType::kNotEqual || matcher.type() == MatchType::kNotRegex) return false;
  if (matcher.matches("")) return false;
  return !std::all_of(kUnlikeValues.begin(), kUnlikeValues.end(),
                      [&](std::string_view value) { return matcher.matches(value); });
}

}  // namespace

SilenceBreadth preview(const std::vector<Matchers>& matcher_sets, const FiringAlerts& firing) {
  SilenceBreadth breadth;
  firing([&](const Labels& labels) {
    ++breadth.total;
    bool hit = std::any_of(matcher_sets.begin(), matcher_sets.end(),
                           [&](const Matchers& set) { return match_all(set, labels); });
    if (hit) ++breadth.matched;
  });
  return breadth;
}

bool dangerously_broad(const Silence& silence) {
  return std::any_of(silence.matcher_sets.begin(), silence.matcher_sets.end(),
                     [](const Matchers& set) { return std::none_of(set.begin(), set.end(), narrows); });
}

}  // namespace tocsin
