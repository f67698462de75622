#include "router/explain_verdict.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/duration.h"
#include "core/moment.h"

namespace tocsin {

namespace {

std::string until(TimePoint end, TimePoint now) {
  return end == kNever ? "for years to come" : "until " + format_moment(end, now);
}

std::string silence_text(const MutingSilence& silence, TimePoint now) {
  std::string text = fmt::format("silenced by {} ({}, {}) {}", silence.id, silence.created_by,
                                 go_quote(silence.comment), until(silence.until, now));
  if (silence.until_resolved) text += " or until nothing that it mutes fires any more";
  return text;
}

std::string times_text(const MutingTimes& times, TimePoint now) {
  const char* list =
      times.kind == MutedBy::kActiveTime ? "outside active_time_intervals" : "in mute_time_intervals";
  return fmt::format("{} {} {}", list, fmt::join(times.names, ", "), until(times.until, now));
}

// Everything that mutes it, in the order in which a flush looks for it; "" where nothing does. Of silences
// and sources the first is named and the others are counted.
std::string muting_text(const AlertExplanation& alert, const MutingTimes& times, TimePoint now) {
  std::vector<std::string> reasons;
  const auto add = [&](std::string reason, std::size_t count) {
    if (count > 1) reason += fmt::format(" (and {} more)", count - 1);
    reasons.push_back(std::move(reason));
  };
  if (!alert.inhibition.empty()) {
    const MutingSource& first = alert.inhibition.front();
    add(fmt::format("inhibited by {} (rule {})", first.labels.to_string(), first.rule),
        alert.inhibition.size());
  }
  if (times.kind != MutedBy::kNothing) add(times_text(times, now), 1);
  if (!alert.silences.empty()) {
    const auto last = std::ranges::max_element(alert.silences, {}, &MutingSilence::until);
    add(silence_text(*last, now), alert.silences.size());
  }
  return fmt::format("{}", fmt::join(reasons, " and "));
}

// The first flush that is not before `at`.
TimePoint flush_from(const GroupExplanation& group, TimePoint at) {
  if (!is_set(at) || at <= group.next_flush || group.group_interval <= Duration::zero())
    return group.next_flush;
  const auto intervals = (at - group.next_flush + group.group_interval - Duration(1)) / group.group_interval;
  return group.next_flush + intervals * group.group_interval;
}

class Judge {
 public:
  Judge(const AlertExplanation& alert, const GroupExplanation& group, Standing standing, TimePoint now,
        IntegrationExplanation& about)
      : alert_(alert), group_(group), standing_(standing), now_(now), about_(about) {}

  void judge() {
    if (alert_.firing)
      firing();
    else
      ended();
    if (!about_.fallback_receiver.empty())
      about_.verdict += "; meanwhile its fallback " + about_.fallback_receiver + " hears as well";
    if (about_.stands_in) about_.verdict += " (as a fallback)";
  }

 private:
  void say(Stand stand, std::string verdict) {
    about_.stand = stand;
    about_.verdict = std::move(verdict);
  }
  bool told_firing() const { return about_.told.told == Told::kFiring; }
  std::string told_text() const {
    return "told that it fires by the flush at " + format_moment(about_.told.at, now_);
  }
  std::string next_flush_text() const {
    return "the next flush at " + format_moment(group_.next_flush, now_);
  }

  void firing() {
    if (standing_ == Standing::kRetired) return elsewhere();
    if (about_.delivery == Delivery::State::kUnderWay && about_.told.attempted == Told::kFiring) {
      const std::string now_text = fmt::format("being told right now (try {})", about_.tries);
      return say(Stand::kBeingTold, told_firing() ? told_text() + "; " + now_text : now_text);
    }
    const std::string muting = muting_text(alert_, group_.times, now_);
    if (!muting.empty()) {
      if (told_firing()) return say(Stand::kToldThenMuted, told_text() + "; not repeated while " + muting);
      const bool perhaps = about_.told.attempted == Told::kFiring ||
                           (about_.told.told == Told::kOwed && about_.told.muted_since);
      return say(Stand::kMuted,
                 (perhaps ? "perhaps told by an attempt that failed; not tried again while " : "not told: ") +
                     muting);
    }
    if (needs_delivery() && trouble(told_firing() ? told_text() + "; the next notification: " : "not told: "))
      return;
    if (told_firing() && about_.told.muted_since) {
      return say(Stand::kWaits, told_text() + ", then muted; announced again with " + next_flush_text());
    }
    if (told_firing()) {
      return say(Stand::kTold,
                 told_text() + "; next repeat at " + format_moment(about_.next_repeat_at, now_));
    }
    waits();
  }

  // Whether what is to be said next is (also) about this alert.
  bool needs_delivery() const {
    return about_.told.attempted != Told::kNothing || !told_firing() || about_.told.muted_since;
  }

  void waits() {
    if (about_.delivery == Delivery::State::kUnderWay) {
      return say(
          Stand::kWaits,
          "not told yet: a notification without it is on its way, and it follows when that is answered");
    }
    const bool first = !is_set(group_.last_flush);
    say(Stand::kWaits,
        fmt::format("not told yet: the group waits {} ({}) until {}", first ? "group_wait" : "group_interval",
                    format_prometheus_duration(first ? group_.group_wait : group_.group_interval),
                    format_moment(group_.next_flush, now_)));
  }

