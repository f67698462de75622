// The Committer makes a step durable before anything of it is carried out, live and under virtual time. It
// does not stop pages when the store fails (a full disk): they go out, the records wait in memory and are
// offered again with every step, and the failure is reported loudly, once.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "app/event.h"
#include "app/store.h"

namespace tocsin {

class Committer {
 public:
  explicit Committer(Store& store) : store_(store) {}

  // Takes the step's records; adds a notice where the store has failed or recovered.
  void commit(Step&, TimePoint now);
  // What the last commit changed about the store, for the engine: at most once each. Nothing: all as before.
  std::optional<StoreCondition> take_news() { return std::exchange(news_, std::nullopt); }
  // From any thread: whether the last commit failed; how many were tried, and how many of them failed.
  bool store_fails() const { return store_fails_; }
  std::uint64_t commits() const { return commits_; }
  std::uint64_t failed_commits() const { return failed_commits_; }

 private:
  Store& store_;
  std::vector<Record> unsaved_;  // in order; between steps, what a failing store has not taken yet
  std::optional<StoreCondition> news_;
  std::atomic<bool> store_fails_{false};
  std::atomic<std::uint64_t> commits_{0};
  std::atomic<std::uint64_t> failed_commits_{0};
};

}  // namespace tocsin
