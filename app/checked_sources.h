// What `tocsin check` keeps of the files it loads, for the checks that say more than a loader does: the rule
// files with what their reader made of them, and the configuration with its places. Loading for the running
// program keeps nothing of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "core/yaml_reader.h"
#include "rules/checked_rule_file.h"
#include "rules/policies/policy.h"

namespace tocsin {

struct ConfigurationSource {
  std::string file;
  std::string text;
  YamlNode root;
};

struct CheckedSources {
  std::vector<CheckedRuleFile> rule_files;           // each file once
  std::optional<ConfigurationSource> configuration;  // where one was loaded
  std::vector<Policy> policies;                      // its `checks:`
  std::optional<Duration>
      evaluation_interval;  // of groups without their own; nothing without a configuration
};

}  // namespace tocsin
