#include "core/template/value.h"

#include <algorithm>

#include "core/check.h"
#include "core/template/function.h"
#include "core/template/object.h"

namespace tocsin::tmpl {
namespace {

std::size_t deepest(std::size_t depth, const Value& value) {
  return std::max(depth, value.depth() + 1);
}

}  // namespace

ListData::ListData(Value::List items_in, ElementType elements_in)
    : items(std::move(items_in)), elements(elements_in), depth(1) {
  for (const Value& item : items) depth = deepest(depth, item);
}

MapData::MapData(Value::Map entries_in, ElementType elements_in)
    : entries(std::move(entries_in)), elements(elements_in), depth(1) {
  for (const auto& [key, value] : entries) depth = deepest(depth, value);
}

Value Value::nil() {
  return Value().boxed();
}

Value Value::boolean(bool value) {
  Value result;
  result.storage_ = value;
  return result;
}

Value Value::integer(std::int64_t value, IntegerType type) {
  Value result;
  result.storage_ = value;
  result.integer_type_ = type;
  return result;
}

Value Value::unsigned_integer(std::uint64_t value, IntegerType type) {
  Value result;
  result.storage_ = value;
  result.integer_type_ = type;
  return result;
}

Value Value::floating(double value) {
  Value result;
  result.storage_ = value;
  return result;
}

Value Value::complex(std::complex<double> value) {
  Value result;
  result.storage_ = value;
  return result;
}

Value Value::string(std::string value, StringType type) {
  Value result;
  result.storage_ = std::move(value);
  result.string_type_ = type;
  return result;
}

Value Value::list(List items, ElementType elements) {
  if (elements == ElementType::any) {
    for (Value& item : items) item.boxed_ = true;
  }
  Value result;
  result.storage_ = std::make_shared<const ListData>(std::move(items), elements);
  return result;
}

Value Value::strings(const std::vector<std::string>& items) {
  List values;
  values.reserve(items.size());
  for (const std::string& item : items) values.push_back(string(item));
  return list(std::move(values), ElementType::string);
}

Value Value::map(Map entries, ElementType elements) {
  if (elements == ElementType::any) {
    for (auto& [key, value] : entries) value.boxed_ = true;
  }
  Value result;
  result.storage_ = std::make_shared<const MapData>(std::move(entries), elements);
  return result;
}

Value Value::string_map(const std::map<std::string, std::string>& entries) {
  Map values;
  for (const auto& [key, value] : entries) values.emplace_hint(values.end(), key, string(value));
  return map(std::move(values), ElementType::string);
}

Value Value::time(Time value) {
  Value result;
  result.storage_ = std::make_shared<const Time>(std::move(value));
  return result;
}

Value Value::duration(Duration value) {
  return integer(value.nanoseconds, IntegerType::duration);
}

Value Value::function(std::shared_ptr<const Function> function) {
  TOCSIN_CHECK(function != nullptr, "a function value needs a function");
  Value result;
  result.storage_ = std::move(function);
  return result;
}

Value Value::object(std::shared_ptr<const Object> object) {
  TOCSIN_CHECK(object != nullptr, "an object value needs an object");
  Value result;
  result.storage_ = std::move(object);
  return result;
}

Kind Value::kind() const {
  return static_cast<Kind>(storage_.index());
}

Value Value::boxed() const {
  Value result = *this;
  result.boxed_ = true;
  return result;
}

Value Value::unboxed() const {
  Value result = *this;
  result.boxed_ = false;
  return result;
}

bool Value::as_boolean() const {
  return std::get<bool>(storage_);
}
std::int64_t Value::as_integer() const {
  return std::get<std::int64_t>(storage_);
}
std::uint64_t Value::as_unsigned() const {
  return std::get<std::uint64_t>(storage_);
}
double Value::as_floating() const {
  return std::get<double>(storage_);
}
std::complex<double> Value::as_complex() const {
  return std::get<std::complex<double>>(storage_);
}
const std::string& Value::as_string() const {
  return std::get<std::string>(storage_);
}
const Time& Value::as_time() const {
  return *std::get<std::shared_ptr<const Time>>(storage_);
}
Duration Value::as_duration() const {
  return {as_integer()};
}
const Function& Value::as_function() const {
  return *std::get<std::shared_ptr<const Function>>(storage_);
}
const std::shared_ptr<const Object>& Value::as_object() const {
  return std::get<std::shared_ptr<const Object>>(storage_);
}

const ListData* Value::list_data() const {
  if (kind() == Kind::list) return std::get<std::shared_ptr<const ListData>>(storage_).get();
  if (kind() == Kind::object) return as_object()->as_list();
  return nullptr;
}

const MapData* Value::map_data() const {
  if (kind() == Kind::map) return std::get<std::shared_ptr<const MapData>>(storage_).get();
  if (kind() == Kind::object) return as_object()->as_map();
  return nullptr;
}

std::string Value::type_name() const {
  switch (kind()) {
    case Kind::invalid:
      return boxed_ ? "interface {}" : "<nil>";
    case Kind::boolean:
      return "bool";
    case Kind::integer:
    case Kind::unsigned_integer:
      return integer_type_name(integer_type_);
    case Kind::floating:
      return "float64";
    case Kind::complex:
      return "complex128";
    case Kind::string:
      return string_type_name(string_type_);
    case Kind::list:
      return std::string("[]") + element_type_name(list_data()->elements);
    case Kind::map:
      return std::string("map[string]") + element_type_name(map_data()->elements);
    case Kind::time:
      return "time.Time";
    case Kind::function:
      return as_function().type_name();
    case Kind::object:
      return as_object()->type_name();
  }
  return "";
}

bool Value::is_true() const {
  switch (kind()) {
    case Kind::invalid:
      return false;
    case Kind::boolean:
      return as_boolean();
    case Kind::integer:
      return as_integer() != 0;
    case Kind::unsigned_integer:
      return as_unsigned() != 0;
    case Kind::floating:
      return as_floating() != 0;
    case Kind::complex:
      return as_complex() != std::complex<double>(0, 0);
    case Kind::string:
      return !as_string().empty();
    case Kind::list:
    case Kind::map:
    case Kind::object:
      break;
    case Kind::time:
    case Kind::function:
      return true;
  }
  if (const ListData* list = list_data()) return !list->items.empty();
  if (const MapData* map = map_data()) return !map->entries.empty();
  return true;
}

std::size_t Value::depth() const {
  if (const ListData* list = list_data()) return list->depth;
  if (const MapData* map = map_data()) return map->depth;
  return 0;
}

Value Value::zero_of(ElementType elements) {
  switch (elements) {
    case ElementType::any:
      return nil();
    case ElementType::string:
      return string("");
    case ElementType::integer:
      return integer(0);
    case ElementType::floating:
      return floating(0);
    case ElementType::boolean:
      return boolean(false);
  }
  return {};
}

const char* element_type_name(ElementType elements) {
  switch (elements) {
    case ElementType::any:
      return "interface {}";
    case ElementType::string:
      return "string";
    case ElementType::integer:
      return "int";
    case ElementType::floating:
      return "float64";
    case ElementType::boolean:
      return "bool";
  }
  return "";
}

const char* integer_type_name(IntegerType type) {
  switch (type) {
    case IntegerType::int_:
      return "int";
    case IntegerType::int8:
      return "int8";
    case IntegerType::int16:
      return "int16";
    case IntegerType::int32:
      return "int32";
    case IntegerType::int64:
      return "int64";
    case IntegerType::uint:
      return "uint";
    case IntegerType::uint8:
      return "uint8";
    case IntegerType::uint16:
      return "uint16";
    case IntegerType::uint32:
      return "uint32";
    case IntegerType::uint64:
      return "uint64";
    case IntegerType::duration:
      return "time.Duration";
    case IntegerType::month:
      return "time.Month";
    case IntegerType::weekday:
      return "time.Weekday";
  }
  return "";
}

const char* string_type_name(StringType type) {
  switch (type) {
    case StringType::plain:
      return "string";
    case StringType::html:
      return "template.HTML";
    case StringType::html_attribute:
      return "template.HTMLAttr";
    case StringType::css:
      return "template.CSS";
    case StringType::js:
      return "template.JS";
    case StringType::js_string:
      return "template.JSStr";
    case StringType::url:
      return "template.URL";
    case StringType::srcset:
      return "template.Srcset";
  }
  return "";
}

}  // namespace tocsin::tmpl
