// The Clock seam: the engine's time. It never runs backwards and never stands still: where the machine's
// clock was set back, engine time goes on at half speed until the machine has caught up; where it was set
// forward, engine time follows at once.
#pragma once

#include <chrono>
#include <mutex>

#include "core/time.h"

namespace tocsin {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() = 0;
  // How far engine time is ahead of the machine's clock: what is asked of a server by time is asked this much
  // earlier.
  virtual Duration ahead() { return Duration::zero(); }
};

class SystemClock : public Clock {
 public:
  SystemClock();
  TimePoint now() override;
  Duration ahead() override;

  // The rule itself, for tests: the next engine time.
  static TimePoint advance(TimePoint last, Duration elapsed, TimePoint wall);

 private:
  std::mutex mutex_;
  TimePoint last_;
  std::chrono::steady_clock::time_point last_steady_;
};

}  // namespace tocsin
