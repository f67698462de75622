#include "receivers/payload_value.h"

#include <cmath>

namespace tocsin {
namespace {

bool is_text_key(const YamlNode& key) {
  return key.kind() == YamlNode::Kind::kScalar &&
         (key.quoted() || (!key.boolean() && !key.integer() && !key.real()));
}

// The data that an expanded text stands for, or the text itself.
PayloadValue reread(std::string text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  // JSON is what toJson makes; its own reader is much faster than YAML's, and alerts can be many.
  if (first != std::string::npos && (text[first] == '[' || text[first] == '{')) {
    if (const Result<JsonValue> json = JsonValue::parse(text)) return PayloadValue::from(*json);
  }
  Problems problems;
  const YamlDocument document = YamlDocument::parse(text, "", problems);
  if (problems.has_errors()) return {std::move(text)};
  PayloadValue value = PayloadValue::from(document.root());
  if (value.text() != nullptr) return {std::move(text)};
  return value;
}

}  // namespace

PayloadValue PayloadValue::from(const YamlNode& node) {
  node.take_as_it_is();
  switch (node.kind()) {
    case YamlNode::Kind::kAbsent:
    case YamlNode::Kind::kNull:
      return {};
    case YamlNode::Kind::kScalar:
      if (node.quoted()) return {node.text()};
      if (const auto boolean = node.boolean()) return {*boolean};
      if (const auto integer = node.integer()) return {*integer};
      if (const auto real = node.real(); real && std::isfinite(*real)) return {*real};
      return {node.text()};
    case YamlNode::Kind::kList: {
      List out;
      for (const YamlNode& item : node.items()) out.push_back(from(item));
      return {std::move(out)};
    }
    case YamlNode::Kind::kMapping:
      break;
  }
  Map out;
  for (const auto& [key, value] : node.entries()) {
    if (is_text_key(key)) out.insert_or_assign(key.text(), from(value));
  }
  return {std::move(out)};
}

void PayloadValue::check_keys(const YamlNode& node, Problems& problems) {
  node.take_as_it_is();
  for (const auto& [key, value] : node.entries()) {
    if (!is_text_key(key)) {
      problems.error(key.file(), key.position(), "the key \"" + key.text() + "\" is not a text in YAML",
                     "write it in quotes");
    }
    check_keys(value, problems);
  }
  for (const YamlNode& item : node.items()) check_keys(item, problems);
}

PayloadValue PayloadValue::from(const JsonValue& json) {
  switch (json.kind()) {
    case JsonValue::Kind::kNull:
      return {};
    case JsonValue::Kind::kBoolean:
      return {json.boolean()};
    case JsonValue::Kind::kInteger:
      return {json.integer()};
    case JsonValue::Kind::kNumber:
      return {json.number()};
    case JsonValue::Kind::kString:
      return {json.string()};
    case JsonValue::Kind::kArray: {
      List out;
      for (const JsonValue& item : json.array()) out.push_back(from(item));
      return {std::move(out)};
    }
    case JsonValue::Kind::kObject:
      break;
  }
  Map out;
  for (const auto& [key, value] : json.object()) out.insert_or_assign(key, from(value));
  return {std::move(out)};
}

Result<PayloadValue> expand_payload(const PayloadValue& value,
                                    const std::function<Result<std::string>(std::string_view)>& expand) {
  if (const std::string* text = value.text()) {
    Result<std::string> expanded = expand(*text);
    if (!expanded) return fail(expanded.error().message);
    return reread(std::move(*expanded));
  }
  if (const auto* list = std::get_if<PayloadValue::List>(&value.content)) {
    PayloadValue::List out;
    for (const PayloadValue& item : *list) {
      Result<PayloadValue> expanded = expand_payload(item, expand);
      if (!expanded) return expanded;
      out.push_back(std::move(*expanded));
    }
    return PayloadValue{std::move(out)};
  }
  const auto* map = std::get_if<PayloadValue::Map>(&value.content);
  if (map == nullptr) return value;
  PayloadValue::Map out;
  for (const auto& [key, item] : *map) {
    Result<std::string> expanded_key = expand(key);
    if (!expanded_key) return fail(expanded_key.error().message);
    Result<PayloadValue> expanded = expand_payload(item, expand);
    if (!expanded) return expanded;
    out.insert_or_assign(std::move(*expanded_key), std::move(*expanded));
  }
  return PayloadValue{std::move(out)};
}

void write_json(JsonWriter& json, const PayloadValue& value) {
  struct Writer {
    JsonWriter& json;
    void operator()(std::monostate) const { json.null(); }
    void operator()(bool boolean) const { json.boolean(boolean); }
    void operator()(std::int64_t integer) const { json.integer(integer); }
    void operator()(double number) const { json.number(number); }
    void operator()(const std::string& text) const { json.string(text); }
    void operator()(const PayloadValue::List& list) const {
      json.begin_array();
      for (const PayloadValue& item : list) write_json(json, item);
      json.end_array();
    }
    void operator()(const PayloadValue::Map& map) const {
      json.begin_object();
      for (const auto& [key, item] : map) write_json(json.key(key), item);
      json.end_object();
    }
  };
  std::visit(Writer{json}, value.content);
}

void collect_texts(const PayloadValue& value, std::vector<std::string>& out) {
  if (const std::string* text = value.text()) out.push_back(*text);
  if (const auto* list = std::get_if<PayloadValue::List>(&value.content)) {
    for (const PayloadValue& item : *list) collect_texts(item, out);
  }
  if (const auto* map = std::get_if<PayloadValue::Map>(&value.content)) {
    for (const auto& [key, item] : *map) {
      out.push_back(key);
      collect_texts(item, out);
    }
  }
}

}  // namespace tocsin
