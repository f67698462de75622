#include "receivers/json_path.h"

#include <charconv>

namespace tocsin {

Result<JsonPath> JsonPath::parse(std::string_view text) {
  const auto refused = [&](const char* why) {
    return fail("\"" + std::string(text) + "\" is not a path into JSON: " + why);
  };
  JsonPath out;
  out.text_ = text;
  if (text.empty() || (text.front() != '.' && text.front() != '[')) return refused("it begins with a dot");
  if (text == ".") return out;
  for (std::string_view rest = text; !rest.empty();) {
    if (rest.front() == '.') {
      rest.remove_prefix(1);
      const std::size_t end = std::min(rest.find_first_of(".["), rest.size());
      if (end == 0) return refused("a key is missing after a dot");
      out.steps_.emplace_back(std::string(rest.substr(0, end)));
      rest.remove_prefix(end);
      continue;
    }
    const std::size_t close = rest.find(']');
    if (rest.front() != '[' || close == std::string_view::npos) return refused("a [ is not closed");
    std::size_t index = 0;
    const auto read = std::from_chars(rest.data() + 1, rest.data() + close, index);
    if (read.ec != std::errc() || read.ptr != rest.data() + close) {
      return refused("a place in a list is a number, as in .items[0]");
    }
    out.steps_.emplace_back(index);
    rest.remove_prefix(close + 1);
    if (!rest.empty() && rest.front() != '.' && rest.front() != '[')
      return refused("a dot is missing after a ]");
  }
  return out;
}

const JsonValue& JsonPath::in(const JsonValue& root) const {
  static const JsonValue kNothing;
  const JsonValue* at = &root;
  for (const Step& step : steps_) {
    if (const auto* key = std::get_if<std::string>(&step)) {
      at = &at->find(*key);
      continue;
    }
    const std::size_t index = std::get<std::size_t>(step);
    if (at->kind() != JsonValue::Kind::kArray || index >= at->array().size()) return kNothing;
    at = &at->array()[index];
  }
  return *at;
}

std::string plain_text(const JsonValue& value) {
  if (value.kind() == JsonValue::Kind::kString) return value.string();
  const bool number = value.kind() == JsonValue::Kind::kInteger || value.kind() == JsonValue::Kind::kNumber;
  return number ? json_text(value) : "";
}

}  // namespace tocsin
