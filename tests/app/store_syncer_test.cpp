// The syncer's promises: who waits for a commit does not wait for the pause, who does not shares a sync.
#include "app/store_syncer.h"

#include <doctest/doctest.h>

#include <atomic>
#include <future>

#include "app/memory_store.h"

using namespace tocsin;
using namespace std::chrono_literals;

namespace {

struct Syncing {
  MemoryStore store;
  std::atomic<int> syncs = 0;
  std::atomic<std::uint64_t> synced = 0;
  std::promise<void> first;
  StoreSyncer syncer;

  Syncing()
      : syncer(
            store,
            [this](std::uint64_t commit, const Result<void>&) {
              synced = commit;
              if (syncs == 1) first.set_value();
            },
            1h) {
    store.sync_by([this] {
      ++syncs;
      return Result<void>();
    });
  }
  bool wait() {
    std::promise<bool> worked;
    syncer.when_synced([&](bool it) { worked.set_value(it); });
    return worked.get_future().get();
  }
};

}  // namespace

TEST_CASE("a first commit is synced at once; later ones wait for more, until somebody waits for them") {
  Syncing it;
  it.syncer.committed(1);
  it.first.get_future().wait();
  it.syncer.committed(2);
  it.syncer.committed(3);
  CHECK(it.wait());
  CHECK(it.syncs == 2);
  CHECK(it.synced == 3);
  CHECK(it.wait());  // nothing is left to do
  CHECK(it.syncs == 2);
}

TEST_CASE("the end syncs what waits") {
  MemoryStore store;
  std::atomic<int> syncs = 0;
  std::promise<void> first;
  store.sync_by([&] {
    ++syncs;
    return Result<void>();
  });
  {
    StoreSyncer syncer(
        store,
        [&](std::uint64_t commit, const Result<void>&) {
          if (commit == 1) first.set_value();
        },
        1h);
    syncer.committed(1);
    first.get_future().wait();
    syncer.committed(2);
  }
  CHECK(syncs == 2);
}
