// Function: something a template can call, with the parameter types that Go's reflection would check, so that
// a wrong call fails with Go's own words before the C++ code runs. make_function turns a typed C++ callable
// into one:
//
//   make_function([](const std::string& text) { return to_upper(text); });                       //
//   func(string) string make_function([](const std::string& text) -> Result<double> { … }); // may fail
//   make_function([](const std::string& format, std::vector<Value> rest) -> std::string { … });  //
//   func(string, ...interface {}) string
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/result.h"
#include "core/template/value.h"

namespace tocsin::tmpl {

using Arguments = std::span<const Value>;

struct Parameter {
  // `any` is Go's interface{}; `value` is reflect.Value (only the builtins use it: nil stays nil). `object`
  // matches by type name.
  enum class Kind {
    any,
    value,
    boolean,
    integer,
    floating,
    string,
    any_list,
    string_list,
    any_map,
    string_map,
    time,
    duration,
    function,
    object
  };
  Kind kind = Kind::any;
  std::string object_type;  // Only for Kind::object.

  std::string type_name() const;
  bool can_be_nil() const;
  // Whether Go could assign the value to a parameter of this type.
  bool accepts(const Value& value) const;
  Value zero() const;  // What nil becomes.
};

struct Function {
  std::vector<Parameter> parameters;
  bool variadic = false;  // The last parameter takes any number of values.
  std::string result_type = "interface {}";
  std::function<Result<Value>(Arguments)> call;

