// How many serve a line at once: one, and where that does not get done what waits, one more at each look. So
// a burst of mails goes over one session where the server is quick, and one mail that hangs does not hold up
// all the others of its server. It knows numbers only, no mails and no time.
#pragma once

#include <cstddef>

namespace tocsin {

class LinePace {
 public:
  std::size_t at_once() const { return at_once_; }
  void one_ended() { ++ended_; }
  // At each interval: a line that would take longer than ten of them to get done is served by one more, up to
  // `limit`. Who came since the last look is given a chance first.
  void look(std::size_t waiting, std::size_t limit) {
    constexpr std::size_t kLooks = 10;
    if (waited_ && waiting > kLooks * ended_ && at_once_ < limit) ++at_once_;
    ended_ = 0;
    waited_ = waiting > 0;
  }

 private:
  std::size_t at_once_ = 1;
  std::size_t ended_ = 0;  // since the last look
  bool waited_ = false;    // somebody did at the last look
};

}  // namespace tocsin
