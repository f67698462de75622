// Which rules a policy is about.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"
#include "rules/policies/policy.h"
#include "rules/rule.h"

namespace tocsin {

// A pattern of paths: rules/*.yml meets every file *.yml in a folder rules, wherever that is, since the end
// of the path is compared, as many parts as the pattern has. One that ends in / means the files below such a
// folder, at any depth; one that begins with / is compared from the root. * and ? are of one part
// (rules/glob.h).
bool path_matches(std::string_view pattern, std::string_view path);
// Fails where it is no such pattern.
Result<void> check_path_pattern(std::string_view pattern);

// Whether the policy is about the rule of this file.
bool is_about(const Policy&, const Rule&, std::string_view file);

}  // namespace tocsin
