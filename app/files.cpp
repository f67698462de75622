#include "app/files.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "app/secret_files.h"
#include "rules/glob.h"

namespace tocsin {

// Folders may hold magic too; they are resolved first, as Go's filepath.Glob does.
Result<std::vector<std::string>> Files::find(const std::string& pattern) {
  const GlobPath path = split_glob(pattern);
  std::vector<std::string> folders{path.folder};
  if (has_glob_magic(path.folder)) {
    auto found = find(path.folder);
    if (!found) return found;
    folders = std::move(*found);
  }
  std::vector<std::string> paths;
  for (const std::string& folder : folders) {
    std::vector<std::string> names = list(folder);
    if (has_glob_magic(path.pattern)) {
      auto matching = glob_filter(path.pattern, names);
      if (!matching) return matching;
      names = std::move(*matching);
    } else {
      std::erase_if(names, [&](const std::string& name) { return name != path.pattern; });
    }
    const std::string prefix = folder.empty() || folder.ends_with('/') ? folder : folder + "/";
    for (const std::string& name : names) paths.push_back(prefix + name);
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

Result<std::string> DiskFiles::read(const std::string& path) {
  return read_small_file(path);
}

bool DiskFiles::is_folder(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error);
}

std::vector<std::string> DiskFiles::list(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder.empty() ? "." : folder, error), end;
       !error && entry != end; entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::string> MemoryFiles::read(const std::string& path) {
  const auto file = files.find(path);
  if (file == files.end()) return fail(path + ": no such file or directory");
  return file->second;
}

bool MemoryFiles::is_folder(const std::string& path) {
  const std::string prefix = path.ends_with('/') ? path : path + "/";
  const auto inside = files.lower_bound(prefix);
  return inside != files.end() && inside->first.starts_with(prefix);
}

std::vector<std::string> MemoryFiles::list(const std::string& folder) {
  const std::string prefix = folder.empty() || folder.ends_with('/') ? folder : folder + "/";
  std::set<std::string> names;
  for (const auto& [path, text] : files) {
    if (!path.starts_with(prefix)) continue;
    const std::string rest = path.substr(prefix.size());
    names.insert(rest.substr(0, rest.find('/')));
  }
  return {names.begin(), names.end()};
}

}  // namespace tocsin
