#include "router/silence.h"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin {

namespace {

// A negative matcher counts as one that needs a value, as in Alertmanager, though {a!="b"} matches nearly
// everything: see router/silence_breadth.
bool takes_absent(const Matcher& matcher) {
  bool negative = matcher.type() == MatchType::kNotEqual || matcher.type() == MatchType::kNotRegex;
  return !negative && matcher.matches("");
}

void check_matcher(const Matcher& matcher, std::string_view where, std::vector<std::string>& problems) {
  if (matcher.name().empty()) {
    problems.push_back(fmt::format("{}a matcher without a label name", where));
  } else if (!is_valid_utf8(matcher.name())) {
    problems.push_back(fmt::format("{}the label name {} is not UTF-8", where, go_quote(matcher.name())));
  }
  if (!is_valid_utf8(matcher.value())) {
    problems.push_back(fmt::format("{}the value of label {} is not UTF-8: {}", where,
                                   go_quote(matcher.name()), go_quote(matcher.value())));
  }
}

void check_set(const Matchers& set, std::string_view where, std::vector<std::string>& problems) {
  if (set.empty()) {
    problems.push_back(fmt::format("{}no matchers: say which alerts are meant", where));
    return;
  }
  for (const Matcher& matcher : set) check_matcher(matcher, where, problems);
  if (std::all_of(set.begin(), set.end(), takes_absent)) {
    problems.push_back(
        fmt::format("{}{} matches every alert that lacks these labels: add a matcher that needs a value, "
                    "such as alertname=\"…\"",
                    where, to_string(set)));
  }
}

}  // namespace

std::string_view to_string(SilenceState state) {
  switch (state) {
    case SilenceState::kPending:
      return "pending";
    case SilenceState::kActive:
      return "active";
    case SilenceState::kExpired:
      return "expired";
  }
  return "";
}

SilenceState Silence::state(TimePoint now) const {
  if (now >= ends_at) return SilenceState::kExpired;
  return now < starts_at ? SilenceState::kPending : SilenceState::kActive;
}

bool Silence::matches(const Labels& labels) const {
  return std::any_of(matcher_sets.begin(), matcher_sets.end(),
                     [&](const Matchers& set) { return match_all(set, labels); });
}

std::string matchers_text(const Silence& silence) {
  std::string text;
  for (const Matchers& set : silence.matcher_sets) {
    if (!text.empty()) text += " or ";
    text += to_string(set);
  }
  return text;
}

std::vector<std::string> silence_problems(const Silence& silence) {
  std::vector<std::string> problems;
  if (silence.matcher_sets.empty()) problems.push_back("no matchers: say which alerts are meant");
  for (std::size_t i = 0; i < silence.matcher_sets.size(); ++i) {
    std::string where = silence.matcher_sets.size() == 1 ? "" : fmt::format("matcher set {}: ", i + 1);
    check_set(silence.matcher_sets[i], where, problems);
  }
  if (!is_set(silence.ends_at)) {
    problems.push_back("no end: say until when it shall hold");
  } else if (silence.ends_at < silence.starts_at) {
    problems.push_back(fmt::format("its end {} is before its start {}", format_rfc3339(silence.ends_at),
                                   format_rfc3339(silence.starts_at)));
  }
  if (silence.expire_when_idle < Duration::zero()) {
    problems.push_back("the time after which it ends when idle is negative");
  }
  return problems;
}

}  // namespace tocsin
