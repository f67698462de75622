// A PastAlert is what the history says of one alert as of a moment: whether it fired, what muted it, and what
// each integration had been told about it. It is put together from notices alone, so it knows nothing that
// happened before the oldest of them, and nothing of times at which nobody watched.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/past_notice.h"

namespace tocsin {

enum class PastState { kUnknown, kPending, kForgotten, kFiring, kResolved };
std::string_view to_string(PastState);  // "unknown", "pending", "gone", "firing", "resolved"

struct PastIntegration {
  std::string integration;  // team/slack[0]
  std::optional<NamedAlerts::Said> told;
  TimePoint told_at = kNoTime;        // since when it is told so
  TimePoint last_at = kNoTime;        // the last notification that said it
  int times = 0;                      // how often it was said
  std::string reason, tries, status;  // of the last one
  // An attempt that named the alert and had not arrived.
  TimePoint trying_since = kNoTime;
  std::string failed_tries, last_error;
  bool refused = false;  // rather than failed
  std::string verdict;
};

struct PastGroup {
  std::string key;
  std::string silenced_by;         // ids with commas
  std::string inhibited_by, rule;  // a source's fingerprint
  std::string muted_by;            // names of time intervals with commas
  std::string muting_list;         // "mute_time_intervals" or "outside active_time_intervals"
  bool closed = false;
  std::vector<PastIntegration> integrations;  // those of which the history speaks, in order of name

  bool muted() const { return !silenced_by.empty() || !inhibited_by.empty() || !muted_by.empty(); }
};

struct PastAlert {
  std::string fingerprint;
  Labels labels;
  PastState state = PastState::kUnknown;
  TimePoint since = kNoTime;      // kNoTime: since before the history
  std::string cause;              // why it ended
  std::string dropped;            // why nobody was to be told, where that was noticed
  std::vector<PastGroup> groups;  // in order of key
  std::string verdict;
};

// From the lines up to the moment, newest first. Lines about other alerts are passed over; of the alert's
// groups there may be any.
PastAlert past_alert(std::string_view fingerprint, std::span<const PastNotice> newest_first);

// Who made each silence and why, by id: (ann, "deploy").
using SilenceMakers = std::map<std::string, std::string, std::less<>>;
// Fills in the verdicts; ages count back from `at`.
void word_past(PastAlert&, const SilenceMakers&, TimePoint at);

}  // namespace tocsin
