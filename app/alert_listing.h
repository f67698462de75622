// AlertListing: a list of alerts as JSON that is written and sent while the engine still makes it. Somebody
// waits for it, and it may be tens of megabytes. One thread gives it the alerts in parts; the one that answers
// takes the text piece by piece, in order, and writes it.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/alert_filter.h"
#include "app/alert_json.h"

namespace tocsin {

class AlertListing {
 public:
  // Alerts in a part: their text still lies in the processor's cache when it is sent.
  static constexpr std::size_t kPart = 512;

  AlertListing(AlertFilter filter, AlertJson json) : filter_(std::move(filter)), json_(std::move(json)) {}

  // From one thread; `last` with the last one, which may be empty.
  void take(std::vector<AlertView>, bool last);

  // From one other thread. The next piece of the array; empty behind its end. Waits for it.
  std::string next_piece();
  // Whether the next piece is the end. Waits until that is known.
  bool ends();

 private:
  std::string write(std::vector<AlertView>);
  std::optional<std::vector<AlertView>> next_part();

  const AlertFilter filter_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::vector<AlertView>> parts_;
  bool last_taken_ = false;

  // Of the thread that takes pieces.
  AlertJson json_;
  bool begun_ = false;
  bool ended_ = false;
};

}  // namespace tocsin
