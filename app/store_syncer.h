// StoreSyncer: a thread that brings to the disk what was committed, so that the engine, and with it every
// page, never waits for a slow disk. Commits that come while it works share the next sync; where nobody waits
// for them, they wait a moment for more, since each sync costs the disk as much as a hundred commits.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "app/store.h"

namespace tocsin {

class StoreSyncer {
 public:
  // Of commits up to and including that number. Called on the syncer's thread.
  using Synced = std::function<void(std::uint64_t commit, const Result<void>&)>;

  // From one sync to the next, where nobody waits for it.
  static constexpr std::chrono::milliseconds kPause{10};

  // The store outlives it.
  StoreSyncer(Store&, Synced, std::chrono::milliseconds pause = kPause);
  // Syncs what waits.
  ~StoreSyncer();
  StoreSyncer(const StoreSyncer&) = delete;
  StoreSyncer& operator=(const StoreSyncer&) = delete;

  // There is a commit, numbered in order.
  void committed(std::uint64_t commit);
  // Calls back once everything committed so far is on disk, or could not be brought there: at once where that
  // is so, and otherwise on the syncer's thread.
  void when_synced(std::function<void(bool worked)>);

 private:
  void work();

  Store& store_;
  const Synced synced_;
  const std::chrono::milliseconds pause_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::uint64_t committed_ = 0;
  std::uint64_t done_ = 0;  // synced, or failed
  bool worked_ = true;      // the last sync
  bool stopping_ = false;
  std::vector<std::pair<std::uint64_t, std::function<void(bool)>>> waiting_;  // in order of the commits
  std::thread thread_;
};

}  // namespace tocsin
