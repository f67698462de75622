// Told state: what one integration was last told about each alert of one group. It is the memory that decides
// whether to speak: who heard "firing" hears "resolved", and nobody hears the same twice. Owned by the group,
// one per integration; durable.
#pragma once

#include <cstdint>

#include "core/time.h"
#include "router/alert_key.h"
#include "router/key_map.h"

namespace tocsin {

enum class Told : std::uint8_t {
  kNothing,
  kOwed,  // a flush had "firing" to say, but the integration was busy or held: never sent, still to be told
  kFiring,
  kResolved,
};

struct ToldAlert {
  Told told = Told::kNothing;
  // What a delivery said that was started and is not known to have arrived; kNothing where there is none. It
  // may have been heard, so the integration counts as having heard both.
  Told attempted = Told::kNothing;
  // Muted at a flush although the integration believes that it fires, or (kOwed) may have heard so from an
  // attempt that failed: once nothing mutes it any more, it is announced again.
  bool muted_since = false;
  TimePoint at = kNoTime;  // the flush at which `told` became so
  friend bool operator==(const ToldAlert&, const ToldAlert&) = default;
};

struct ToldState {
  KeyMap<ToldAlert> alerts;              // no entry: never
  TimePoint last_notified_at = kNoTime;  // the flush of the last notification that arrived
  int times_notified = 0;

  ToldAlert of(AlertKey key) const {
    auto it = alerts.find(key);
    return it == alerts.end() ? ToldAlert{} : it->second;
  }
};

// Whether somebody may have heard that the alert fires: what is only owed was never sent.
inline bool may_have_heard(const ToldAlert& told) {
  return told.told == Told::kFiring || told.attempted == Told::kFiring ||
         (told.told == Told::kOwed && told.muted_since);
}

// Whether the integration may believe that the alert fires, or was to be told so: then it must hear
// "resolved" some day.
inline bool may_believe_firing(const ToldAlert& told) {
  return told.told == Told::kFiring || told.told == Told::kOwed || told.attempted != Told::kNothing;
}

}  // namespace tocsin
