#include "core/template/function.h"

#include "core/template/object.h"

namespace tocsin::tmpl {
namespace detail {

std::vector<std::string> Argument<std::vector<std::string>>::read(const Value& value) {
  std::vector<std::string> strings;
  for (const Value& item : value.list_data()->items) strings.push_back(item.as_string());
  return strings;
}

const Value::List& Argument<Value::List>::read(const Value& value) {
  return value.list_data()->items;
}

const Value::Map& Argument<Value::Map>::read(const Value& value) {
  return value.map_data()->entries;
}

}  // namespace detail

std::string Parameter::type_name() const {
  switch (kind) {
    case Kind::any:
      return "interface {}";
    case Kind::value:
      return "reflect.Value";
    case Kind::boolean:
      return "bool";
    case Kind::integer:
      return "int";
    case Kind::floating:
      return "float64";
    case Kind::string:
      return "string";
    case Kind::any_list:
      return "[]interface {}";
    case Kind::string_list:
      return "[]string";
    case Kind::any_map:
      return "map[string]interface {}";
    case Kind::string_map:
      return "map[string]string";
    case Kind::time:
      return "time.Time";
    case Kind::duration:
      return "time.Duration";
    case Kind::function:
      return "func()";
    case Kind::object:
      return object_type;
  }
  return "";
}

bool Parameter::can_be_nil() const {
  switch (kind) {
    case Kind::any:
    case Kind::value:
    case Kind::any_list:
    case Kind::string_list:
    case Kind::any_map:
    case Kind::string_map:
      return true;
    default:
      return false;
  }
}

Value Parameter::zero() const {
  switch (kind) {
    case Kind::any:
      return Value::nil();
    case Kind::any_list:
      return Value::list({});
    case Kind::string_list:
      return Value::list({}, ElementType::string);
    case Kind::any_map:
      return Value::map({});
    case Kind::string_map:
      return Value::map({}, ElementType::string);
    default:
      return {};
  }
}

bool Parameter::accepts(const Value& value) const {
  const ListData* list = value.list_data();
  const MapData* map = value.map_data();
  switch (kind) {
    case Kind::any:
    case Kind::value:
      return true;
    case Kind::boolean:
      return value.kind() == tmpl::Kind::boolean;
    case Kind::integer:
      return value.kind() == tmpl::Kind::integer && value.integer_type() == IntegerType::int_;
    case Kind::floating:
      return value.kind() == tmpl::Kind::floating;
    case Kind::string:
      return value.kind() == tmpl::Kind::string && value.string_type() == StringType::plain;
    case Kind::any_list:
      return list != nullptr && list->elements == ElementType::any;
    case Kind::string_list:
      return list != nullptr && list->elements == ElementType::string;
    case Kind::any_map:
      return map != nullptr && map->elements == ElementType::any;
    case Kind::string_map:
      return map != nullptr && map->elements == ElementType::string;
    case Kind::time:
      return value.kind() == tmpl::Kind::time;
    case Kind::duration:
      return value.is_duration();
    case Kind::function:
      return value.kind() == tmpl::Kind::function;
    case Kind::object:
      return value.kind() == tmpl::Kind::object && value.type_name() == object_type;
  }
  return false;
}

const Parameter& Function::parameter_for(std::size_t argument) const {
  return argument < parameters.size() ? parameters[argument] : parameters.back();
}

std::string Function::type_name() const {
  std::string text = "func(";
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (i > 0) text += ", ";
    if (variadic && i + 1 == parameters.size()) text += "...";
    text += parameters[i].type_name();
  }
  return text + ") " + result_type;
}

}  // namespace tocsin::tmpl
