#include "core/value_json.h"

#include <cmath>

#include "core/json.h"
#include "core/template/go_time_format.h"
#include "core/template/object.h"

namespace tocsin {
namespace {

using tmpl::ListData;
using tmpl::Value;

std::string write_value(JsonWriter& json, const Value& value);

// Writes a list or map; an empty text is success, as with write_value.
std::string write_collection(JsonWriter& json, const Value& value) {
  std::string problem;
  if (const ListData* list = value.list_data()) {
    json.begin_array();
    for (const Value& item : list->items) {
      if (problem.empty()) problem = write_value(json, item);
    }
    json.end_array();
    return problem;
  }
  json.begin_object();
  for (const auto& [key, item] : value.map_data()->entries) {
    if (!problem.empty()) break;
    problem = write_value(json.key(key), item);
  }
  json.end_object();
  return problem;
}

std::string write_number(JsonWriter& json, double number) {
  if (!std::isfinite(number)) {
    return std::string("json: unsupported value: ") + (std::isnan(number) ? "NaN"
                                                       : number > 0       ? "+Inf"
                                                                          : "-Inf");
  }
  json.number(number);
  return "";
}

// A type with a JSON form of its own, a list, a map, or a struct by the names of its fields.
std::string write_object(JsonWriter& json, const Value& value) {
  if (const auto own = value.as_object()->json()) {
    json.raw(*own);
    return "";
  }
  if (value.list_data() != nullptr || value.map_data() != nullptr) return write_collection(json, value);
  std::string problem;
  json.begin_object();
  for (const auto& [name, field] : value.as_object()->fields()) {
    if (problem.empty()) problem = write_value(json.key(name), field);
  }
  json.end_object();
  return problem;
}

std::string write_value(JsonWriter& json, const Value& value) {
  switch (value.kind()) {
    case tmpl::Kind::invalid:
      json.null();
      return "";
    case tmpl::Kind::boolean:
      json.boolean(value.as_boolean());
      return "";
    case tmpl::Kind::integer:
      json.integer(value.as_integer());
      return "";
    case tmpl::Kind::unsigned_integer:
      json.unsigned_integer(value.as_unsigned());
      return "";
    case tmpl::Kind::floating:
      return write_number(json, value.as_floating());
    case tmpl::Kind::string:
      json.string(value.as_string());
      return "";
    case tmpl::Kind::list:
    case tmpl::Kind::map:
      return write_collection(json, value);
    case tmpl::Kind::time:
      json.string(tmpl::format_go_time(value.as_time(), "2006-01-02T15:04:05.999999999Z07:00"));
      return "";
    case tmpl::Kind::object:
      return write_object(json, value);
    case tmpl::Kind::complex:
    case tmpl::Kind::function:
      break;
  }
  return "json: unsupported type: " + value.type_name();
}

}  // namespace

Result<std::string> value_json(const tmpl::Value& value) {
  JsonWriter json;
  const std::string problem = write_value(json, value);
  if (!problem.empty()) return fail(problem);
  return json.take();
}

}  // namespace tocsin
