#include "core/json.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <utility>

#include "core/utf8.h"

namespace tocsin {
namespace {

constexpr char kHex[] = "0123456789abcdef";

void append_unicode_escape(std::string& out, unsigned value) {
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kHex[(value >> shift) & 0xF];
}

// Bytes that stand for themselves.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t byte = 0x20; byte < 0x80; ++byte) plain[byte] = true;
  for (const char c : {'"', '\\', '<', '>', '&'}) plain[static_cast<unsigned char>(c)] = false;
  return plain;
}();

bool is_plain(char c) {
  return kPlain[static_cast<unsigned char>(c)];
}

// Looks at sixteen bytes at a time.
bool all_plain(std::string_view text) {
  using Bytes = unsigned char __attribute__((vector_size(16)));
  Bytes special{};
  while (text.size() >= sizeof special) {
    Bytes bytes;
    std::memcpy(&bytes, text.data(), sizeof bytes);
    special |= static_cast<Bytes>((bytes < 0x20) | (bytes >= 0x80) | (bytes == '"') | (bytes == '\\') |
                                  (bytes == '<') | (bytes == '>') | (bytes == '&'));
    text.remove_prefix(sizeof bytes);
  }
  std::array<std::uint64_t, 2> halves;
  std::memcpy(halves.data(), &special, sizeof special);
  return (halves[0] | halves[1]) == 0 && std::all_of(text.begin(), text.end(), is_plain);
}

char* put(char* out, std::string_view text) {
  if (!text.empty()) std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

// {"name":"value","name":"value"}: nothing needs an escape, so the size is known.
void append_plain_labels(std::string& json, const Labels& labels) {
  const std::size_t before = json.size();
  const std::size_t commas = labels.empty() ? 0 : labels.size() - 1;
  const std::size_t characters = labels.names_text().size() + labels.values_text().size();
  json.resize(before + 2 + characters + 5 * labels.size() + commas);
  char* out = json.data() + before;
  if (labels.empty()) *out++ = '{';
  char separator = '{';
  for (const Label label : labels) {
    *out++ = std::exchange(separator, ',');
    *out++ = '"';
    out = put(out, label.name);
    out = put(out, "\":\"");
    out = put(out, label.value);
    *out++ = '"';
  }
  *out = '}';
}

// The first rune of a text, which is not plain; says how many bytes it took.
std::size_t append_escaped(std::string& out, std::string_view text) {
  const auto byte = static_cast<unsigned char>(text[0]);
  if (byte < 0x80) {
    switch (byte) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      default:
        append_unicode_escape(out, byte);
    }
    return 1;
  }
  const Rune rune = first_rune(text);
  if (!rune.valid)
    out += "\\ufffd";
  else if (rune.value == 0x2028 || rune.value == 0x2029)
    append_unicode_escape(out, rune.value);
  else
    out.append(text.substr(0, rune.bytes));
  return rune.bytes;
}

// As Go's encoding/json prints float64: shortest digits, exponent form below 1e-6 and from 1e21 on.
void append_number(std::string& out, double value) {
  char digits[64];
  const double size = std::fabs(value);
  const bool exponent = size != 0 && (size < 1e-6 || size >= 1e21);
  const auto form = exponent ? std::chars_format::scientific : std::chars_format::fixed;
  const auto end = std::to_chars(digits, digits + sizeof digits, value, form).ptr;
  std::string_view text(digits, static_cast<std::size_t>(end - digits));
  // e-09 becomes e-9.
  if (exponent && text.size() >= 4 && text[text.size() - 4] == 'e' && text[text.size() - 3] == '-' &&
      text[text.size() - 2] == '0') {
    out.append(text.substr(0, text.size() - 2)).push_back(text.back());
    return;
  }
  out.append(text);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  if (all_plain(text)) {
    const std::size_t before = out.size();
    out.resize(before + text.size() + 2);
    char* to = out.data() + before;
    *to++ = '"';
    *put(to, text) = '"';
    return;
  }
  out += '"';
  while (true) {
    // Runs of plain bytes are the rule.
    const auto special = std::find_if(text.begin(), text.end(), [](char c) { return !is_plain(c); });
    out.append(text.begin(), special);
    text.remove_prefix(static_cast<std::size_t>(special - text.begin()));
    if (text.empty()) break;
    text.remove_prefix(append_escaped(out, text));
  }
  out += '"';
}

void append_json_labels(std::string& out, const Labels& labels) {
  if (all_plain(labels.values_text()) && all_plain(labels.names_text()))
    return append_plain_labels(out, labels);
  char before = '{';
  for (const Label label : labels) {
    out += std::exchange(before, ',');
    append_json_string(out, label.name);
    out += ':';
    append_json_string(out, label.value);
  }
  out += '}';
}

// A comma, where something stands before in the same container. What was written last tells: no value ends in
// one of these three.
void JsonWriter::separate() {
  if (depth_ == 0) return;
  const char last = out_.back();
  if (last != '{' && last != '[' && last != ':') out_ += ',';
}

JsonWriter& JsonWriter::reserve(std::size_t bytes) {
  out_.reserve(out_.size() + bytes);
  return *this;
}

JsonWriter& JsonWriter::begin_object() {
  separate();
  out_ += '{';
  ++depth_;
  return *this;
}
JsonWriter& JsonWriter::end_object() {
  out_ += '}';
  --depth_;
  return *this;
}
JsonWriter& JsonWriter::begin_array() {
  separate();
  out_ += '[';
  ++depth_;
  return *this;
}
JsonWriter& JsonWriter::end_array() {
  out_ += ']';
  --depth_;
  return *this;
}
JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  append_json_string(out_, name);
  out_ += ':';
  return *this;
}
JsonWriter& JsonWriter::string(std::string_view text) {
  separate();
  append_json_string(out_, text);
  return *this;
}
JsonWriter& JsonWriter::integer(std::int64_t value) {
  char digits[24];
  return raw({digits, std::to_chars(digits, digits + sizeof digits, value).ptr});
}
JsonWriter& JsonWriter::unsigned_integer(std::uint64_t value) {
  char digits[24];
  return raw({digits, std::to_chars(digits, digits + sizeof digits, value).ptr});
}
JsonWriter& JsonWriter::number(double value) {
  separate();
  if (std::isfinite(value))
    append_number(out_, value);
  else
    out_ += "null";
  return *this;
}
JsonWriter& JsonWriter::boolean(bool value) {
  return raw(value ? "true" : "false");
}
JsonWriter& JsonWriter::null() {
  return raw("null");
}
JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}
JsonWriter& JsonWriter::labels(const Labels& labels) {
  separate();
  append_json_labels(out_, labels);
  return *this;
}
JsonWriter& JsonWriter::time(TimePoint t) {
  return string(format_rfc3339(t));
}

