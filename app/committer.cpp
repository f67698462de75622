#include "app/committer.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "app/history.h"
#include "app/store_batch.h"

namespace tocsin {

void Committer::commit(Step& step, TimePoint now) {
  if (step.records.empty() && step.notices.empty() && unsaved_.empty()) return;
  if (unsaved_.empty()) {
    unsaved_ = std::exchange(step.records, {});
  } else {  // the store has failed, for how long nobody knows: what is outdated need not wait
    std::ranges::move(std::exchange(step.records, {}), std::back_inserter(unsaved_));
    keep_last_values(unsaved_);
  }
  const auto saved = store_.commit(unsaved_, history_of(step.notices, now));
  ++commits_;
  if (!saved) ++failed_commits_;
  if (saved) {
    unsaved_ = {};
    if (!store_fails_.exchange(false)) return;
    news_ = StoreCondition{};
    step.notices.push_back({NoticeKind::kStoreRecovered, "", {}, {}});
  } else if (!store_fails_.exchange(true)) {
    news_ = StoreCondition{saved.error().message};
    step.notices.push_back(
        {NoticeKind::kStoreFailed,
         "",
         {},
         {{"error", saved.error().message}, {"unsaved_records", std::to_string(unsaved_.size())}}});
  }
}

}  // namespace tocsin
