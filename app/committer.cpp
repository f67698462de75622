#include "app/committer.h"

#include <vector>

#include "app/history.h"

namespace tocsin {

void Committer::commit(Step& step, TimePoint now) {
  if (step.records.empty() && step.notices.empty() && unsaved_.empty()) return;
  for (Record& record : step.records) {
    auto key = std::make_pair(record.bucket, record.key);
    unsaved_.insert_or_assign(std::move(key), std::move(record));
  }
  std::vector<Record> batch;
  batch.reserve(unsaved_.size());
  for (const auto& [key, record] : unsaved_) batch.push_back(record);
  const auto saved = store_.commit(batch, history_of(step.notices, now));
  if (saved) {
    unsaved_.clear();
    if (store_fails_.exchange(false)) step.notices.push_back({NoticeKind::kStoreRecovered, "", {}, {}});
  } else if (!store_fails_.exchange(true)) {
    step.notices.push_back(
        {NoticeKind::kStoreFailed,
         "",
         {},
         {{"error", saved.error().message}, {"unsaved_records", std::to_string(batch.size())}}});
  }
}

}  // namespace tocsin
