#include "core/yaml_canonical.h"

#include <algorithm>
#include <vector>

#include "core/yaml_data.h"

namespace tocsin {
namespace {

// Of the data, not the nodes: this reads nothing in a way that a schema should know of.
std::string canonical(const YamlNode::Data& alias) {
  const YamlNode::Data& data = alias.content();
  switch (data.kind) {
    case YamlNode::Kind::kAbsent:
    case YamlNode::Kind::kNull:
      return "~";
    case YamlNode::Kind::kScalar:
      return std::to_string(data.text.size()) + (is_quoted(data) ? "\"" : ":") + data.text;
    case YamlNode::Kind::kList: {
      std::string out = "[";
      for (const auto& item : data.children) out += canonical(*item) + ",";
      return out + "]";
    }
    case YamlNode::Kind::kMapping:
      break;
  }
  std::vector<std::string> entries;
  for (std::size_t i = 0; i + 1 < data.children.size(); i += 2)
    entries.push_back(canonical(*data.children[i]) + "=" + canonical(*data.children[i + 1]));
  std::sort(entries.begin(), entries.end());
  std::string out = "{";
  for (const std::string& entry : entries) out += entry + ",";
  return out + "}";
}

}  // namespace

std::string canonical_yaml(const YamlNode& node) {
  return node.data() == nullptr ? "~" : canonical(*node.data());
}

}  // namespace tocsin
