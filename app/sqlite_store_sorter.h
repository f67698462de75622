// The sorter carries commits from the store's recent file into their places in the sorted one, on a thread of
// its own and with connections of its own, so that no commit waits for it: when nothing has been committed
// for a moment, or when many commits have piled up. What it does can be broken off anywhere: a commit leaves
// the recent file only after the sorted one has it on disk.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "app/sqlite_file.h"
#include "app/sqlite_statement.h"
#include "app/store_batch.h"

namespace tocsin {

class SqliteStoreSorter {
 public:
  // Both files are there and in form; `waiting` bytes are in the recent one.
  static SqliteFile::Attempt<std::unique_ptr<SqliteStoreSorter>> start(const std::string& folder,
                                                                       std::size_t waiting);
  ~SqliteStoreSorter();
  SqliteStoreSorter(const SqliteStoreSorter&) = delete;
  SqliteStoreSorter& operator=(const SqliteStoreSorter&) = delete;

  // A commit of this size is in the recent file.
  void added(std::size_t bytes);
  // Before a commit: waits while far too much waits to be sorted; fails where the sorting fails and much
  // waits: then somebody has to know.
  Result<void> make_way();
  // Soon.
  void forget_history(TimePoint before);
  // Waits until everything is in its place; fails where that fails.
  Result<void> finish();

 private:
  SqliteStoreSorter() = default;
  SqliteFile::Attempt<void> open(const std::string& folder);
  void work();
  bool wait_for_work();
  Result<std::size_t> sort_some();
  Result<void> forget(TimePoint before);
  bool put(const Record&);
  bool note(const HistoryEntry&);

  // The thread's own.
  SqliteFile sorted_, recent_;
  SqliteStatement put_, remove_, note_, forget_, mark_, drop_;
  std::int64_t last_ = 0;  // the last commit that is in its place

  std::mutex mutex_;
  std::condition_variable wake_, progress_;
  std::size_t waiting_ = 0;  // bytes
  std::chrono::steady_clock::time_point last_added_;
  std::optional<TimePoint> forget_before_;
  std::optional<Error> failure_;  // of the last attempt
  bool hurry_ = false;            // somebody waits
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace tocsin
