#include "core/template/builtins.h"

#include <array>
#include <bit>
#include <map>

#include "core/template/comparison.h"
#include "core/template/escape.h"
#include "core/template/go_format.h"
#include "core/template/go_quote.h"

namespace tocsin::tmpl {
namespace {

Result<std::size_t> index_argument(const Value& index, std::size_t most) {
  std::int64_t position = 0;
  if (index.kind() == Kind::integer) {
    position = index.as_integer();
  } else if (index.kind() == Kind::unsigned_integer) {
    position = static_cast<std::int64_t>(index.as_unsigned());
  } else if (index.is_invalid()) {
    return fail("cannot index slice/array with nil");
  } else {
    return fail("cannot index slice/array with type " + index.type_name());
  }
  if (position < 0 || static_cast<std::size_t>(position) > most) {
    return fail("index out of range: " + std::to_string(position));
  }
  return static_cast<std::size_t>(position);
}

// What Go's runtime says when an index equals the length, which the check above lets pass.
tl::unexpected<Error> past_the_end(const char* what) {
  return fail(std::string("reflect: ") + what + " index out of range");
}

Result<Value> index_map(const MapData& map, const Value& index) {
  if (index.is_invalid()) return fail("value is nil; should be of type string");
  if (index.kind() != Kind::string || index.string_type() != StringType::plain) {
    return fail("value has type " + index.type_name() + "; should be string");
  }
  const auto found = map.entries.find(index.as_string());
  return found != map.entries.end() ? found->second : Value::zero_of(map.elements);
}

Result<Value> index_once(const Value& item, const Value& index) {
  if (item.is_invalid()) return fail("index of nil pointer");
  if (const MapData* map = item.map_data()) return index_map(*map, index);
  if (const ListData* list = item.list_data()) {
    const auto position = index_argument(index, list->items.size());
    if (!position) return tl::unexpected<Error>(position.error());
    if (*position == list->items.size()) return past_the_end("slice");
    return list->items[*position];
  }
  if (item.kind() != Kind::string) return fail("can't index item of type " + item.type_name());
  const std::string& text = item.as_string();
  const auto position = index_argument(index, text.size());
  if (!position) return tl::unexpected<Error>(position.error());
  if (*position == text.size()) return past_the_end("string");
  return Value::unsigned_integer(static_cast<unsigned char>(text[*position]), IntegerType::uint8);
}

Result<Value> index(Arguments arguments, std::size_t) {
  Value item = arguments[0];
  if (item.is_invalid()) return fail("index of untyped nil");
  for (const Value& position : arguments.subspan(1)) {
    auto next = index_once(item, position);
    if (!next) return next;
    item = std::move(*next);
  }
  return item;
}

Result<Value> slice(Arguments arguments, std::size_t) {
  const Value& item = arguments[0];
  const Arguments indexes = arguments.subspan(1);
  if (item.is_invalid()) return fail("slice of untyped nil");
  if (indexes.size() > 3) return fail("too many slice indexes: " + std::to_string(indexes.size()));
  const ListData* list = item.list_data();
  const bool is_text = item.kind() == Kind::string;
  if (!is_text && list == nullptr) return fail("can't slice item of type " + item.type_name());
  if (is_text && indexes.size() == 3) return fail("cannot 3-index slice a string");
  const std::size_t size = is_text ? item.as_string().size() : list->items.size();
  std::array<std::size_t, 3> bounds = {0, size, size};
  // Go checks against the capacity, for a list that grew the next power of two; that decides which index an
  // error names. Elements between size and capacity do not exist here, so the size is checked as well.
  for (const std::size_t most : {is_text ? size : std::bit_ceil(size), size}) {
    for (std::size_t i = 0; i < indexes.size(); ++i) {
      const auto position = index_argument(indexes[i], most);
      if (!position) return tl::unexpected<Error>(position.error());
      bounds[i] = *position;
    }
  }
  const auto inverted = [](std::size_t low, std::size_t high) {
    return fail("invalid slice index: " + std::to_string(low) + " > " + std::to_string(high));
  };
  if (bounds[0] > bounds[1]) return inverted(bounds[0], bounds[1]);
  if (bounds[1] > bounds[2]) return inverted(bounds[1], bounds[2]);
  if (is_text)
    return Value::string(item.as_string().substr(bounds[0], bounds[1] - bounds[0]), item.string_type());
  const auto begin = list->items.begin();
  return Value::list(
      {begin + static_cast<std::ptrdiff_t>(bounds[0]), begin + static_cast<std::ptrdiff_t>(bounds[1])},
      list->elements);
}

Result<Value> length(Arguments arguments, std::size_t) {
  const Value& item = arguments[0];
  const auto counted = [](std::size_t count) { return Value::integer(static_cast<std::int64_t>(count)); };
  if (item.kind() == Kind::string) return counted(item.as_string().size());
  if (const ListData* list = item.list_data()) return counted(list->items.size());
  if (const MapData* map = item.map_data()) return counted(map->entries.size());
  if (item.is_invalid()) return fail(item.is_boxed() ? "len of nil pointer" : "len of untyped nil");
  return fail("len of type " + item.type_name());
}

Result<Value> negate(Arguments arguments, std::size_t) {
  return Value::boolean(!arguments[0].is_true());
}

Result<Value> to_value(Result<bool> truth) {
  if (!truth) return tl::unexpected<Error>(truth.error());
  return Value::boolean(*truth);
}

Result<bool> equals_any(Arguments arguments) {
  if (arguments.size() < 2) return fail("missing argument for comparison");
  for (const Value& candidate : arguments.subspan(1)) {
    auto equal = equal_values(arguments[0], candidate);
    if (!equal || *equal) return equal;
  }
  return false;
}

Result<bool> negated(Result<bool> truth) {
  if (!truth) return truth;
  return !*truth;
}

Result<bool> at_most(Arguments arguments) {
  auto less = less_value(arguments[0], arguments[1]);
  if (!less || *less) return less;
  return equal_values(arguments[0], arguments[1]);
}

Result<Value> eq(Arguments a, std::size_t) {
  return to_value(equals_any(a));
}
Result<Value> ne(Arguments a, std::size_t) {
  return to_value(negated(equal_values(a[0], a[1])));
}
Result<Value> lt(Arguments a, std::size_t) {
  return to_value(less_value(a[0], a[1]));
}
Result<Value> le(Arguments a, std::size_t) {
  return to_value(at_most(a));
}
Result<Value> gt(Arguments a, std::size_t) {
  return to_value(negated(at_most(a)));
}
Result<Value> ge(Arguments a, std::size_t) {
  return to_value(negated(less_value(a[0], a[1])));
}

Result<Value> print(Arguments arguments, std::size_t limit) {
  return Value::string(sprint(arguments, limit));
}
Result<Value> println(Arguments arguments, std::size_t limit) {
  return Value::string(sprintln(arguments, limit));
}
Result<Value> printf(Arguments arguments, std::size_t limit) {
  return Value::string(sprintf(arguments[0].as_string(), arguments.subspan(1), limit));
}

// The escapers print their arguments first; here, unlike in print, nil is "<no value>".
std::string escaper_text(Arguments arguments, std::size_t limit) {
  if (arguments.size() == 1 && arguments[0].kind() == Kind::string) return arguments[0].as_string();
  Value::List printable(arguments.begin(), arguments.end());
  for (Value& value : printable) {
    if (value.is_invalid()) value = Value::string("<no value>");
  }
  return sprint(printable, limit);
}

Result<Value> html(Arguments a, std::size_t limit) {
  return Value::string(html_escape(escaper_text(a, limit)));
}
Result<Value> js(Arguments a, std::size_t limit) {
  return Value::string(js_escape(escaper_text(a, limit)));
}
Result<Value> urlquery(Arguments a, std::size_t limit) {
  return Value::string(url_query_escape(escaper_text(a, limit)));
}

Function signature(std::vector<Parameter::Kind> kinds, bool variadic, const char* result) {
  Function function;
  for (const Parameter::Kind kind : kinds) function.parameters.push_back({kind, {}});
  function.variadic = variadic;
  function.result_type = result;
  return function;
}

std::map<std::string, Builtin, std::less<>> make_builtins() {
  using enum Parameter::Kind;
  std::map<std::string, Builtin, std::less<>> table;
  table["and"] = {signature({value, value}, true, "reflect.Value"), nullptr};
  table["or"] = {signature({value, value}, true, "reflect.Value"), nullptr};
  table["call"] = {signature({value, value}, true, "(reflect.Value, error)"), nullptr};
  table["not"] = {signature({value}, false, "bool"), negate};
  table["len"] = {signature({value}, false, "(int, error)"), length};
  table["index"] = {signature({value, value}, true, "(reflect.Value, error)"), index};
  table["slice"] = {signature({value, value}, true, "(reflect.Value, error)"), slice};
  table["eq"] = {signature({value, value}, true, "(bool, error)"), eq};
  table["ne"] = {signature({value, value}, false, "(bool, error)"), ne};
  table["lt"] = {signature({value, value}, false, "(bool, error)"), lt};
  table["le"] = {signature({value, value}, false, "(bool, error)"), le};
  table["gt"] = {signature({value, value}, false, "(bool, error)"), gt};
  table["ge"] = {signature({value, value}, false, "(bool, error)"), ge};
  table["print"] = {signature({any}, true, "string"), print};
  table["printf"] = {signature({string, any}, true, "string"), printf};
  table["println"] = {signature({any}, true, "string"), println};
  table["html"] = {signature({any}, true, "string"), html};
  table["js"] = {signature({any}, true, "string"), js};
  table["urlquery"] = {signature({any}, true, "string"), urlquery};
  return table;
}

}  // namespace

const Builtin* find_builtin(std::string_view name) {
  static const auto kBuiltins = make_builtins();
  const auto found = kBuiltins.find(name);
  return found == kBuiltins.end() ? nullptr : &found->second;
}

}  // namespace tocsin::tmpl
