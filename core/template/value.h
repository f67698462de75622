// Value: what a template computes with; one dynamic value that behaves as Go's reflect.Value of the matching
// Go type would. Immutable and cheap to copy (collections are shared). Types of other folders join as
// Objects; nothing here knows about them. It is not a JSON value: numbers keep Go's kinds, times and
// durations are first class, functions are values.
#pragma once

#include <complex>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/result.h"
#include "core/template/go_time.h"

namespace tocsin::tmpl {

class Object;
struct Function;
struct ListData;
struct MapData;

enum class Kind {
  invalid,
  boolean,
  integer,
  unsigned_integer,
  floating,
  complex,
  string,
  list,
  map,
  time,
  function,
  object
};

// The Go type of an integer; Duration, Month and Weekday are named integers there too, with their own text.
enum class IntegerType {
  int_,
  int8,
  int16,
  int32,
  int64,
  uint,
  uint8,
  uint16,
  uint32,
  uint64,
  duration,
  month,
  weekday
};

// Plain text, or text that a later HTML escaper trusts in one context (html/template's types).
enum class StringType { plain, html, html_attribute, css, js, js_string, url, srcset };

// What a collection declares its elements to be: decides its Go type name and the zero value of a missing
// key.
enum class ElementType { any, string, integer, floating, boolean };

class Value {
 public:
  using List = std::vector<Value>;
  using Map = std::map<std::string, Value, std::less<>>;

  // The invalid value: prints "<no value>". Go's zero reflect.Value.
  Value() = default;
  // nil in an interface{}: what a null in data is; fields of it are an error, unlike those of the invalid
  // value.
  static Value nil();

  static Value boolean(bool value);
  static Value integer(std::int64_t value, IntegerType type = IntegerType::int_);
  static Value unsigned_integer(std::uint64_t value, IntegerType type = IntegerType::uint);
  static Value floating(double value);
  static Value complex(std::complex<double> value);
  static Value string(std::string value, StringType type = StringType::plain);
  static Value list(List items, ElementType elements = ElementType::any);
  static Value strings(const std::vector<std::string>& items);
  static Value map(Map entries, ElementType elements = ElementType::any);
  static Value string_map(const std::map<std::string, std::string>& entries);
  static Value time(Time value);
  static Value duration(Duration value);
  static Value function(std::shared_ptr<const Function> function);
  static Value object(std::shared_ptr<const Object> object);

  Kind kind() const;
  bool is_invalid() const { return kind() == Kind::invalid; }
  // Came out of an interface{} container: shows only in error texts ("type interface {}") and in nil.
  bool is_boxed() const { return boxed_; }
  Value boxed() const;
  Value unboxed() const;

  // Each of these demands the matching kind.
  bool as_boolean() const;
  std::int64_t as_integer() const;
  std::uint64_t as_unsigned() const;
  double as_floating() const;
  std::complex<double> as_complex() const;
  const std::string& as_string() const;
  const Time& as_time() const;
  Duration as_duration() const;
  const Function& as_function() const;
  const std::shared_ptr<const Object>& as_object() const;
  IntegerType integer_type() const { return integer_type_; }
  StringType string_type() const { return string_type_; }
  bool is_duration() const { return kind() == Kind::integer && integer_type_ == IntegerType::duration; }

  // The collection behind a list, a map or an object that acts as one; nullptr otherwise.
  const ListData* list_data() const;
  const MapData* map_data() const;

  // The Go name of the type: "int", "[]interface {}", "time.Duration"; "interface {}" for a boxed nil;
  // "<nil>" if invalid.
  std::string type_name() const;
  // As Go's if and with see it: zero numbers, empty text and collections and nil are false; objects and times
  // are true.
  bool is_true() const;
  // How deep collections nest: 0 for a scalar. Bounds every recursion over values.
  std::size_t depth() const;

  // The value of a missing key: "" in a map of strings, nil in one of anything, …
  static Value zero_of(ElementType elements);

 private:
  using Storage = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double,
                               std::complex<double>, std::string, std::shared_ptr<const ListData>,
                               std::shared_ptr<const MapData>, std::shared_ptr<const Time>,
                               std::shared_ptr<const Function>, std::shared_ptr<const Object>>;
  Storage storage_;
  IntegerType integer_type_ = IntegerType::int_;
  StringType string_type_ = StringType::plain;
  bool boxed_ = false;
};

struct ListData {
  ListData(Value::List items_in, ElementType elements_in);
  Value::List items;
  ElementType elements;
  std::size_t depth;
};

struct MapData {
  MapData(Value::Map entries_in, ElementType elements_in);
  Value::Map entries;
  ElementType elements;
  std::size_t depth;
};

const char* element_type_name(ElementType elements);
const char* integer_type_name(IntegerType type);
const char* string_type_name(StringType type);

}  // namespace tocsin::tmpl
