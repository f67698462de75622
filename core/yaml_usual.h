// The short way through YAML: reads what people usually write in rule files and configurations (mappings,
// lists, texts in all five styles, lists and mappings in brackets), twenty times as fast as yaml-cpp. It
// knows exactly when a text is more than that (anchors, tags, tabs, complex keys, whatever is wrong): then it
// gives up, and yaml-cpp reads the text from the start. Where it does not give up, the tree is the one that
// yaml-cpp's events make, place by place: tests/core/yaml_properties.h holds both against each other, as does
// a fuzzer.
#pragma once

#include <memory>
#include <string>

#include "core/yaml_data.h"
#include "core/yaml_text.h"

namespace tocsin {

// The root of the only document; null where it gives up, whatever is in `problems` by then. The text's
// characters are checked already.
std::shared_ptr<const YamlNode::Data> read_usual_yaml(const YamlText&, const std::string& file, Problems&);

}  // namespace tocsin
