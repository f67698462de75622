#include "app/posted_silence_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "app/api_answer.h"
#include "app/json_mistake.h"
#include "core/duration.h"
#include "core/json.h"

namespace tocsin {
namespace {

using Kind = JsonValue::Kind;

std::string_view kind_name(const JsonValue& value) {
  switch (value.kind()) {
    case Kind::kArray:
      return "an array";
    case Kind::kObject:
      return "an object";
    case Kind::kString:
      return "a string";
    case Kind::kBoolean:
      return "a boolean";
    case Kind::kNull:
      return "null";
    default:
      return "a number";
  }
}

// Collects mistakes while it reads. Fields that it does not know are left alone, as Alertmanager leaves them:
// a silence may be posted as it was listed.
class SilenceReader {
 public:
  Silence read(const JsonValue& json, SilencePurpose);
  bool failed() const { return !mistakes_.empty(); }
  HttpAnswer refusal() const;

 private:
  enum class Need { kOptional, kRequired };
  static constexpr int kCodeWrongJson = 400;
  static constexpr int kCodeContent = 0;  // understood, but it cannot be so

  void complain(int code, std::string message) { mistakes_.push_back({code, std::move(message)}); }
  // Null where the field is absent or of another type.
  const JsonValue* field(const JsonValue& object, std::string_view prefix, std::string_view name, Kind, Need);
  std::string text(const JsonValue& object, std::string_view prefix, std::string_view name, Need);
  TimePoint time(const JsonValue& object, std::string_view name, Need);
  void read_sets(const JsonValue& json, Silence&);
  Matchers read_matchers(const JsonValue& items, const std::string& name);
  void read_matcher(const JsonValue& item, const std::string& name, Matchers&);
  void read_annotations(const JsonValue& json, Silence&);
  void read_ends(const JsonValue& json, Silence&);

