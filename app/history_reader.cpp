#include "app/history_reader.h"

#include <algorithm>
#include <limits>

namespace tocsin {

Result<std::vector<HistoryEntry>> StoreHistoryReader::read(const HistoryQuery& query) {
  auto all = store_.history("", std::numeric_limits<std::size_t>::max());
  if (!all) return all;
  std::erase_if(*all, [&](const HistoryEntry& entry) {
    const bool named =
        query.subjects.empty() || std::ranges::find(query.subjects, entry.subject) != query.subjects.end();
    return !named || entry.at < query.from || entry.at > query.until;
  });
  if (all->size() > query.limit) all->resize(query.limit);
  return all;
}

}  // namespace tocsin
