// The Committer makes a step last, live and under virtual time: it is committed before anything of it is
// carried out. It does not stop pages when the store fails (a full disk): they go out, the records wait in
// memory and are offered again with every step, and the failure is reported loudly, once.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "app/event.h"
#include "app/store.h"

namespace tocsin {

class Committer {
 public:
  explicit Committer(Store& store) : store_(store) {}

  // Takes the step's records; adds a notice where the store has failed. True: there is a commit to be synced,
  // with the number commits().
  bool commit(Step&, TimePoint now);
  // What became of syncing the commits up to this one; adds a notice where the store has failed or recovered.
  void synced(std::uint64_t commit, const Result<void>&, std::vector<Notice>&);
  // What that changed about the store, for the engine: at most once each. Nothing: all as before.
  std::optional<StoreCondition> take_news() { return std::exchange(news_, std::nullopt); }
  // From any thread: whether the last commit failed; how many were tried, and how many of them failed.
  bool store_fails() const { return store_fails_; }
  std::uint64_t commits() const { return commits_; }
  std::uint64_t failed_commits() const { return failed_commits_; }

 private:
  struct Unsynced {
    std::uint64_t commit;
    std::vector<Record> records;
  };
  void failed(const Error&, std::vector<Notice>&);

  Store& store_;
  std::vector<Record> unsaved_;    // in order; between steps, what a failing store has not taken yet
  std::deque<Unsynced> unsynced_;  // what it has taken, and may yet lose
  std::optional<StoreCondition> news_;
  std::atomic<bool> store_fails_{false};
  std::atomic<std::uint64_t> commits_{0};
  std::atomic<std::uint64_t> failed_commits_{0};
};

}  // namespace tocsin