  // Until its turn at the gate comes.
  std::string queue_text() const {
    const GateView& gate = about_.gate;
    switch (gate.obstacle) {
      case Gate::Obstacle::kCircuit:
        return fmt::format("the receiver refuses everybody since {}: {}; next probe {}",
                           format_moment(gate.failing_since, now_), gate.last_error, gate_opens_text());
      case Gate::Obstacle::kPause:
        return fmt::format("the service asks to be left alone until {}: {}",
                           format_moment(gate.opens_at, now_), gate.last_error);
      case Gate::Obstacle::kOneAtATime:
        return "the service was too busy, and takes a few at a time now";
      case Gate::Obstacle::kPace:
      case Gate::Obstacle::kNone:
        break;
    }
    return fmt::format("the pace is {}", gate.pace.to_string());
  }

  std::string gate_opens_text() const {
    return about_.gate.opens_at == kNever ? "is under way"
                                          : "at " + format_moment(about_.gate.opens_at, now_);
  }

  // A service that fails or refuses, or does not take all at once; false where there is none.
  bool trouble(const std::string& prefix) {
    if (about_.delivery == Delivery::State::kWaiting) {
      say(Stand::kQueued, fmt::format("{}it waits for its turn, as {} in all do: {}", prefix,
                                      about_.gate.waiting, queue_text()));
      return true;
    }
    const std::string error = about_.last_error.empty() ? "no answer" : about_.last_error;
    if (about_.delivery == Delivery::State::kBackingOff) {
      const std::string next = "next try at " + format_moment(about_.next_attempt_at, now_);
      if (about_.tries == 0) {
        say(Stand::kFails, prefix + "a restart interrupted its delivery; " + next);
      } else {
        say(Stand::kFails, fmt::format("{}delivery fails since {}: {} ({} {}), {}", prefix,
                                       format_moment(about_.trying_since, now_), error, about_.tries,
                                       about_.tries == 1 ? "try" : "tries", next));
      }
      return true;
    }
    if (about_.delivery != Delivery::State::kHeld) return false;
    const std::string since =
        is_set(about_.trying_since) ? " since " + format_moment(about_.trying_since, now_) : "";
    say(Stand::kHeld, fmt::format("{}the receiver refuses it{}: {}; next try at {}", prefix, since, error,
                                  format_moment(flush_from(group_, about_.next_attempt_at), now_)));
    return true;
  }

  void elsewhere() {
    const std::string why = group_.departed ? "a reload gave it to another group"
                                            : "a reload took this integration away from the alert's route";
    if (!may_believe_firing(about_.told)) return say(Stand::kElsewhere, "not told here: " + why);
    say(Stand::kElsewhere, (told_firing() ? told_text() : "may have been told that it fires") + "; " + why +
                               ", and only its end is told here");
  }

  void ended() {
    if (!about_.wants_resolved) {
      return say(Stand::kEndUnwanted, "no longer: it has ended, and send_resolved is off");
    }
    if (!may_believe_firing(about_.told)) {
      if (about_.told.told == Told::kResolved) {
        return say(Stand::kEndTold,
                   "told that it has ended by the flush at " + format_moment(about_.told.at, now_));
      }
      return say(Stand::kEndUnneeded, "no longer: it ended before it was told");
    }
    if (about_.delivery == Delivery::State::kUnderWay) {
      const bool end = about_.told.attempted == Told::kResolved;
      return say(end ? Stand::kBeingTold : Stand::kEndWaits,
                 end ? fmt::format("its end is being told right now (try {})", about_.tries)
                     : "its end is not told yet: an earlier notification is still on its way");
    }
    if (trouble("its end is not told yet: ")) return;
    say(Stand::kEndWaits, "its end is not told yet: it is told with " + next_flush_text());
  }

  const AlertExplanation& alert_;
  const GroupExplanation& group_;
  const Standing standing_;
  const TimePoint now_;
  IntegrationExplanation& about_;
};

}  // namespace

void judge(const AlertExplanation& alert, const GroupExplanation& group, Standing standing, TimePoint now,
           IntegrationExplanation& about) {
  Judge(alert, group, standing, now, about).judge();
}

std::string_view to_string(Stand stand) {
  switch (stand) {
    case Stand::kMuted:
      return "muted";
    case Stand::kToldThenMuted:
      return "told then muted";
    case Stand::kWaits:
      return "waits";
    case Stand::kBeingTold:
      return "being told";
    case Stand::kQueued:
      return "queued";
    case Stand::kFails:
      return "fails";
    case Stand::kHeld:
      return "held";
    case Stand::kTold:
      return "told";
    case Stand::kEndWaits:
      return "end waits";
    case Stand::kEndTold:
      return "end told";
    case Stand::kEndUnwanted:
      return "end unwanted";
    case Stand::kEndUnneeded:
      return "end unneeded";
    case Stand::kElsewhere:
      return "elsewhere";
  }
  return "waits";
}

}  // namespace tocsin
