// The Store seam: where durable facts live. The engine thread owns it. One commit is one transaction. When it
// returns, it outlives the process (kill -9); after the next sync() it outlives the machine, too. It knows
// records, not their meaning, so that a replicated store can stand behind the same seam.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/record.h"
#include "core/result.h"
#include "core/time.h"

namespace tocsin {

// One line of the activity history: a notice, kept for the retention time.
struct HistoryEntry {
  TimePoint at = kNoTime;
  std::string kind;     // "AlertFired", "Notified", …
  std::string subject;  // fingerprint of the alert, or the group key, or the integration; "" where none
  std::string json;     // the whole notice
};

class Store {
 public:
  virtual ~Store() = default;
  // Everything that was committed, in order of bucket and key.
  virtual Result<std::vector<Record>> load() = 0;
  // All or nothing. A record without value deletes. After an error nothing of the batch is stored.
  virtual Result<void> commit(std::span<const Record> records, std::span<const HistoryEntry> history) = 0;
  // Everything committed is on disk when this returns. After an error nobody knows whether what was committed
  // since the last one is.
  virtual Result<void> sync() { return {}; }
  // Newest first; `subject` empty: all.
  virtual Result<std::vector<HistoryEntry>> history(const std::string& subject, std::size_t limit) = 0;
  // Nothing is going on: memory that only makes commits quicker may be given back.
  virtual void rest() {}
  // Forgets history older than `before`, now or soon.
  virtual Result<void> forget_history(TimePoint before) = 0;
};

}  // namespace tocsin
