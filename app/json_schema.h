// A YamlShape as a JSON Schema (draft-07, which yaml-language-server supports best).
#pragma once

#include <string>
#include <string_view>

#include "core/yaml_shape.h"

namespace tocsin {

struct SchemaTitle {
  std::string_view id;
  std::string_view title;
};

std::string json_schema(const YamlShape& root, const SchemaTitle&);

// What a key of an object is for; empty where nobody has written it down. `object` is what messages call it.
std::string_view key_description(std::string_view object, std::string_view key);
std::size_t key_description_count();

}  // namespace tocsin