  std::size_t fixed_parameters() const { return variadic ? parameters.size() - 1 : parameters.size(); }
  const Parameter& parameter_for(std::size_t argument) const;
  std::string type_name() const;  // "func(string, ...interface {}) string"
};

namespace detail {

// How one C++ parameter type is checked and read. Specialise for an own Object type by giving it
// `static constexpr const char* kTypeName`.
template <class T>
struct Argument;

template <>
struct Argument<Value> {
  static Parameter parameter() { return {Parameter::Kind::any, {}}; }
  static Value read(const Value& value) { return value.unboxed(); }
};
template <>
struct Argument<std::string> {
  static Parameter parameter() { return {Parameter::Kind::string, {}}; }
  static const std::string& read(const Value& value) { return value.as_string(); }
};
template <>
struct Argument<bool> {
  static Parameter parameter() { return {Parameter::Kind::boolean, {}}; }
  static bool read(const Value& value) { return value.as_boolean(); }
};
template <std::signed_integral T>
struct Argument<T> {
  static Parameter parameter() { return {Parameter::Kind::integer, {}}; }
  static T read(const Value& value) { return static_cast<T>(value.as_integer()); }
};
template <>
struct Argument<double> {
  static Parameter parameter() { return {Parameter::Kind::floating, {}}; }
  static double read(const Value& value) { return value.as_floating(); }
};
template <>
struct Argument<Time> {
  static Parameter parameter() { return {Parameter::Kind::time, {}}; }
  static const Time& read(const Value& value) { return value.as_time(); }
};
template <>
struct Argument<Duration> {
  static Parameter parameter() { return {Parameter::Kind::duration, {}}; }
  static Duration read(const Value& value) { return value.as_duration(); }
};
template <>
struct Argument<std::vector<std::string>> {
  static Parameter parameter() { return {Parameter::Kind::string_list, {}}; }
  static std::vector<std::string> read(const Value& value);
};
template <>
struct Argument<Value::List> {  // As the last parameter it is variadic (see make_function).
  static Parameter parameter() { return {Parameter::Kind::any_list, {}}; }
  static const Value::List& read(const Value& value);
};
template <>
struct Argument<Value::Map> {
  static Parameter parameter() { return {Parameter::Kind::any_map, {}}; }
  static const Value::Map& read(const Value& value);
};
template <class T>
struct Argument<std::shared_ptr<const T>> {
  static Parameter parameter() { return {Parameter::Kind::object, T::kTypeName}; }
  static std::shared_ptr<const T> read(const Value& value) {
    return std::static_pointer_cast<const T>(value.as_object());
  }
};

inline Value to_value(Value value) {
  return value;
}
inline Value to_value(std::string value) {
  return Value::string(std::move(value));
}
inline Value to_value(const char* value) {
  return Value::string(value);
}
inline Value to_value(bool value) {
  return Value::boolean(value);
}
inline Value to_value(double value) {
  return Value::floating(value);
}
template <std::signed_integral T>
requires(!std::same_as<T, bool>) Value to_value(T value) {
  return Value::integer(value);
}
inline Value to_value(Time value) {
  return Value::time(std::move(value));
}
inline Value to_value(Duration value) {
  return Value::duration(value);
}
inline Value to_value(const std::vector<std::string>& value) {
  return Value::strings(value);
}
template <class T>
Value to_value(std::shared_ptr<const T> object) {
  return Value::object(std::move(object));
}
template <class T>
Result<Value> to_result(Result<T> result) {
  if (!result) return tl::unexpected<Error>(std::move(result.error()));
  return to_value(std::move(*result));
}
template <class T>
Result<Value> to_result(T result) {
  return to_value(std::move(result));
}

template <class R>
struct ResultName {
  static std::string name() {
    if constexpr (requires(R result) {
                    result.error();
                    result.has_value();
                  }) {
      return "(" + ResultName<typename R::value_type>::name() + ", error)";
    } else if constexpr (std::same_as<R, Value>) {
      return "interface {}";
    } else if constexpr (std::same_as<R, const char*>) {
      return "string";
    } else {
      return Argument<R>::parameter().type_name();
    }
  }
};

template <class T>
struct Signature : Signature<decltype(&T::operator())> {};
template <class R, class... A>
struct Signature<R (*)(A...)> {
  using Parameters = std::tuple<std::remove_cvref_t<A>...>;
  using Return = R;
};
template <class C, class R, class... A>
struct Signature<R (C::*)(A...) const> : Signature<R (*)(A...)> {};

template <class Tuple>
inline constexpr bool kIsVariadic = false;
template <class First, class... Rest>
inline constexpr bool kIsVariadic<std::tuple<First, Rest...>> =
    std::same_as<std::tuple_element_t<sizeof...(Rest), std::tuple<First, Rest...>>, Value::List>;

inline Value::List rest_of(Arguments arguments, std::size_t first) {
  Value::List rest;
  for (const Value& value : arguments.subspan(first)) rest.push_back(value.unboxed());
  return rest;
}

// The argument at Index; the last one of a variadic function is the rest.
template <std::size_t Index, class Parameters>
decltype(auto) read_argument(Arguments arguments) {
  if constexpr (kIsVariadic<Parameters> && Index + 1 == std::tuple_size_v<Parameters>) {
    return rest_of(arguments, Index);
  } else {
    return Argument<std::tuple_element_t<Index, Parameters>>::read(arguments[Index]);
  }
}

template <class Parameters, class Callable, std::size_t... I>
Result<Value> invoke(const Callable& callable, [[maybe_unused]] Arguments arguments,
                     std::index_sequence<I...>) {
  return to_result(callable(read_argument<I, Parameters>(arguments)...));
}

template <class... A>
std::vector<Parameter> parameters_of(const std::tuple<A...>*) {
  std::vector<Parameter> parameters{Argument<A>::parameter()...};
  if constexpr (kIsVariadic<std::tuple<A...>>) parameters.back() = Parameter{};
  return parameters;
}

}  // namespace detail

// A callable over bool, integers (Go int), double, std::string, Time, Duration, std::vector<std::string>,
// Value::Map, Value (interface{}), std::shared_ptr<const SomeObject>, and as the last parameter Value::List
// (...interface{}); it returns one of these, or a Result of one. For lists of one type taken as a plain
// argument use Value and look at it.
template <class Callable>
std::shared_ptr<const Function> make_function(Callable callable) {
  using Signature = detail::Signature<std::decay_t<Callable>>;
  using Parameters = typename Signature::Parameters;
  auto function = std::make_shared<Function>();
  function->parameters = detail::parameters_of(static_cast<const Parameters*>(nullptr));
  function->variadic = detail::kIsVariadic<Parameters>;
  function->result_type = detail::ResultName<typename Signature::Return>::name();
  function->call = [callable = std::move(callable)](Arguments arguments) -> Result<Value> {
    return detail::invoke<Parameters>(callable, arguments,
                                      std::make_index_sequence<std::tuple_size_v<Parameters>>{});
  };
  return function;
}

}  // namespace tocsin::tmpl
