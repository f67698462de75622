// The configuration as the API may show it: the same YAML with every secret replaced by <secret>, and the
// passwords in URLs by xxxxx.
#pragma once

#include <string>

#include "core/yaml_reader.h"

namespace tocsin {

std::string redacted_yaml(const YamlNode& root);
// Without the keys that only Tocsin knows: a configuration that Alertmanager's strict loader takes, for tools
// that read it with that loader (amtool).
std::string redacted_alertmanager_yaml(const YamlNode& root);

}  // namespace tocsin
