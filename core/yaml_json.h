// A YAML value as JSON, for the few keys whose contents we only hand on (claims of a token). Mappings are
// sorted by name, as Go's encoding/json prints them.
#pragma once

#include <string>

#include "core/yaml_reader.h"

namespace tocsin {

// null, true, 5 and 1.5 stay what they are; what is quoted is text. What JSON has no number for (.nan, .inf)
// becomes text.
std::string to_json(const YamlNode&);

}  // namespace tocsin
