// TokenBucket: lets `burst` requests through at once, and then one each `interval`. It has no clock: `now`
// comes from the caller. Not thread-safe.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/time.h"

namespace tocsin {

class TokenBucket {
 public:
  // `interval` is longer than zero. A change of either keeps what has been used up.
  bool take(std::chrono::steady_clock::time_point now, Duration interval, std::int64_t burst) {
    const double size = static_cast<double>(burst);
    if (!started_) tokens_ = size;
    if (started_)
      tokens_ += std::chrono::duration<double>(now - last_) / std::chrono::duration<double>(interval);
    tokens_ = std::min(tokens_, size);
    started_ = true;
    last_ = now;
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  bool started_ = false;
  double tokens_ = 0;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace tocsin
