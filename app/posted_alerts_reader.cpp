#include "app/posted_alerts_reader.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <optional>

#include "app/http_message.h"
#include "app/json_mistake.h"

namespace tocsin {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

// The message of a mistake; nothing: all is well.
using Complaint = std::optional<std::string>;

std::string_view type_name(const element& value) {
  switch (value.type()) {
    case element_type::ARRAY:
      return "an array";
    case element_type::OBJECT:
      return "an object";
    case element_type::STRING:
      return "a string";
    case element_type::BOOL:
      return "a boolean";
    case element_type::NULL_VALUE:
      return "null";
    default:
      return "a number";
  }
}

// `before` is the alert before, which often says the same: then both share it.
Complaint read_text(const element& value, std::string_view field, const SharedText& before,
                    SharedText& into) {
  if (value.is_null()) return std::nullopt;
  if (!value.is_string()) return fmt::format("{} must be a string, not {}", field, type_name(value));
  const std::string_view text(value);
  into = before == text ? before : SharedText(text);
  return std::nullopt;
}

// An empty text is no time, as for Alertmanager's clients that always write the field.
Complaint read_time(const element& value, std::string_view field, TimePoint& into) {
  if (value.is_null()) return std::nullopt;
  if (!value.is_string()) return fmt::format("{} must be a string, not {}", field, type_name(value));
  const std::string_view text(value);
  if (text.empty()) return std::nullopt;
  const auto time = parse_rfc3339(text);
  if (!time) return fmt::format("{}: {}", field, time.error().message);
  into = *time;
  return std::nullopt;
}

Complaint read_labels(const element& value, std::string_view field, std::vector<Label>& room, Labels& into) {
  if (value.is_null()) return std::nullopt;
  if (!value.is_object()) return fmt::format("{} must be an object, not {}", field, type_name(value));
  room.clear();
  for (const auto pair : simdjson::dom::object(value)) {
    if (!pair.value.is_string()) {
      return fmt::format("{}: the value of {} must be a string, not {}", field, go_quote(pair.key),
                         type_name(pair.value));
    }
    room.push_back({pair.key, std::string_view(pair.value)});
  }
  into = Labels::sorting(room);
  return std::nullopt;
}

// Unknown fields are ignored, as Alertmanager ignores them: a newer Prometheus may send more.
Complaint read_alert(const element& item, std::vector<Label>& room, const PostedAlert& before,
                     PostedAlert& alert) {
  if (!item.is_object()) return fmt::format("must be an object, not {}", type_name(item));
  Complaint first;
  bool has_labels = false;
  for (const auto field : simdjson::dom::object(item)) {
    Complaint complaint;
    if (field.key == "labels") {
      has_labels = !field.value.is_null();
      complaint = read_labels(field.value, "labels", room, alert.labels);
    } else if (field.key == "annotations") {
      complaint = read_labels(field.value, "annotations", room, alert.annotations);
    } else if (field.key == "startsAt") {
      complaint = read_time(field.value, "startsAt", alert.starts_at);
    } else if (field.key == "endsAt") {
      complaint = read_time(field.value, "endsAt", alert.ends_at);
    } else if (field.key == "generatorURL") {
      complaint = read_text(field.value, "generatorURL", before.generator_url, alert.generator_url);
    }
    if (complaint && !first) first = std::move(complaint);
  }
  if (!first && !has_labels) return std::string(kLabelsMissing);
  return first;
}

PostedBatch read_items(const simdjson::dom::array& items) {
  PostedBatch batch;
  batch.alerts.reserve(items.size());
  batch.indices.reserve(items.size());
  std::vector<Label> room;
  const PostedAlert none;
  std::size_t index = 0;
  for (const element item : items) {
    PostedAlert alert;
    if (auto complaint = read_alert(item, room, batch.alerts.empty() ? none : batch.alerts.back(), alert)) {
      batch.mistakes.push_back(
          {index, alert.labels.empty() ? "" : alert.labels.to_string(), std::move(*complaint)});
    } else {
      batch.alerts.push_back(std::move(alert));
      batch.indices.push_back(index);
    }
    ++index;
  }
  return batch;
}

// A parser keeps the memory of the largest text that it has read. Usual requests share one per thread.
simdjson::dom::parser& parser_for(std::string_view body, simdjson::dom::parser& own) {
  constexpr std::size_t kUsualBytes = 64 << 10;
  thread_local simdjson::dom::parser of_thread;
  return body.size() <= kUsualBytes ? of_thread : own;
}

}  // namespace

static_assert(kSpareBodyCapacity >= simdjson::SIMDJSON_PADDING);

Result<PostedBatch> read_posted_batch(const std::string& body) {
  try {
    simdjson::dom::parser own;
    simdjson::dom::parser& parser = parser_for(body, own);
    element root;
    if (const auto error = parser.parse(body).get(root))
      return fail(describe_bad_json(body, simdjson::error_message(error)));
    if (!root.is_array())
      return fail(fmt::format("the body must be an array of alerts, not {}", type_name(root)));
    return read_items(simdjson::dom::array(root));
  } catch (const simdjson::simdjson_error& error) {
    return fail(describe_bad_json(body, error.what()));
  }
}

}  // namespace tocsin
