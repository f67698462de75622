#include "router/silence_records.h"

#include <array>

#include "core/json.h"

namespace tocsin {

namespace {

constexpr std::array<SilenceState, 3> kStates = {SilenceState::kPending, SilenceState::kActive,
                                                 SilenceState::kExpired};
constexpr std::array<MatchType, 4> kTypes = {MatchType::kEqual, MatchType::kNotEqual, MatchType::kRegex,
                                             MatchType::kNotRegex};

template <class Known, class T>
bool read_word(const Known& known, const JsonValue& value, T& out) {
  for (T candidate : known) {
    if (value.kind() != JsonValue::Kind::kString || to_string(candidate) != value.string()) continue;
    out = candidate;
    return true;
  }
  return false;
}

// Unset times are left out.
void write_time(JsonWriter& json, std::string_view name, TimePoint time) {
  if (is_set(time)) json.key(name).integer(time.time_since_epoch().count());
}

void write_sets(JsonWriter& json, const std::vector<Matchers>& sets) {
  json.begin_array();
  for (const Matchers& set : sets) {
    json.begin_array();
    for (const Matcher& matcher : set) {
      json.begin_object().field("name", matcher.name()).field("operator", to_string(matcher.type()));
      json.field("value", matcher.value()).end_object();
    }
    json.end_array();
  }
  json.end_array();
}

Result<Matcher> read_matcher(const JsonValue& json) {
  MatchType type = MatchType::kEqual;
  if (!read_word(kTypes, json.find("operator"), type)) return fail("a matcher with an unknown operator");
  return Matcher::make(json.text("name"), type, json.text("value"));
}

Result<std::vector<Matchers>> read_sets(const JsonValue& json) {
  std::vector<Matchers> sets;
  for (const JsonValue& items : json.array()) {
    Matchers& set = sets.emplace_back();
    for (const JsonValue& item : items.array()) {
      Result<Matcher> matcher = read_matcher(item);
      if (!matcher) return tl::unexpected(matcher.error());
      set.push_back(std::move(*matcher));
    }
  }
  return sets;
}

}  // namespace

Record silence_record(const SilenceEntry& entry) {
  const Silence& silence = entry.silence;
  JsonWriter json;
  json.begin_object().field("state", to_string(entry.noticed)).key("matcher_sets");
  write_sets(json, silence.matcher_sets);
  write_time(json, "starts_at", silence.starts_at);
  write_time(json, "ends_at", silence.ends_at);
  write_time(json, "updated_at", silence.updated_at);
  json.field("created_by", silence.created_by).field("comment", silence.comment);
  json.key("annotations").begin_object();
  for (const auto& [name, value] : silence.annotations) json.field(name, value);
  json.end_object();
  if (silence.until_resolved) json.key("until_resolved").boolean(true);
  if (silence.expire_when_idle != Duration::zero())
    json.key("expire_when_idle").integer(silence.expire_when_idle.count());
  if (entry.has_matched) json.key("has_matched").boolean(true);
  write_time(json, "idle_since", entry.idle_since);
  return {std::string(kSilenceBucket), silence.id, json.end_object().take()};
}

Record silence_record(const Silence& silence, TimePoint now) {
  SilenceEntry entry;
  entry.silence = silence;
  entry.noticed = silence.state(now);
  return silence_record(entry);
}

Result<SilenceEntry> parse_silence(const Record& record) {
  Result<JsonValue> json = JsonValue::parse(*record.value);
  if (!json) return tl::unexpected(json.error());
  if (json->kind() != JsonValue::Kind::kObject) return fail("not an object");
  if (record.key.empty()) return fail("a silence without id");
  SilenceEntry entry;
  Silence& silence = entry.silence;
  silence.id = record.key;
  if (!read_word(kStates, json->find("state"), entry.noticed)) return fail("unknown state");
  Result<std::vector<Matchers>> sets = read_sets(json->find("matcher_sets"));
  if (!sets) return tl::unexpected(sets.error());
  silence.matcher_sets = std::move(*sets);
  silence.starts_at = json->time("starts_at");
  silence.ends_at = json->time("ends_at");
  silence.updated_at = json->time("updated_at");
  silence.created_by = json->text("created_by");
  silence.comment = json->text("comment");
  for (const auto& [name, value] : json->find("annotations").object()) {
    silence.annotations[name] = value.string();
  }
  silence.until_resolved = json->boolean("until_resolved");
  silence.expire_when_idle = Duration(json->integer("expire_when_idle"));
  entry.has_matched = json->boolean("has_matched");
  entry.idle_since = json->time("idle_since");
  if (!is_set(silence.starts_at)) return fail("a silence without start");
  if (auto problems = silence_problems(silence); !problems.empty()) return fail(problems.front());
  return entry;
}

}  // namespace tocsin
