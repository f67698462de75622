#include "app/file_record.h"

#include <algorithm>

namespace tocsin {

FileRecord::Contents FileRecord::contents(const Result<std::string>& text) {
  if (!text) return std::nullopt;
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : *text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

Result<std::string> FileRecord::read(const std::string& path) {
  auto text = inner_.read(path);
  files_[path] = contents(text);
  return text;
}

Result<std::vector<std::string>> FileRecord::find(const std::string& pattern) {
  auto found = inner_.find(pattern);
  searches_[pattern] = found ? *found : std::vector<std::string>{};
  return found;
}

// Only find() of this class lists folders, and it leaves that to the inner one.
std::vector<std::string> FileRecord::list(const std::string&) {
  return {};
}

std::vector<std::string> FileRecord::changes() const {
  std::map<std::string, std::string> changed;  // path → what about it, so that none is named twice
  for (const auto& [path, before] : files_) {
    const Contents now = contents(inner_.read(path));
    if (now == before) continue;
    changed[path] = !before ? "is new" : now ? "has changed" : "is gone";
  }
  for (const auto& [pattern, before] : searches_) {
    const auto now = inner_.find(pattern).value_or(std::vector<std::string>{});
    for (const std::string& path : now) {
      if (!std::binary_search(before.begin(), before.end(), path)) changed[path] = "is new";
    }
    for (const std::string& path : before) {
      if (!std::binary_search(now.begin(), now.end(), path)) changed[path] = "is gone";
    }
  }
  std::vector<std::string> words;
  for (const auto& [path, what] : changed) words.push_back(path + " " + what);
  return words;
}

std::set<std::string> FileRecord::paths() const {
  std::set<std::string> paths;
  for (const auto& [path, contents] : files_) paths.insert(path);
  return paths;
}

std::set<std::string> FileRecord::patterns() const {
  std::set<std::string> patterns;
  for (const auto& [pattern, found] : searches_) patterns.insert(pattern);
  return patterns;
}

}  // namespace tocsin
