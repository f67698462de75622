#include "router/silence_index.h"

#include "router/stable_hash.h"

namespace tocsin {

std::uint64_t SilenceIndex::file_of(std::string_view name, std::string_view value) {
  std::uint64_t hash = stable_hash(value, stable_hash(name));
  return hash == 0 ? 1 : hash;
}

std::uint64_t SilenceIndex::choose_file(const Matchers& set) const {
  std::uint64_t best = 0;
  std::size_t fewest = 0;
  for (const Matcher& matcher : set) {
    // A label with an empty value is one that is absent: no alert would lead here.
    if (matcher.type() != MatchType::kEqual || matcher.value().empty()) continue;
    std::uint64_t file = file_of(matcher.name(), matcher.value());
    auto it = filed_.find(file);
    std::size_t count = it == filed_.end() ? 0 : it->second.size();
    if (best != 0 && count >= fewest) continue;
    best = file;
    fewest = count;
  }
  return best;
}

void SilenceIndex::add(SilenceEntry& entry) {
  for (const Matchers& set : entry.silence.matcher_sets) {
    std::uint64_t file = choose_file(set);
    entry.indexed_under.push_back(file);
    (file == 0 ? unfiled_ : filed_[file]).push_back({&entry, &set});
  }
}

void SilenceIndex::remove(SilenceEntry& entry) {
  auto is_of_entry = [&](const Filed& filed) { return filed.entry == &entry; };
  for (std::uint64_t file : entry.indexed_under) {
    if (file == 0) {
      std::erase_if(unfiled_, is_of_entry);
      continue;
    }
    auto it = filed_.find(file);
    if (it == filed_.end()) continue;  // two of its sets shared it
    std::erase_if(it->second, is_of_entry);
    if (it->second.empty()) filed_.erase(it);
  }
  entry.indexed_under.clear();
}

}  // namespace tocsin
