#include "app/store_syncer.h"

#include <algorithm>
#include <iterator>
#include <optional>

namespace tocsin {

StoreSyncer::StoreSyncer(Store& store, Synced synced, std::chrono::milliseconds pause)
    : store_(store), synced_(std::move(synced)), pause_(pause) {
  thread_ = std::thread([this] { work(); });
}

StoreSyncer::~StoreSyncer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void StoreSyncer::committed(std::uint64_t commit) {
  {
    const std::lock_guard lock(mutex_);
    committed_ = commit;
  }
  wake_.notify_one();
}

void StoreSyncer::when_synced(std::function<void(bool)> call) {
  bool worked = true;
  {
    const std::lock_guard lock(mutex_);
    if (done_ < committed_) {
      waiting_.emplace_back(committed_, std::move(call));
      wake_.notify_one();
      return;
    }
    worked = worked_;
  }
  call(worked);
}

void StoreSyncer::work() {
  std::unique_lock lock(mutex_);
  std::optional<std::chrono::steady_clock::time_point> last_end;
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || done_ < committed_; });
    if (done_ == committed_) return;
    if (last_end)
      wake_.wait_until(lock, *last_end + pause_, [this] { return stopping_ || !waiting_.empty(); });
    const std::uint64_t commit = committed_;
    lock.unlock();
    const Result<void> result = store_.sync();
    synced_(commit, result);
    last_end = std::chrono::steady_clock::now();
    lock.lock();
    done_ = commit;
    worked_ = result.has_value();
    const auto later =
        std::find_if(waiting_.begin(), waiting_.end(), [&](const auto& it) { return it.first > commit; });
    std::vector<std::pair<std::uint64_t, std::function<void(bool)>>> ready(
        std::make_move_iterator(waiting_.begin()), std::make_move_iterator(later));
    waiting_.erase(waiting_.begin(), later);
    lock.unlock();
    for (const auto& [number, call] : ready) call(result.has_value());
    lock.lock();
  }
}

}  // namespace tocsin
