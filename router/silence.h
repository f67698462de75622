// A Silence keeps alerts from being told for a while: what it matches, from when until when, who made it and
// why. A value: the silences in force, and what may change about them, are router/silences.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/labels.h"
#include "core/matcher.h"
#include "core/time.h"

namespace tocsin {

enum class SilenceState { kPending, kActive, kExpired };
std::string_view to_string(SilenceState);  // as the API writes it: "pending", "active", "expired"

struct Silence {
  std::string id;
  std::vector<Matchers> matcher_sets;  // one of them has to match, with all of its matchers
  TimePoint starts_at = kNoTime;
  TimePoint ends_at = kNoTime;
  TimePoint updated_at = kNoTime;
  std::string created_by;
  std::string comment;
  std::map<std::string, std::string> annotations;

  // Two ends that Alertmanager does not know; ends_at holds all the same.
  bool until_resolved = false;   // once something that it matches has fired while it was active, and
                                 // nothing that it matches fires any more
  Duration expire_when_idle{0};  // once it has matched no firing alert for so long; zero: never

  // The moment of its end is the first in which it mutes nothing any more: so a silence that is expired by
  // hand is over at once.
  SilenceState state(TimePoint now) const;
  // Whatever its state.
  bool matches(const Labels&) const;
  friend bool operator==(const Silence&, const Silence&) = default;
};

// {a="b"} or {c="d"}: for people.
std::string matchers_text(const Silence&);

// Everything that is wrong with it, a sentence each; empty: it may be set. Its start has to be known.
std::vector<std::string> silence_problems(const Silence&);

// Zero: no limit.
struct SilenceLimits {
  std::size_t max_silences = 0;  // pending and active ones: an expired one that is only kept to be looked at
                                 // never stands in the way
  std::size_t max_bytes = 0;     // of one silence, as Alertmanager counts them
};

// The size of the silence in Alertmanager's storage format (protobuf), which
// --silences.max-silence-size-bytes limits. Exact; what Alertmanager does not know (until_resolved,
// expire_when_idle) is not counted.
std::size_t silence_bytes(const Silence&, Duration retention);

enum class SilenceFailure {
  kInvalid,
  kNotFound,
  kLimit,
  kNotStored,  // in force, or asked of a program that stops: not to be relied on
};

struct SilenceError {
  SilenceFailure kind = SilenceFailure::kInvalid;
  std::string message;
  friend bool operator==(const SilenceError&, const SilenceError&) = default;
};

}  // namespace tocsin
