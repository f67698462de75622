// What `tocsin check` was told to look at, as files: folders stand for the rule files and configurations in
// them.
#pragma once

#include <string>
#include <vector>

#include "app/files.h"
#include "core/problem.h"

namespace tocsin {

// Each file once, in the order in which it was named first. What names nothing is a problem.
std::vector<std::string> find_check_targets(const std::vector<std::string>& names, Files&, Problems&);

}  // namespace tocsin
