#include "core/yaml_shape.h"

namespace tocsin {

std::unique_ptr<YamlShape> YamlShape::make() const {
  auto shape = std::make_unique<YamlShape>();
  shape->parent = this;
  return shape;
}

YamlShape& YamlShape::key(std::string_view name) {
  for (auto& [known, shape] : keys) {
    if (known == name) return *shape;
  }
  return *keys.emplace_back(name, make()).second;
}

YamlShape& YamlShape::item() {
  if (!item_) item_ = make();
  return *item_;
}

YamlShape& YamlShape::value() {
  if (!value_) {
    value_ = make();
    value_->is_value = true;
  }
  return *value_;
}

void YamlShape::read_as_object(std::string_view name) {
  uses |= kObject;
  if (what.empty()) what = name;
}

const YamlShape* YamlShape::repeats() const {
  if (what.empty()) return nullptr;
  for (const YamlShape* above = parent; above != nullptr; above = above->parent) {
    if (above->what == what && above->closed) return above;
  }
  return nullptr;
}

}  // namespace tocsin
