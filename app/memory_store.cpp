#include "app/memory_store.h"

namespace tocsin {

Result<std::vector<Record>> MemoryStore::load() {
  std::vector<Record> records;
  records.reserve(records_.size());
  for (const auto& [name, value] : records_) records.push_back({name.first, name.second, value});
  return records;
}

Result<void> MemoryStore::commit(std::span<const Record> records, std::span<const HistoryEntry> history) {
  if (failure_) return tl::unexpected(*failure_);
  for (const auto& record : records) {
    if (record.value) {
      records_[{record.bucket, record.key}] = *record.value;
    } else {
      records_.erase({record.bucket, record.key});
    }
  }
  for (const auto& entry : history) history_.emplace(entry.at, entry);
  return {};
}

Result<std::vector<HistoryEntry>> MemoryStore::history(const std::string& subject, std::size_t limit) {
  std::vector<HistoryEntry> found;
  // Equal times stay in the order of their commits, so backwards means newest first.
  for (auto entry = history_.rbegin(); entry != history_.rend() && found.size() < limit; ++entry) {
    if (subject.empty() || entry->second.subject == subject) found.push_back(entry->second);
  }
  return found;
}

Result<void> MemoryStore::forget_history(TimePoint before) {
  if (failure_) return tl::unexpected(*failure_);
  history_.erase(history_.begin(), history_.lower_bound(before));
  return {};
}

}  // namespace tocsin