  struct Mistake {
    int code;
    std::string message;
  };
  std::vector<Mistake> mistakes_;
};

std::string_view article(Kind kind) {
  switch (kind) {
    case Kind::kArray:
      return "an array";
    case Kind::kObject:
      return "an object";
    case Kind::kBoolean:
      return "true or false";
    default:
      return "a string";
  }
}

const JsonValue* SilenceReader::field(const JsonValue& object, std::string_view prefix, std::string_view name,
                                      Kind kind, Need need) {
  const JsonValue& value = object.find(name);
  if (value.is_null()) {
    if (need == Need::kRequired)
      complain(kCodeRequired, fmt::format("{}{} in body is required", prefix, name));
    return nullptr;
  }
  if (value.kind() == kind) return &value;
  complain(kCodeWrongJson,
           fmt::format("{}{} must be {}, not {}", prefix, name, article(kind), kind_name(value)));
  return nullptr;
}

std::string SilenceReader::text(const JsonValue& object, std::string_view prefix, std::string_view name,
                                Need need) {
  const JsonValue* value = field(object, prefix, name, Kind::kString, need);
  return value == nullptr ? "" : value->string();
}

// An empty text is no time, as for posted alerts.
TimePoint SilenceReader::time(const JsonValue& object, std::string_view name, Need need) {
  const std::string written = text(object, "", name, need);
  if (written.empty()) return kNoTime;
  const auto read = parse_rfc3339(written);
  if (read) return *read;
  complain(kCodeWrongJson, fmt::format("{}: {}", name, read.error().message));
  return kNoTime;
}

Silence SilenceReader::read(const JsonValue& json, SilencePurpose purpose) {
  Silence silence;
  // To Alertmanager null is a silence of which everything is missing.
  if (json.kind() != Kind::kObject && !json.is_null()) {
    complain(kCodeWrongJson, fmt::format("the body must be a silence, an object, not {}", kind_name(json)));
    return silence;
  }
  const Need need = purpose == SilencePurpose::kSet ? Need::kRequired : Need::kOptional;
  silence.id = text(json, "", "id", Need::kOptional);
  read_sets(json, silence);
  silence.starts_at = time(json, "startsAt", need);
  silence.ends_at = time(json, "endsAt", need);
  silence.created_by = text(json, "", "createdBy", need);
  silence.comment = text(json, "", "comment", need);
  read_annotations(json, silence);
  read_ends(json, silence);
  return silence;
}

void SilenceReader::read_sets(const JsonValue& json, Silence& silence) {
  const JsonValue* sets = field(json, "", "matcherSets", Kind::kArray, Need::kOptional);
  const Need need = json.find("matcherSets").is_null() ? Need::kRequired : Need::kOptional;
  const JsonValue* first = field(json, "", "matchers", Kind::kArray, need);
  Matchers matchers;
  if (first != nullptr) matchers = read_matchers(*first, "matchers");
  if (sets == nullptr || sets->array().empty()) {
    if (first != nullptr) silence.matcher_sets = {std::move(matchers)};
    if (first == nullptr && sets != nullptr)
      complain(kCodeTooFew, "matcherSets in body should have at least 1 items");
    return;
  }
  const std::size_t mistakes = mistakes_.size();
  for (std::size_t i = 0; i < sets->array().size(); ++i) {
    const JsonValue& set = sets->array()[i];
    const std::string name = fmt::format("matcherSets.{}", i);
    if (set.kind() != Kind::kArray) {
      complain(kCodeWrongJson, fmt::format("{} must be an array, not {}", name, kind_name(set)));
    } else {
      silence.matcher_sets.push_back(read_matchers(set, name));
    }
  }
  if (first == nullptr || mistakes_.size() > mistakes || matchers == silence.matcher_sets.front()) return;
  complain(kCodeContent,
           fmt::format("matchers is {}, but the first of matcherSets is {}: leave one of the two out, "
                       "or make them the same",
                       to_string(matchers), to_string(silence.matcher_sets.front())));
}

Matchers SilenceReader::read_matchers(const JsonValue& items, const std::string& name) {
  Matchers matchers;
  if (items.array().empty()) complain(kCodeTooFew, name + " in body should have at least 1 items");
  for (std::size_t i = 0; i < items.array().size(); ++i) {
    read_matcher(items.array()[i], fmt::format("{}.{}", name, i), matchers);
  }
  return matchers;
}

void SilenceReader::read_matcher(const JsonValue& item, const std::string& name, Matchers& matchers) {
  if (item.kind() != Kind::kObject) {
    complain(kCodeWrongJson, fmt::format("{} must be an object, not {}", name, kind_name(item)));
    return;
  }
  const std::size_t mistakes = mistakes_.size();
  const std::string prefix = name + ".";
  const std::string label = text(item, prefix, "name", Need::kRequired);
  const std::string value = text(item, prefix, "value", Need::kRequired);
  const JsonValue* regex = field(item, prefix, "isRegex", Kind::kBoolean, Need::kRequired);
  const JsonValue* equal = field(item, prefix, "isEqual", Kind::kBoolean, Need::kOptional);
  if (mistakes_.size() > mistakes) return;
  const bool positive = equal == nullptr || equal->boolean();
  const MatchType type = regex->boolean() ? (positive ? MatchType::kRegex : MatchType::kNotRegex)
                                          : (positive ? MatchType::kEqual : MatchType::kNotEqual);
  auto matcher = Matcher::make(label, type, value);
  if (matcher) {
    matchers.push_back(std::move(*matcher));
  } else {
    complain(kCodeContent, fmt::format("{}: {}", name, matcher.error().message));
  }
}

void SilenceReader::read_annotations(const JsonValue& json, Silence& silence) {
  const JsonValue* annotations = field(json, "", "annotations", Kind::kObject, Need::kOptional);
  if (annotations == nullptr) return;
  for (const auto& [name, value] : annotations->object()) {
    if (value.kind() == Kind::kString) {
      silence.annotations[name] = value.string();
    } else {
      complain(kCodeWrongJson, fmt::format("annotations: the value of {} must be a string, not {}",
                                           go_quote(name), kind_name(value)));
    }
  }
}

void SilenceReader::read_ends(const JsonValue& json, Silence& silence) {
  const JsonValue* resolved = field(json, "", "untilResolved", Kind::kBoolean, Need::kOptional);
  silence.until_resolved = resolved != nullptr && resolved->boolean();
  const std::string idle = text(json, "", "expireWhenIdle", Need::kOptional);
  if (idle.empty()) return;
  const auto duration = parse_prometheus_duration(idle);
  if (duration) {
    silence.expire_when_idle = *duration;
  } else {
    complain(kCodeContent, fmt::format("expireWhenIdle: {}", duration.error().message));
  }
}

// The gravest kind decides about the status: what cannot be read, then what is missing, then what makes no
// sense.
HttpAnswer SilenceReader::refusal() const {
  std::vector<std::string> messages;
  for (const Mistake& mistake : mistakes_) messages.push_back(mistake.message);
  const std::string all = fmt::format("{}", fmt::join(messages, "; "));
  const auto first = [&](auto is) { return std::find_if(mistakes_.begin(), mistakes_.end(), is); };
  const auto unread = first([](const Mistake& mistake) { return mistake.code == kCodeWrongJson; });
  if (unread != mistakes_.end()) return v2_schema_error(kCodeWrongJson, all);
  const auto missing = first([](const Mistake& mistake) { return mistake.code != kCodeContent; });
  if (missing != mistakes_.end()) return v2_schema_error(missing->code, all);
  return v2_error(400, all);
}

}  // namespace

tl::expected<Silence, HttpAnswer> read_posted_silence(std::string_view body, SilencePurpose purpose) {
  if (body.empty()) return tl::unexpected(v2_schema_error(kCodeRequired, "silence in body is required"));
  const auto json = JsonValue::parse(body);
  if (!json) {
    std::string_view reason = json.error().message;
    reason.remove_prefix(std::min(reason.find(": ") + 2, reason.size()));
    return tl::unexpected(v2_schema_error(400, describe_bad_json(body, reason)));
  }
  SilenceReader reader;
  Silence silence = reader.read(*json, purpose);
  if (reader.failed()) return tl::unexpected(reader.refusal());
  return silence;
}

}  // namespace tocsin
