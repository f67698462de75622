// The file of --policy: `checks:` on their own, for repositories that have rules and no configuration. A
// configuration may be named too; then its `checks:` are taken, and the rest of it is not looked at.
#pragma once

#include <string>
#include <vector>

#include "app/files.h"
#include "core/problem.h"
#include "core/yaml_reader.h"
#include "rules/policies/policy.h"

namespace tocsin {

// Where there are mistakes, those policies that could be read.
std::vector<Policy> read_policy_file(const std::string& path, Files&, Problems&);
// Whether a file holds `checks:` and is neither a configuration nor a rule file.
bool looks_like_policy(const std::string& text);

// Reads a sample (core/yaml_sample.h) as read_policy_file reads a file, to learn what it takes.
void read_policy_sample(const YamlNode& root);

}  // namespace tocsin
