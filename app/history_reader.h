// The HistoryReader seam: the activity history, read without disturbing the engine thread, which owns the
// Store. From any thread, several at a time. It knows lines, not their meaning (see app/alert_history.h).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/store.h"

namespace tocsin {

struct HistoryQuery {
  std::vector<std::string> subjects{};  // fingerprints, group keys, silences; empty: all
  TimePoint from = kNoTime;             // both ends are part of it
  TimePoint until = kNever;
  std::size_t limit = 1000;
};

class HistoryReader {
 public:
  virtual ~HistoryReader() = default;
  // Newest first.
  virtual Result<std::vector<HistoryEntry>> read(const HistoryQuery&) = 0;
};

// The twin for tests and for a program without a file: reads a Store that stays on the caller's thread.
class StoreHistoryReader final : public HistoryReader {
 public:
  explicit StoreHistoryReader(Store& store) : store_(store) {}
  Result<std::vector<HistoryEntry>> read(const HistoryQuery&) override;

 private:
  Store& store_;
};

}  // namespace tocsin
