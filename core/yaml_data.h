// What a YamlNode points to: one value of a parsed document. Only the files named yaml_* of this folder
// include it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/yaml_reader.h"

namespace tocsin {

// The tag of an alias that was refused, and with a problem already.
inline constexpr std::string_view kUnusableAliasTag = "*";

struct YamlNode::Data {
  Kind kind = Kind::kNull;
  Position position;  // of an alias: where the alias stands, not its anchor
  std::shared_ptr<const std::string> file;
  std::string tag;   // "?" plain, "!" quoted or block, else the explicit tag written out
  std::string text;  // of a scalar, decoded
  std::vector<std::shared_ptr<const Data>>
      children;                        // of a list its items; of a mapping key, value, key, value …
  std::shared_ptr<const Data> target;  // of an alias; never an alias itself
  YamlShape* shape = nullptr;          // of a sample (yaml_shape.h)

  // Bounds for whoever walks the document: how deep it is below this node, and how many nodes a walk meets,
  // counting what aliases share as often as it is met.
  std::size_t depth = 1;
  std::size_t weight = 1;

  const Data& content() const { return target ? *target : *this; }
};

// Of a scalar: whether quotes, a block or a tag make a text of it, whatever it looks like.
bool is_quoted(const YamlNode::Data&);

class YamlText;

// What a mapping needs once all its children are known, as Go's yaml does it: keys must be scalars, of
// repeated keys the first stays and the others are problems, and merges (<<) become children.
void finish_yaml_mapping(YamlNode::Data& mapping, const YamlText&, Problems&);

}  // namespace tocsin
