#include "evaluator/query_answer.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <charconv>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "core/template/go_float.h"

namespace tocsin {
namespace {

namespace ondemand = simdjson::ondemand;
using Type = QueryAnswer::Type;

// Deeper nesting than any answer has; it bounds our recursion.
constexpr int kMaxDepth = 64;

// Reading throws simdjson_error; it is caught in read_query_json, below.
[[noreturn]] void refuse() {
  throw simdjson::simdjson_error(simdjson::INCORRECT_TYPE);
}

// On-Demand accepts nonsense in what nobody reads (01, NaN, [1,2,}), so what is skipped is read as well.
void validate(ondemand::value value, int depth = 0) {
  if (depth > kMaxDepth) throw simdjson::simdjson_error(simdjson::DEPTH_ERROR);
  switch (static_cast<ondemand::json_type>(value.type())) {
    case ondemand::json_type::array:
      for (auto item : value.get_array()) validate(item.value(), depth + 1);
      return;
    case ondemand::json_type::object:
      for (auto field : value.get_object()) {
        (void)std::string_view(field.unescaped_key());
        validate(field.value(), depth + 1);
      }
      return;
    case ondemand::json_type::number:
      (void)double(value.get_double());
      return;
    case ondemand::json_type::string:
      (void)std::string_view(value.get_string());
      return;
    case ondemand::json_type::boolean:
      (void)bool(value.get_bool());
      return;
    case ondemand::json_type::null:
      if (!bool(value.is_null())) refuse();
      return;
  }
}

bool is(ondemand::value& value, ondemand::json_type type) {
  return static_cast<ondemand::json_type>(value.type()) == type;
}

// A sample value as Prometheus prints it: a decimal number, NaN, +Inf, -Inf. Anything else is nothing.
std::optional<double> number_of(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "+Inf" || text == "Inf") return std::numeric_limits<double>::infinity();
  if (text == "-Inf") return -std::numeric_limits<double>::infinity();
  if (text.empty() || text.find_first_not_of("0123456789+-.eE") != std::string_view::npos)
    return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string text_of(ondemand::value value) {
  if (is(value, ondemand::json_type::null)) {
    validate(value);
    return "";
  }
  return std::string(std::string_view(value.get_string()));
}

// Numbers of a histogram as templates show them.
std::string number_text(std::string_view text) {
  const std::optional<double> number = number_of(text);
  return number ? tmpl::format_float(*number, 'g', -1) : std::string(text);
}

class AnswerReader {
 public:
  QueryAnswer read(ondemand::document& document) {
    for (auto field : document.get_object()) {
      const std::string_view key = field.unescaped_key();
      ondemand::value value = field.value();
      if (key == "status") {
        answer_.status = text_of(value);
      } else if (key == "errorType") {
        answer_.error_type = text_of(value);
      } else if (key == "error") {
        answer_.error = text_of(value);
      } else if (key == "warnings") {
        read_warnings(value);
      } else if (key == "data") {
        read_data(value);
      } else {
        validate(value);
      }
    }
    return std::move(answer_);
  }

 private:
  void read_warnings(ondemand::value value) {
    answer_.warnings.clear();
    if (is(value, ondemand::json_type::null)) return validate(value);
    for (auto item : value.get_array()) answer_.warnings.push_back(text_of(item.value()));
  }

  void read_data(ondemand::value value) {
    if (!is(value, ondemand::json_type::object)) return validate(value);
    for (auto field : value.get_object()) {
      const std::string_view key = field.unescaped_key();
      ondemand::value member = field.value();
      if (key == "resultType") {
        answer_.result_type = text_of(member);
      } else if (key == "result") {
        read_result(member);
      } else {
        validate(member);
      }
    }
  }

  void read_result(ondemand::value value) {
    answer_.samples.clear();
    answer_.type = Type::kOther;
    if (is(value, ondemand::json_type::null)) {  // a server written in Go may say null for an empty list
      answer_.type = Type::kEmptyList;
      return validate(value);
    }
    if (!is(value, ondemand::json_type::array)) return validate(value);
    answer_.type = Type::kEmptyList;
    std::size_t index = 0;
    for (auto item : value.get_array()) {
      ondemand::value element = item.value();
      if (is(element, ondemand::json_type::object)) {
        read_series(element, index == 0 ? Type::kEmptyList : Type::kSeries);
      } else {
        read_point_part(element, index);
      }
      ++index;
    }
    if (answer_.type == Type::kPoint && index != 2) answer_.type = Type::kOther;
  }

