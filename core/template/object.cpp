#include "core/template/object.h"

namespace tocsin::tmpl {

std::optional<Value> Object::field(std::string_view name) const {
  for (auto& [field_name, value] : fields()) {
    if (field_name == name) return value;
  }
  return std::nullopt;
}

}  // namespace tocsin::tmpl
