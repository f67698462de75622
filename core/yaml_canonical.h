// A YAML value as one line of text that does not depend on layout, comments or the order of keys: what hashes of
// a configuration are made of.
#pragma once

#include <string>

#include "core/yaml_reader.h"

namespace tocsin {

std::string canonical_yaml(const YamlNode&);

}  // namespace tocsin
