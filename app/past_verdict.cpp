// The part of PastAlert that puts it into words.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "app/past_alert.h"
#include "core/moment.h"

namespace tocsin {
namespace {

using Said = NamedAlerts::Said;

std::string silence_text(std::string_view ids, const SilenceMakers& makers) {
  std::string text;
  while (!ids.empty()) {
    const std::size_t comma = std::min(ids.find(", "), ids.size());
    const std::string_view id = ids.substr(0, comma);
    ids.remove_prefix(std::min(comma + 2, ids.size()));
    if (!text.empty()) text += ", ";
    text += id;
    if (const auto maker = makers.find(id); maker != makers.end()) text += " " + maker->second;
  }
  return text;
}

std::string muting_text(const PastGroup& group, const SilenceMakers& makers) {
  std::vector<std::string> reasons;
  if (!group.inhibited_by.empty()) {
    const std::string rule = group.rule.empty() ? "" : fmt::format(" (rule {})", go_quote(group.rule));
    reasons.push_back("inhibited by " + group.inhibited_by + rule);
  }
  if (!group.muted_by.empty()) {
    const char* in = group.muting_list.starts_with("outside") ? "" : "in ";
    reasons.push_back(fmt::format("{}{} {}", in, group.muting_list, group.muted_by));
  }
  if (!group.silenced_by.empty()) reasons.push_back("silenced by " + silence_text(group.silenced_by, makers));
  return fmt::format("{}", fmt::join(reasons, " and "));
}

std::string tries_text(std::string_view tries) {
  return fmt::format("{} {}", tries.empty() ? "1" : tries, tries.empty() || tries == "1" ? "try" : "tries");
}

std::string told_text(const PastIntegration& about, TimePoint at) {
  std::string text = fmt::format("told that it {} at {}", about.told == Said::kFiring ? "fires" : "has ended",
                                 format_moment(about.told_at, at));
  if (about.times > 1) {
    text += fmt::format(", and {} more, last at {}",
                        about.times == 2 ? "once" : fmt::format("{} times", about.times - 1),
                        format_moment(about.last_at, at));
  }
  return text + fmt::format(" (answer {} after {})", about.status, tries_text(about.tries));
}

std::string trouble_text(const PastIntegration& about, TimePoint at) {
  const std::string since = format_moment(about.trying_since, at);
  if (about.last_error.empty()) return "being told since " + since;
  if (about.refused) return fmt::format("the receiver refuses it since {}: {}", since, about.last_error);
  return fmt::format("delivery fails since {}: {} ({})", since, about.last_error,
                     tries_text(about.failed_tries));
}

std::string verdict(const PastAlert& alert, const PastGroup& group, const PastIntegration& about,
                    const SilenceMakers& makers, TimePoint at) {
  const bool trying = is_set(about.trying_since);
  if (!about.told) {
    if (trying) return trouble_text(about, at);
    std::string text = group.muted() ? "not told: " + muting_text(group, makers) : "not told";
    if (!about.last_error.empty()) text += "; the last attempt that named it failed: " + about.last_error;
    return text;
  }
  std::string text = told_text(about, at);
  if (*about.told == Said::kResolved && alert.state == PastState::kFiring) {
    text += group.muted() ? "; not told that it fires again: " + muting_text(group, makers)
                          : "; not told yet that it fires again";
  } else if (*about.told == Said::kFiring && alert.state == PastState::kFiring && group.muted()) {
    text += "; not repeated while " + muting_text(group, makers);
  } else if (*about.told == Said::kFiring && alert.state == PastState::kResolved && !trying) {
    text += "; not told of its end";
  }
  if (trying) text += "; " + trouble_text(about, at);
  return text;
}

std::string state_text(const PastAlert& alert, TimePoint at) {
  const std::string when =
      is_set(alert.since) ? format_moment(alert.since, at) : "before what the history knows";
  switch (alert.state) {
    case PastState::kUnknown:
      return "nothing is known of it";
    case PastState::kPending:
      return "its condition held since " + when + ", not yet as long as `for` wants";
    case PastState::kForgotten:
      return "it was pending until " + when + " and never fired";
    case PastState::kFiring:
      return "it fired since " + when;
    case PastState::kResolved:
      return "it had ended at " + when + (alert.cause.empty() ? "" : " (" + alert.cause + ")");
  }
  return "";
}

}  // namespace

void word_past(PastAlert& alert, const SilenceMakers& makers, TimePoint at) {
  bool spoken_of = false;
  std::vector<std::string> muted;
  for (PastGroup& group : alert.groups) {
    if (group.muted() && group.integrations.empty()) muted.push_back(muting_text(group, makers));
    for (PastIntegration& about : group.integrations) {
      about.verdict = verdict(alert, group, about, makers, at);
      spoken_of = true;
    }
  }
  alert.verdict = state_text(alert, at);
  if (!alert.dropped.empty()) alert.verdict += "; " + alert.dropped;
  const bool was_to_be_told = alert.state == PastState::kFiring || alert.state == PastState::kResolved;
  if (!spoken_of && was_to_be_told && alert.dropped.empty()) alert.verdict += "; nobody was told";
  if (!muted.empty()) alert.verdict += fmt::format(": {}", fmt::join(muted, "; "));
}

}  // namespace tocsin
