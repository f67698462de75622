// When a server had series of a selector, and what that comes to: still there, gone, or only now and then.
// Times at which the server itself has scraped nothing say nothing.
#pragma once

#include <cstdint>
#include <string>

#include "core/time.h"
#include "rules/online/answer.h"
#include "rules/online/question_call.h"

namespace tocsin {

struct SeriesHistory {
  enum class Kind : std::uint8_t { kNone, kGone, kIntermittent };
  Kind kind = Kind::kNone;
  TimePoint last = kNoTime;  // step at which there was something
  std::size_t times = 0;     // for kIntermittent: how often it began
  double share = 0;          // of the time in which the server has scraped, 0 to 1
};

// Of what is not there now. `up` is null where nobody knows when the server has scraped.
SeriesHistory judge_history(const Seen& seen, const Seen* up, const QuestionTime&);

// "in the last 7d", or how long the server remembers where that is less.
std::string time_looked_back_at(const Seen* up, const QuestionTime&);

// "3d", "2h30m", "4m": two units are enough for a reader.
std::string rough_duration(Duration);

}  // namespace tocsin
