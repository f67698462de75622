#include "core/yaml_json.h"

#include <cmath>
#include <map>

#include "core/json.h"

namespace tocsin {
namespace {

void write_scalar(JsonWriter& json, const YamlNode& node) {
  const bool plain = !node.quoted();
  if (const auto boolean = node.boolean(); plain && boolean) {
    json.boolean(*boolean);
  } else if (const auto integer = node.integer(); plain && integer) {
    json.integer(*integer);
  } else if (const auto real = node.real(); plain && real && std::isfinite(*real)) {
    json.number(*real);
  } else {
    json.string(node.text());
  }
}

void write(JsonWriter& json, const YamlNode& node) {
  switch (node.kind()) {
    case YamlNode::Kind::kAbsent:
    case YamlNode::Kind::kNull:
      json.null();
      return;
    case YamlNode::Kind::kScalar:
      return write_scalar(json, node);
    case YamlNode::Kind::kList:
      json.begin_array();
      for (const YamlNode& item : node.items()) write(json, item);
      json.end_array();
      return;
    case YamlNode::Kind::kMapping: {
      std::map<std::string, YamlNode> sorted;
      for (const auto& [key, value] : node.entries()) sorted.insert_or_assign(key.text(), value);
      json.begin_object();
      for (const auto& [key, value] : sorted) write(json.key(key), value);
      json.end_object();
    }
  }
}

}  // namespace

std::string to_json(const YamlNode& node) {
  node.take_as_it_is();
  JsonWriter json;
  write(json, node);
  return json.take();
}

}  // namespace tocsin
