#include "router/router_records.h"

#include <array>

#include "core/json.h"

namespace tocsin {

namespace {

// Words, not numbers: the store is read by people when something has gone wrong.
constexpr std::array<std::string_view, 4> kToldWords = {"never", "owed", "firing", "resolved"};
// In the order of ResolveCause, and as many.
constexpr std::array<std::string_view, 6> kCauseWords = {
    "", "condition false", "rule changed", "rule deleted", "endsAt passed", "reported resolved"};
static_assert(kCauseWords.size() == static_cast<std::size_t>(ResolveCause::kReportedResolved) + 1);

// Of a record, beside what may be long.
constexpr std::size_t kUsualBytes = 480;

template <std::size_t N, class T>
bool read_word(const std::array<std::string_view, N>& words, const JsonValue& value, T& out) {
  for (std::size_t i = 0; i < N; ++i) {
    if (value.kind() != JsonValue::Kind::kString || words[i] != value.string()) continue;
    out = static_cast<T>(i);
    return true;
  }
  return false;
}

template <std::size_t N, class T>
std::string_view word(const std::array<std::string_view, N>& words, T value) {
  return words.at(static_cast<std::size_t>(value));
}

// Unset times are left out.
void write_time(JsonWriter& json, std::string_view name, TimePoint time) {
  if (is_set(time)) json.key(name).integer(time.time_since_epoch().count());
}

TimePoint read_time(const JsonValue& json, std::string_view name) {
  const JsonValue& value = json.find(name);
  if (value.kind() != JsonValue::Kind::kInteger) return kNoTime;
  return TimePoint(Duration(value.integer()));
}

Result<JsonValue> parse_object(std::string_view text) {
  auto json = JsonValue::parse(text);
  if (!json) return json;
  if (json->kind() != JsonValue::Kind::kObject) return fail("not an object");
  return json;
}

}  // namespace

std::string alert_value(const Alert& alert) {
  JsonWriter json;
  json.reserve(kUsualBytes + alert.labels.values_text().size() + alert.annotations.values_text().size());
  json.begin_object().key("labels").labels(alert.labels).key("annotations").labels(alert.annotations);
  write_time(json, "starts_at", alert.starts_at);
  write_time(json, "ends_at", alert.ends_at);
  write_time(json, "updated_at", alert.updated_at);
  json.field("generator_url", alert.generator_url);
  json.field("origin", alert.origin == AlertOrigin::kRule ? "rule" : "external");
  json.key("ends_at_assumed").boolean(alert.ends_at_assumed);
  json.field("cause", word(kCauseWords, alert.cause));
  return json.end_object().take();
}

Result<Alert> parse_alert(std::string_view text) {
  auto json = parse_object(text);
  if (!json) return tl::unexpected(json.error());
  Alert alert;
  alert.labels = json->labels("labels");
  alert.annotations = json->labels("annotations");
  alert.starts_at = read_time(*json, "starts_at");
  alert.ends_at = read_time(*json, "ends_at");
  alert.updated_at = read_time(*json, "updated_at");
  alert.generator_url = json->text("generator_url");
  alert.ends_at_assumed = json->boolean("ends_at_assumed");
  constexpr std::array<std::string_view, 2> kOrigins = {"rule", "external"};
  if (alert.labels.empty()) return fail("an alert without labels");
  if (!read_word(kOrigins, json->find("origin"), alert.origin)) return fail("unknown origin");
  if (!read_word(kCauseWords, json->find("cause"), alert.cause)) return fail("unknown cause");
  return alert;
}

std::string group_value(const GroupTerms& terms) {
  JsonWriter json;
  json.reserve(kUsualBytes);
  json.begin_object().field("route", terms.route_id).key("labels").labels(terms.labels);
  json.field("group_key", terms.group_key()).field("receiver", terms.receiver);
  json.key("group_interval").integer(terms.group_interval.count());
  json.key("repeat_interval").integer(terms.repeat_interval.count());
  write_time(json, "opened_at", terms.opened_at);
  write_time(json, "last_flush", terms.last_flush);
  write_time(json, "next_flush", terms.next_flush);
  json.key("notifications").integer(static_cast<std::int64_t>(terms.notifications));
  return json.end_object().take();
}

Result<GroupTerms> parse_group(std::string_view text) {
  auto json = parse_object(text);
  if (!json) return tl::unexpected(json.error());
  GroupTerms terms;
  terms.route_id = json->text("route");
  terms.labels = json->labels("labels");
  const std::string group_key = json->text("group_key");
  const std::string group_labels = ":" + terms.labels.to_string();
  if (!group_key.ends_with(group_labels)) return fail("the group key does not fit the labels");
  terms.route_key = group_key.substr(0, group_key.size() - group_labels.size());
  terms.receiver = json->text("receiver");
  terms.group_interval = Duration(json->integer("group_interval"));
  terms.repeat_interval = Duration(json->integer("repeat_interval"));
  terms.opened_at = read_time(*json, "opened_at");
  terms.last_flush = read_time(*json, "last_flush");
  terms.next_flush = read_time(*json, "next_flush");
  terms.notifications = static_cast<std::uint64_t>(json->integer("notifications"));
  if (terms.route_id.empty()) return fail("a group without route");
  if (terms.group_interval <= Duration::zero() || terms.repeat_interval <= Duration::zero()) {
    return fail("a group without intervals");
  }
  if (!is_set(terms.next_flush)) return fail("a group without next flush");
  return terms;
}

std::string told_key(std::string_view group_key, const IntegrationId& id) {
  return std::string(group_key).append("|").append(id.to_string());
}

std::string told_value(std::string_view group_key, const GroupIntegration& integration) {
  const IntegrationEntry& entry = *integration.entry;
  JsonWriter json;
  json.reserve(kUsualBytes);
  json.begin_object().field("group", group_key);
  json.field("receiver", entry.id.receiver).field("kind", entry.id.kind).key("index").integer(entry.id.index);
  json.key("wants_resolved").boolean(entry.wants_resolved).field("fingerprint", entry.fingerprint);
  write_time(json, "last_notified_at", integration.told.last_notified_at);
  json.key("times_notified").integer(integration.told.times_notified);
  if (!integration.message_ref.empty()) json.field("message_ref", integration.message_ref);
  json.key("alerts").begin_object();
  for (const auto& [key, told] : integration.told.alerts) {
    json.key(key.to_string()).begin_object().field("told", word(kToldWords, told.told));
    if (told.attempted != Told::kNothing) json.field("attempted", word(kToldWords, told.attempted));
    write_time(json, "at", told.at);
    if (told.muted_since) json.key("muted_since").boolean(true);
    json.end_object();
  }
  json.end_object();
  Delivery::Memory delivery = integration.delivery.memory();
  if (!delivery.id.empty()) {
    json.key("delivery").begin_object().field("id", delivery.id);
    json.key("rejections").integer(delivery.rejections);
    write_time(json, "held_until", delivery.held_until);
    write_time(json, "owed_since", delivery.owed_since);
    if (integration.fell_back) json.key("fell_back").boolean(true);
    json.end_object();
  }
  return json.end_object().take();
}

Result<ToldRecord> parse_told(std::string_view text) {
  auto json = parse_object(text);
  if (!json) return tl::unexpected(json.error());
  ToldRecord record;
  record.group = json->text("group");
  record.entry.id = {json->text("receiver"), json->text("kind"), static_cast<int>(json->integer("index"))};
  record.entry.wants_resolved = json->boolean("wants_resolved");
  record.entry.fingerprint = json->text("fingerprint");
  record.told.last_notified_at = read_time(*json, "last_notified_at");
  record.told.times_notified = static_cast<int>(json->integer("times_notified"));
  record.message_ref = json->text("message_ref");
  if (record.entry.id.receiver.empty() || record.entry.id.kind.empty()) return fail("told state of nobody");
  const JsonValue& alerts = json->find("alerts");
  if (alerts.kind() != JsonValue::Kind::kObject) return fail("told state without alerts");
  for (const auto& [name, value] : alerts.object()) {
    std::optional<AlertKey> key = AlertKey::parse(name);
    ToldAlert told;
    if (!key || !read_word(kToldWords, value.find("told"), told.told))
      return fail("unreadable told state of an alert");
    bool attempted = !value.find("attempted").is_null();
    if (attempted && !read_word(kToldWords, value.find("attempted"), told.attempted))
      return fail("unknown attempt");
    told.at = read_time(value, "at");
    told.muted_since = value.boolean("muted_since");
    record.told.alerts[*key] = told;
  }
  const JsonValue& delivery = json->find("delivery");
  if (delivery.kind() == JsonValue::Kind::kObject) {
    record.delivery = {delivery.text("id"), static_cast<int>(delivery.integer("rejections")),
                       read_time(delivery, "held_until"), read_time(delivery, "owed_since")};
    record.fell_back = delivery.boolean("fell_back");
  }
  return record;
}

}  // namespace tocsin
