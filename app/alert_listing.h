// AlertListing: a list of alerts as JSON that is written and sent while the engine still makes it. Somebody
// waits for it, and it may be tens of megabytes. One thread gives it the alerts in parts; the one that
// answers takes the text piece by piece, in order. Parts of a long list are written by that thread and by one
// that helps it.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/alert_filter.h"
#include "app/alert_json.h"

namespace tocsin {

class AlertListing {
 public:
  // Alerts in a part: their text still lies in the processor's cache when it is sent.
  static constexpr std::size_t kPart = 512;

  AlertListing(AlertFilter filter, AlertJson json) : filter_(std::move(filter)), json_(std::move(json)) {}
  ~AlertListing();

  // From one thread; `last` with the last one, which may be empty.
  void take(std::vector<AlertView>, bool last);

  // From one other thread. The next piece of the array; empty behind its end. Waits for it.
  std::string next_piece();
  // Whether the next piece is the end. Waits until that is known.
  bool ends();
  // The list is long: from now on a second thread writes, too.
  void get_help();

 private:
  struct Part {
    std::vector<AlertView> views;
    std::string text;
    enum class State { kWaiting, kTaken, kWritten } state = State::kWaiting;
  };
  std::string write(std::vector<AlertView>, AlertJson&) const;
  std::optional<std::string> next_text();
  void help(AlertJson);

  const AlertFilter filter_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Part> parts_;
  bool last_taken_ = false;
  bool abandoned_ = false;

  // Of the thread that takes pieces.
  AlertJson json_;
  bool begun_ = false;
  bool ended_ = false;
  std::thread helper_;
};

}  // namespace tocsin
