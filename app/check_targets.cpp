#include "app/check_targets.h"

#include <algorithm>
#include <set>

#include "rules/glob.h"

namespace tocsin {
namespace {

constexpr std::string_view kEndings[] = {".yml", ".yaml", ".rules"};

bool has_known_ending(const std::string& path) {
  return std::ranges::any_of(kEndings, [&](std::string_view ending) { return path.ends_with(ending); });
}

class TargetFinder {
 public:
  TargetFinder(Files& files, Problems& problems) : files_(files), problems_(problems) {}

  void add(const std::string& name) {
    if (files_.is_folder(name)) {
      const std::size_t before = found_.size();
      add_folder(name);
      if (found_.size() == before && !repeated_)
        problems_.error(name, {}, "the folder holds no rule file",
                        "files in it must end in .yml, .yaml or .rules");
    } else if (has_glob_magic(name)) {
      add_pattern(name);
    } else {
      add_file(name);
    }
  }
  std::vector<std::string> found() { return std::move(found_); }

 private:
  void add_file(const std::string& path) {
    if (seen_.insert(path).second) {
      found_.push_back(path);
    } else {
      repeated_ = true;
    }
  }

  void add_folder(const std::string& folder) {
    for (const std::string& name : files_.entries(folder)) {
      if (name.starts_with('.')) continue;
      const std::string path = folder.ends_with('/') ? folder + name : folder + '/' + name;
      if (files_.is_folder(path)) {
        add_folder(path);
      } else if (has_known_ending(name)) {
        add_file(path);
      }
    }
  }

  void add_pattern(const std::string& pattern) {
    const auto paths = files_.find(pattern);
    if (!paths) return problems_.error(pattern, {}, paths.error().message);
    if (paths->empty()) return problems_.error(pattern, {}, "no file matches");
    for (const std::string& path : *paths) {
      if (!files_.is_folder(path)) add_file(path);
    }
  }

  Files& files_;
  Problems& problems_;
  std::vector<std::string> found_;
  std::set<std::string> seen_;
  bool repeated_ = false;
};

}  // namespace

std::vector<std::string> find_check_targets(const std::vector<std::string>& names, Files& files,
                                            Problems& problems) {
  TargetFinder finder(files, problems);
  for (const std::string& name : names) finder.add(name);
  return finder.found();
}

}  // namespace tocsin
