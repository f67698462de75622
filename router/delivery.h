// A Delivery is the attempts to say what one group owes one integration: at most one attempt is in flight. It
// knows when to try again, not what to say: every attempt is built from the group's current state, so newer
// state replaces older under the same id. It never gives up: it ends when something arrived or when nothing
// is owed any more.
//
//   idle ── start ─► under way ── succeeded ─► idle
//     │                │  ▲ again
//     │                ├──┴─ failed ─► backing off (tries again by itself)
//     │                ├──┴─ rejected ─► held (tries again at a flush)
//     └─ wait ─► waiting (for its turn at the integration's gate)
//
// Whoever is not under way may be told to wait: the gate is shut (router/gate.h).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/delivery_result.h"
#include "core/notification.h"
#include "core/time.h"

namespace tocsin {

class Delivery {
 public:
  enum class State { kIdle, kWaiting, kUnderWay, kBackingOff, kHeld };

  State state() const { return progress().state; }
  bool under_way() const { return state() == State::kUnderWay; }
  bool waiting() const { return state() == State::kWaiting; }
  bool idle() const { return state() == State::kIdle; }
  const std::string& id() const { return progress().id; }
  int tries() const { return progress().tries; }
  TimePoint started_at() const { return progress().started_at; }  // the first attempt
  // Since when it is owed; survives a restart.
  TimePoint owed_since() const { return progress().owed_since; }
  // Waiting: its place among those that wait; the earliest goes first.
  TimePoint waiting_since() const { return progress().waiting_since; }
  // Backing off: when to try again. Held: a flush before this does not try. Otherwise kNever.
  TimePoint next_attempt_at() const { return progress().next_attempt_at; }
  const std::string& last_error() const { return progress().last_error; }

  void start(std::string id, TimePoint now);
  void again(TimePoint now);
  // At the end of those that wait, or, where it was not its fault that it has not arrived, at the place that
  // its age gives it. An idle one begins under the id.
  void wait(std::string id, TimePoint now);
  void wait_again(const DeliveryResult&);
  void succeeded();
  void failed(const DeliveryResult&, TimePoint now);
  // Holds exponentially from one group_interval to at most an hour, counted from the flush that spoke, so
  // that it ends on a flush.
  void rejected(const DeliveryResult&, TimePoint flush, Duration group_interval);
  // Nobody gets through: it waits for its turn, after those that have not tried lately.
  void rejected_and_waits(const DeliveryResult&, TimePoint now);
  // Nothing is owed any more.
  void drop();
  // The integration was changed: the next flush tries again.
  void end_hold();

  // What survives a restart. The count of tries and the back-off do not: after a restart an owed delivery is
  // tried at once.
  struct Memory {
    std::string id;  // empty: idle
    int rejections = 0;
    TimePoint held_until = kNoTime;
    TimePoint owed_since = kNoTime;
  };
  Memory memory() const;
  void restore(const Memory&, TimePoint now);

 private:
  struct Progress {
    State state = State::kIdle;
    std::string id;
    int tries = 0;
    int rejections = 0;
    TimePoint started_at = kNoTime;
    TimePoint owed_since = kNoTime;
    TimePoint waiting_since = kNoTime;
    TimePoint next_attempt_at = kNever;
    std::string last_error;
  };
  const Progress& progress() const;
  void begin(std::string id, TimePoint owed_since);

  std::unique_ptr<Progress> progress_;  // null: idle, as nearly all are
};

std::string_view to_string(Delivery::State);  // "idle", "waiting", "under way", "backing off", "held"

// A service may ask for any wait; beyond this a page would be as good as lost.
inline constexpr Duration kLongestRetryAfter = std::chrono::hours(1);

// 500 ms × 1.5^(tries-1), at most 60 s, ±50 % by a hash of id and try; or the service's wish, up to an hour,
// where that is longer.
Duration back_off(std::string_view id, int tries, Duration retry_after);

}  // namespace tocsin
