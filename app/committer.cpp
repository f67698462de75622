#include "app/committer.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "app/history.h"

namespace tocsin {
namespace {

// One record per key, the last one, in order: what lies together in the store is written together.
void put_in_order(std::vector<Record>& records) {
  const auto name = [](const Record& record) { return std::tie(record.bucket, record.key); };
  std::stable_sort(records.begin(), records.end(),
                   [&](const Record& a, const Record& b) { return name(a) < name(b); });
  auto kept = records.begin();
  for (auto it = records.begin(); it != records.end(); ++it) {
    const auto next = std::next(it);
    if (next != records.end() && name(*next) == name(*it)) continue;
    if (kept != it) *kept = std::move(*it);
    ++kept;
  }
  records.erase(kept, records.end());
}

}  // namespace

void Committer::commit(Step& step, TimePoint now) {
  if (step.records.empty() && step.notices.empty() && unsaved_.empty()) return;
  unsaved_.insert(unsaved_.end(), std::make_move_iterator(step.records.begin()),
                  std::make_move_iterator(step.records.end()));
  step.records.clear();
  put_in_order(unsaved_);
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
