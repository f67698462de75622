#include "router/muting.h"

namespace tocsin {

MutedBy Muting::judge(const Labels& labels, MutedBy by_time, TimePoint now) const {
  if (inhibitor_.inhibiting(labels)) return MutedBy::kInhibition;
  if (by_time != MutedBy::kNothing) return by_time;
  return silences_.mutes(labels, now) ? MutedBy::kSilence : MutedBy::kNothing;
}

}  // namespace tocsin
