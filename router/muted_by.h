// What keeps an alert from being announced, in the order in which it is looked for (as Alertmanager's pipeline
// does): inhibition, the time intervals of the route, silences. The first that holds is named.
#pragma once

#include <cstdint>

namespace tocsin {

enum class MutedBy : std::uint8_t { kNothing, kInhibition, kActiveTime, kMuteTime, kSilence };

}  // namespace tocsin
