#include "app/watched_folders.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <deque>
#include <string_view>

#include "app/files.h"
#include "rules/glob.h"

namespace tocsin {
namespace {

constexpr int kMostLinks = 40;  // as the kernel follows

std::deque<std::string> parts_of(std::string_view path) {
  std::deque<std::string> parts;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (slash > 0) parts.emplace_back(path.substr(0, slash));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return parts;
}

std::string target_of_link(const std::string& path) {
  std::array<char, PATH_MAX> target{};
  const ssize_t size = readlink(path.c_str(), target.data(), target.size());
  return size <= 0 ? "" : std::string(target.data(), static_cast<std::size_t>(size));
}

std::string joined(const std::string& folder, const std::string& name) {
  return folder.ends_with('/') ? folder + name : folder + "/" + name;
}

}  // namespace

// Goes the way the kernel goes, part by part.
std::set<std::string> folders_of_file(const std::string& path) {
  std::set<std::string> folders;
  std::string here = path.starts_with('/') ? "/" : ".";
  std::deque<std::string> ahead = parts_of(path);
  int links = 0;
  while (!ahead.empty()) {
    const std::string next = joined(here, ahead.front());
    struct stat status {};
    if (lstat(next.c_str(), &status) != 0) break;
    ahead.pop_front();
    if (S_ISLNK(status.st_mode)) {
      if (++links > kMostLinks) break;
      folders.insert(here);
      const std::string target = target_of_link(next);
      if (target.starts_with('/')) here = "/";
      const std::deque<std::string> detour = parts_of(target);
      ahead.insert(ahead.begin(), detour.begin(), detour.end());
    } else if (S_ISDIR(status.st_mode)) {
      here = next;
    } else {
      break;
    }
  }
  folders.insert(here);
  return folders;
}

std::set<std::string> folders_of_pattern(const std::string& pattern) {
  const GlobPath path = split_glob(pattern);
  // "x" stands for any file of the folder.
  if (!has_glob_magic(path.folder))
    return folders_of_file(joined(path.folder.empty() ? "." : path.folder, "x"));
  std::set<std::string> folders = folders_of_pattern(path.folder);
  const auto found = DiskFiles().find(path.folder);
  if (!found) return folders;
  for (const std::string& folder : *found) folders.merge(folders_of_file(joined(folder, "x")));
  return folders;
}

}  // namespace tocsin
