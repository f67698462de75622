#include "app/committer.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "app/history.h"
#include "app/store_batch.h"

namespace tocsin {

bool Committer::commit(Step& step, TimePoint now) {
  if (step.records.empty() && step.notices.empty() && unsaved_.empty()) return false;
  if (unsaved_.empty()) {
    unsaved_ = std::exchange(step.records, {});
  } else {  // the store has failed, for how long nobody knows: what is outdated need not wait
    std::ranges::move(std::exchange(step.records, {}), std::back_inserter(unsaved_));
    keep_last_values(unsaved_);
  }
  const auto saved = store_.commit(unsaved_, history_of(step.notices, now));
  ++commits_;
  if (!saved) {
    failed(saved.error(), step.notices);
    return false;
  }
  unsynced_.push_back({commits_, std::exchange(unsaved_, {})});
  return true;
}

void Committer::synced(std::uint64_t commit, const Result<void>& result, std::vector<Notice>& notices) {
  std::vector<Record> again;
  while (!unsynced_.empty() && unsynced_.front().commit <= commit) {
    if (!result) std::ranges::move(unsynced_.front().records, std::back_inserter(again));
    unsynced_.pop_front();
  }
  if (!result) {
    std::ranges::move(unsaved_, std::back_inserter(again));
    unsaved_ = std::move(again);
    return failed(result.error(), notices);
  }
  if (!unsaved_.empty() || !store_fails_.exchange(false)) return;
  news_ = StoreCondition{};
  notices.push_back({NoticeKind::kStoreRecovered, "", {}, {}});
}

void Committer::failed(const Error& error, std::vector<Notice>& notices) {
  ++failed_commits_;
  if (store_fails_.exchange(true)) return;
  news_ = StoreCondition{error.message};
  notices.push_back({NoticeKind::kStoreFailed,
                     "",
                     {},
                     {{"error", error.message}, {"unsaved_records", std::to_string(unsaved_.size())}}});
}

}  // namespace tocsin
