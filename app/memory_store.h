// The Store in memory, for simulation, tests and `tocsin test`: the same behaviour as SqliteStore, gone with
// the process. A simulated crash needs nothing more than forgetting everything else: what was committed is
// here, what was not never was.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "app/store.h"

namespace tocsin {

class MemoryStore final : public Store {
 public:
  Result<std::vector<Record>> load() override;
  Result<void> commit(std::span<const Record> records, std::span<const HistoryEntry> history) override;
  Result<std::vector<HistoryEntry>> history(const std::string& subject, std::size_t limit) override;
  Result<void> forget_history(TimePoint before) override;

  Result<void> sync() override { return sync_ ? sync_() : Result<void>(); }

  // From now on commits fail with this error, until it is taken away: a full disk, for the simulation.
  void fail_commits(std::optional<Error> error) { failure_ = std::move(error); }
  // What a sync does from now on: a disk that is slow, or breaks.
  void sync_by(std::function<Result<void>()> sync) { sync_ = std::move(sync); }

 private:
  std::map<std::pair<std::string, std::string>, std::string> records_;
  std::multimap<TimePoint, HistoryEntry> history_;
  std::optional<Error> failure_;
  std::function<Result<void>()> sync_;
};

}  // namespace tocsin
