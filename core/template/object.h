// Object: a type that another folder brings to templates (an alert, a label set with methods, a sample). It
// says what fields and methods it has and how it prints; it may act as a list or a map. Immutable, shared by
// the values that hold it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/template/function.h"
#include "core/template/value.h"

namespace tocsin::tmpl {

class Object {
 public:
  using Fields = std::vector<std::pair<std::string, Value>>;

  Object() = default;
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  virtual ~Object() = default;

  // The Go type name that error texts and %T show: "template.KV", "*template.sample".
  virtual std::string type_name() const = 0;

  // The exported fields in order; a struct prints as "{value value}".
  virtual Fields fields() const { return {}; }
  virtual std::optional<Value> field(std::string_view name) const;

  // Methods, called with arguments or without: {{ .Labels.Remove (stringSlice "a") }}.
  virtual std::shared_ptr<const Function> method(std::string_view) const { return nullptr; }

  // The text of the type's String method; none if it has none.
  virtual std::optional<std::string> text() const { return std::nullopt; }

  // The type's JSON where it says that itself; otherwise its fields or elements are written.
  virtual std::optional<std::string> json() const { return std::nullopt; }

  // An object that acts as a list or as a map for range, index, len, fields and printing. Owned by the
  // object.
  virtual const ListData* as_list() const { return nullptr; }
  virtual const MapData* as_map() const { return nullptr; }
};

}  // namespace tocsin::tmpl
