// What a branch has changed, according to git: for `tocsin check --changed-since`.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace tocsin {

// Lines of one file, first and last of each piece. Where lines went away, the line above them.
using LineRanges = std::vector<std::pair<int, int>>;

class GitChanges {
 public:
  // Compares the files as they are now, committed or not, with where the branch left `revision`; files that
  // git does not know yet are changed as a whole. Fails outside of a repository and where git does not know
  // the revision.
  static Result<GitChanges> since(const std::string& revision);

  // `path` is absolute. Of a file outside of the repository everything counts as changed.
  bool touches(const std::string& path, int first_line, int last_line) const;

 private:
  std::string top_;                            // of the repository, absolute
  std::map<std::string, LineRanges> changed_;  // by path below top_
};

// The new side of `git diff --unified=0`, by path. Fails where the text is none.
Result<std::map<std::string, LineRanges>> read_git_diff(std::string_view diff);

}  // namespace tocsin
