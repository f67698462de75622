// What the router can say about one alert at a moment: which routes take it, in which groups it is, what
// mutes it, what each integration was told about it, and in one sentence why it was not told or what it waits
// for. Values, detached from the router, so that they can be worded and serialised on another thread. It only
// looks: what will be done is decided at flushes, by the same functions.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/alert.h"
#include "core/notification.h"
#include "router/alert_key.h"
#include "router/delivery.h"
#include "router/gates.h"
#include "router/muted_by.h"
#include "router/told.h"

namespace tocsin {

struct MutingSilence {
  std::string id;
  std::string created_by;
  std::string comment;
  TimePoint until = kNoTime;
  bool until_resolved = false;  // or earlier, when nothing that it mutes fires any more
};

struct MutingSource {
  std::string rule;  // its name in quotes, or its line
  AlertKey source;
  Labels labels;  // of the source
};

// Time intervals that mute a group.
struct MutingTimes {
  MutedBy kind = MutedBy::kNothing;  // kActiveTime or kMuteTime
  std::vector<std::string> names;
  TimePoint until = kNever;
};

// Where an integration stands with an alert: the reason that `verdict` puts into words.
enum class Stand {
  kMuted,          // fires, was not told, and something mutes it
  kToldThenMuted,  // was told that it fires; muted since, so nothing is repeated
  kWaits,          // for the group's next flush
  kBeingTold,      // an attempt is under way
  kQueued,         // waits for its turn at the integration's gate: pace, pause or circuit
  kFails,          // the service fails: tried again by itself
  kHeld,           // the service refuses: tried again at a flush
  kTold,           // knows that it fires; the next repeat comes in its time
  kEndWaits,       // knows that it fires, and hears of the end at the next flush
  kEndTold,
  kEndUnwanted,  // send_resolved is off
  kEndUnneeded,  // ended before anybody was told
  kElsewhere,    // a reload gave it to another group or took the integration away
};
std::string_view to_string(Stand);  // "muted", "told then muted", …

struct IntegrationExplanation {
  IntegrationId id;
  bool wants_resolved = true;
  ToldAlert told;
  TimePoint last_notified_at = kNoTime;  // the flush of the last notification of the group that arrived
  int times_notified = 0;                // about the group
  TimePoint next_repeat_at = kNever;     // where it is repeated at all
  Delivery::State delivery = Delivery::State::kIdle;
  int tries = 0;
  TimePoint trying_since = kNoTime;
  TimePoint next_attempt_at = kNever;
  std::string last_error;
  GateView gate;                  // of the whole integration
  std::string fallback_receiver;  // hears as well; empty: not now
  bool stands_in = false;         // it is here as the fallback of another
  Stand stand = Stand::kWaits;
  std::string verdict;  // a sentence for people
};

struct GroupExplanation {
  std::string route_id;
  std::vector<std::string> path;  // the matchers of each route from the root to its own; empty: route is gone
  std::string receiver;
  std::string group_key;
  Labels labels;
  Duration group_wait{};
  Duration group_interval{};
  Duration repeat_interval{};
  TimePoint opened_at = kNoTime;
  TimePoint last_flush = kNoTime;  // kNoTime: it waits group_wait
  TimePoint next_flush = kNever;
  bool departed = false;  // a reload gave the alert to another group
  MutingTimes times;
  std::vector<IntegrationExplanation> integrations;  // none: nobody is told
};

struct AlertExplanation {
  AlertKey key;
  Alert alert;
  bool firing = false;
  std::vector<MutingSilence> silences;
  std::vector<MutingSource> inhibition;  // the first ones
  std::vector<GroupExplanation> groups;  // in order of route id
};

// Which alerts are asked about, and how many of them.
struct ExplainQuery {
  std::function<bool(const Labels&)> takes;
  std::size_t limit = 100;
};

struct Explanations {
  std::vector<AlertExplanation> alerts;  // in order of key
  std::size_t left_out = 0;              // that were asked about and are too many
};

}  // namespace tocsin
