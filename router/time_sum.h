// Adds a wait to a time without leaving the range: what would lie beyond is never.
#pragma once

#include "core/time.h"

namespace tocsin {

// `wait` is not negative.
inline TimePoint time_sum(TimePoint time, Duration wait) {
  return time > kNever - wait ? kNever : time + wait;
}

}  // namespace tocsin
