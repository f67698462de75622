// JSON in and out. JsonWriter writes bytes as Go's encoding/json does (compact, < > & as \u003c \u003e
// \u0026, shortest floats), because webhook bodies and API answers are compared with Alertmanager's.
// JsonValue is a small immutable tree for everything that is not a hot path; query answers and posted alerts
// have their own one-pass readers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/labels.h"
#include "core/result.h"
#include "core/time.h"

namespace tocsin {

class JsonWriter {
 public:
  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view);
  JsonWriter& string(std::string_view);  // invalid UTF-8 becomes U+FFFD
  JsonWriter& integer(std::int64_t);
  JsonWriter& unsigned_integer(std::uint64_t);
  JsonWriter& number(double);  // NaN and infinities are not JSON: callers write them as strings
  JsonWriter& boolean(bool);
  JsonWriter& null();
  JsonWriter& raw(std::string_view json);  // already JSON
  JsonWriter& labels(const Labels&);       // an object
  JsonWriter& time(TimePoint);             // RFC 3339, nanoseconds
  JsonWriter& field(std::string_view name, std::string_view value) { return key(name).string(value); }

  // Room for what is to come, where its size can be guessed.
  JsonWriter& reserve(std::size_t bytes);

  const std::string& text() const { return out_; }
  std::string take() { return std::move(out_); }

 private:
  void separate();
  std::string out_;
  std::size_t depth_ = 0;  // of open containers
};

// text as a JSON string with quotes, escaped as Go does.
void append_json_string(std::string& out, std::string_view text);
// As an object.
void append_json_labels(std::string& out, const Labels&);

class JsonValue {
 public:
  enum class Kind { kNull, kBoolean, kInteger, kNumber, kString, kArray, kObject };
  using Array = std::vector<JsonValue>;
  using Object =
      std::vector<std::pair<std::string, JsonValue>>;  // in file order; of equal keys the last wins in find()

  JsonValue() = default;
  // Fails with the byte offset and reason. Depth is limited.
  static Result<JsonValue> parse(std::string_view text);

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::kNull; }
  bool boolean() const { return boolean_; }
  std::int64_t integer() const { return integer_; }
  double number() const { return kind_ == Kind::kInteger ? static_cast<double>(integer_) : number_; }
  const std::string& string() const { return string_; }
  const Array& array() const;
  const Object& object() const;
  const JsonValue& find(std::string_view key) const;  // null value where missing or not an object

  // Conveniences for our own records: a default where the key is missing or of another type.
  std::string text(std::string_view key) const { return find(key).string(); }
  std::int64_t integer(std::string_view key) const { return find(key).integer(); }
  bool boolean(std::string_view key) const { return find(key).boolean(); }
  TimePoint time(std::string_view key) const;  // integer nanoseconds since 1970, as our records write times
  Labels labels(std::string_view key) const;

 private:
  friend class JsonParser;
  Kind kind_ = Kind::kNull;
  bool boolean_ = false;
  std::int64_t integer_ = 0;
  double number_ = 0;
  std::string string_;
  std::shared_ptr<const Array> array_;
  std::shared_ptr<const Object> object_;
};

// The value as JSON again, compact.
std::string json_text(const JsonValue&);

}  // namespace tocsin