// Copies simdjson's DOM into our tree.
class JsonParser {
 public:
  static JsonValue convert(const simdjson::dom::element& element) {
    JsonValue value;
    switch (element.type()) {
      case simdjson::dom::element_type::ARRAY: {
        value.kind_ = JsonValue::Kind::kArray;
        JsonValue::Array items;
        for (const simdjson::dom::element item : simdjson::dom::array(element))
          items.push_back(convert(item));
        value.array_ = std::make_shared<const JsonValue::Array>(std::move(items));
        break;
      }
      case simdjson::dom::element_type::OBJECT: {
        value.kind_ = JsonValue::Kind::kObject;
        JsonValue::Object fields;
        for (const auto field : simdjson::dom::object(element)) {
          fields.emplace_back(std::string(field.key), convert(field.value));
        }
        value.object_ = std::make_shared<const JsonValue::Object>(std::move(fields));
        break;
      }
      case simdjson::dom::element_type::INT64:
        value.kind_ = JsonValue::Kind::kInteger;
        value.integer_ = std::int64_t(element);
        break;
      case simdjson::dom::element_type::UINT64:
        value.kind_ = JsonValue::Kind::kNumber;
        value.number_ = static_cast<double>(std::uint64_t(element));
        break;
      case simdjson::dom::element_type::DOUBLE:
        value.kind_ = JsonValue::Kind::kNumber;
        value.number_ = double(element);
        break;
      case simdjson::dom::element_type::STRING:
        value.kind_ = JsonValue::Kind::kString;
        value.string_ = std::string(std::string_view(element));
        break;
      case simdjson::dom::element_type::BOOL:
        value.kind_ = JsonValue::Kind::kBoolean;
        value.boolean_ = bool(element);
        break;
      case simdjson::dom::element_type::NULL_VALUE:
        break;
    }
    return value;
  }
};

Result<JsonValue> JsonValue::parse(std::string_view text) {
  try {
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    if (const auto error = parser.parse(text.data(), text.size()).get(root)) {
      return fail(std::string("not valid JSON: ") + simdjson::error_message(error));
    }
    return JsonParser::convert(root);
  } catch (const simdjson::simdjson_error& error) {
    return fail(std::string("not valid JSON: ") + error.what());
  }
}

const JsonValue::Array& JsonValue::array() const {
  static const Array kEmpty;
  return array_ ? *array_ : kEmpty;
}
const JsonValue::Object& JsonValue::object() const {
  static const Object kEmpty;
  return object_ ? *object_ : kEmpty;
}
const JsonValue& JsonValue::find(std::string_view key) const {
  static const JsonValue kNull;
  const Object& fields = object();
  for (auto field = fields.rbegin(); field != fields.rend(); ++field) {
    if (field->first == key) return field->second;
  }
  return kNull;
}

TimePoint JsonValue::time(std::string_view key) const {
  const JsonValue& value = find(key);
  return value.kind_ == Kind::kInteger ? TimePoint(Duration(value.integer_)) : kNoTime;
}

Labels JsonValue::labels(std::string_view key) const {
  std::vector<Label> pairs;
  for (const auto& [name, value] : find(key).object()) pairs.push_back({name, value.string()});
  return Labels::from(std::move(pairs));
}

namespace {

void write(JsonWriter& json, const JsonValue& value) {
  switch (value.kind()) {
    case JsonValue::Kind::kNull:
      json.null();
      break;
    case JsonValue::Kind::kBoolean:
      json.boolean(value.boolean());
      break;
    case JsonValue::Kind::kInteger:
      json.integer(value.integer());
      break;
    case JsonValue::Kind::kNumber:
      json.number(value.number());
      break;
    case JsonValue::Kind::kString:
      json.string(value.string());
      break;
    case JsonValue::Kind::kArray:
      json.begin_array();
      for (const JsonValue& item : value.array()) write(json, item);
      json.end_array();
      break;
    case JsonValue::Kind::kObject:
      json.begin_object();
      for (const auto& [key, field] : value.object()) {
        json.key(key);
        write(json, field);
      }
      json.end_object();
      break;
  }
}

}  // namespace

std::string json_text(const JsonValue& value) {
  JsonWriter json;
  write(json, value);
  return json.take();
}

}  // namespace tocsin