  // One element of a vector. A matrix has `values` instead and becomes kOther.
  void read_series(ondemand::value value, Type expected) {
    Sample sample;
    bool has_value = false;
    for (auto field : value.get_object()) {
      const std::string_view key = field.unescaped_key();
      ondemand::value member = field.value();
      if (key == "metric") {
        sample.labels = read_labels(member);
      } else if (key == "value") {
        has_value = read_float(member, sample) || has_value;
      } else if (key == "histogram") {
        has_value = read_histogram(member, sample) || has_value;
      } else {
        validate(member);
      }
    }
    if (!has_value || answer_.type != expected) {
      answer_.type = Type::kOther;
      return;
    }
    answer_.type = Type::kSeries;
    answer_.samples.push_back(std::move(sample));
  }

  // A scalar is a list of two: the time, and the value as text.
  void read_point_part(ondemand::value value, std::size_t index) {
    if (index == 0 && is(value, ondemand::json_type::number)) {
      answer_.type = Type::kPoint;
      return validate(value);
    }
    if (index == 1 && answer_.type == Type::kPoint && is(value, ondemand::json_type::string)) {
      if (const std::optional<double> number = number_of(std::string_view(value.get_string()))) {
        answer_.samples.emplace_back().value = *number;
        return;
      }
      answer_.type = Type::kOther;
      return;
    }
    answer_.type = Type::kOther;
    validate(value);
  }

  // The texts stay valid in the parser's buffer until the document ends, so a block is made without copies in
  // between.
  Labels read_labels(ondemand::value value) {
    std::vector<Label> pairs;
    pairs.reserve(16);
    for (auto field : value.get_object()) {
      const std::string_view name = field.unescaped_key();
      const std::string_view text = field.value().get_string();
      if (!text.empty()) pairs.push_back({name, text});  // an empty label is an absent one
    }
    return pairs.empty() ? Labels() : Labels::from(std::move(pairs));
  }

  // [ts, "text"]
  bool read_float(ondemand::value value, Sample& sample) {
    std::optional<double> number;
    std::size_t index = 0;
    for (auto item : value.get_array()) {
      ondemand::value part = item.value();
      if (index == 1) {
        number = number_of(std::string_view(part.get_string()));
      } else {
        validate(part);
      }
      ++index;
    }
    if (!number || index != 2) return false;
    sample.value = *number;
    return true;
  }

  // [ts, {"count": "3", "sum": "4.5", "buckets": [[0, "0.5", "1", "3"]]}]
  bool read_histogram(ondemand::value value, Sample& sample) {
    std::size_t index = 0;
    for (auto item : value.get_array()) {
      ondemand::value part = item.value();
      if (index == 1) {
        sample.histogram_text = histogram_text(part.get_object());
      } else {
        validate(part);
      }
      ++index;
    }
    sample.is_histogram = index == 2;
    return sample.is_histogram;
  }

  static std::string histogram_text(ondemand::object object) {
    std::string count = "0", sum = "0", buckets;
    for (auto field : object) {
      const std::string_view key = field.unescaped_key();
      ondemand::value member = field.value();
      if (key == "count") {
        count = number_text(member.get_string());
      } else if (key == "sum") {
        sum = number_text(member.get_string());
      } else if (key == "buckets") {
        for (auto bucket : member.get_array()) buckets += bucket_text(bucket.get_array());
      } else {
        validate(member);
      }
    }
    return fmt::format("{{count:{}, sum:{}{}}}", count, sum, buckets);
  }

  // The first part says which ends belong to the bucket: 0 (lo,hi], 1 [lo,hi), 2 (lo,hi), 3 [lo,hi].
  static std::string bucket_text(ondemand::array bucket) {
    std::uint64_t ends = 0;
    std::vector<std::string> parts;
    for (auto item : bucket) {
      ondemand::value part = item.value();
      if (is(part, ondemand::json_type::number)) {
        ends = part.get_uint64();
      } else {
        parts.push_back(number_text(part.get_string()));
      }
    }
    if (parts.size() != 3 || ends > 3) refuse();
    return fmt::format(", {}{},{}{}:{}", ends == 1 || ends == 3 ? '[' : '(', parts[0], parts[1],
                       ends == 0 || ends == 3 ? ']' : ')', parts[2]);
  }

  QueryAnswer answer_;
};

// simdjson reads up to SIMDJSON_PADDING bytes after the text; a body with that much room is read where it is.
Result<QueryAnswer> read_padded(simdjson::padded_string_view text) {
  try {
    ondemand::parser parser;
    ondemand::document document = parser.iterate(text);
    QueryAnswer answer = AnswerReader().read(document);
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS)
      return fail("there is more after the end of the JSON");
    return answer;
  } catch (const simdjson::simdjson_error& error) {
    return fail(fmt::format("not the JSON that was expected: {}", error.what()));
  }
}

}  // namespace

Result<QueryAnswer> read_query_json(const std::string& body) {
  if (body.capacity() - body.size() >= simdjson::SIMDJSON_PADDING) {
    return read_padded(simdjson::padded_string_view(body.data(), body.size(), body.capacity()));
  }
  const simdjson::padded_string padded(body);
  return read_padded(padded);
}

}  // namespace tocsin
