// File name patterns as Go's filepath.Match and filepath.Glob read them: * ? [a-z] [^a-z] and \c, no **. Pure
// text: the shell lists the folders and asks here which names match.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace tocsin {

// Whether a name is a pattern at all; others are taken as they are.
bool has_glob_magic(std::string_view path);

// Whether the whole name matches. * and ? never match '/'. Fails with "syntax error in pattern", also where
// the name could not have matched anyway.
Result<bool> glob_matches(std::string_view pattern, std::string_view name);

// Those of the names that match, sorted as Go's Glob returns them.
Result<std::vector<std::string>> glob_filter(std::string_view pattern, const std::vector<std::string>& names);

// "rules/*.yml" → {"rules", "*.yml"}, "*.yml" → {"", "*.yml"}, "/a.yml" → {"/", "a.yml"}.
struct GlobPath {
  std::string folder;
  std::string pattern;
};
GlobPath split_glob(std::string_view path);

// The configuration takes * only in the last component, as Prometheus does: `invalid rule file path "X"`.
Result<void> check_rule_file_path(std::string_view path);

}  // namespace tocsin
