// The configuration as the API may show it: the same YAML with every secret replaced by <secret>.
#pragma once

#include <string>

#include "core/yaml_reader.h"

namespace tocsin {

std::string redacted_yaml(const YamlNode& root);

}  // namespace tocsin
