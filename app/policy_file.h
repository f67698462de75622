// The file of --policy: `checks:` on their own, for repositories that have rules and no configuration. A
// configuration may be named too; then its `checks:` are taken, and the rest of it is not looked at.
#pragma once

#include <string>
#include <vector>

#include "app/files.h"
#include "core/result.h"
#include "core/yaml_reader.h"
#include "rules/policies/policy.h"

namespace tocsin {

// Fails with all mistakes, one a line, each with file, line and column. Warnings come with the policies.
Result<std::vector<Policy>> read_policy_file(const std::string& path, Files&, Problems& warnings);

// Reads a sample (core/yaml_sample.h) as read_policy_file reads a file, to learn what it takes.
void read_policy_sample(const YamlNode& root);

}  // namespace tocsin
