#include "receivers/notification_data.h"

#include <algorithm>

#include "core/json.h"

namespace tocsin {
namespace {

KeyValues key_values(const Labels& labels) {
  KeyValues out;
  for (const Label& label : labels) out.emplace(label.name, label.value);
  return out;
}

// Erases what is not the same on `other`; an absent label is not the same as an empty one only where both are
// absent.
void keep_common(KeyValues& common, const Labels& other) {
  std::erase_if(common, [&](const auto& pair) { return other.value(pair.first) != pair.second; });
}

KeyValues key_values(const JsonValue& object) {
  KeyValues out;
  if (object.kind() != JsonValue::Kind::kObject) return out;
  for (const auto& [name, value] : object.object()) {
    if (value.kind() == JsonValue::Kind::kString) out[name] = value.string();
  }
  return out;
}

Result<TimePoint> read_time(const JsonValue& object, std::string_view key) {
  const JsonValue& value = object.find(key);
  if (value.is_null()) return kNoTime;
  Result<TimePoint> time = parse_rfc3339(value.string());
  if (!time) return fail(std::string(key) + ": " + time.error().message);
  return time;
}

Result<AlertData> read_alert(const JsonValue& object) {
  AlertData out;
  out.firing = object.text("status") != "resolved";
  out.labels = key_values(object.find("labels"));
  out.annotations = key_values(object.find("annotations"));
  Result<TimePoint> starts_at = read_time(object, "startsAt");
  if (!starts_at) return fail(starts_at.error().message);
  Result<TimePoint> ends_at = read_time(object, "endsAt");
  if (!ends_at) return fail(ends_at.error().message);
  out.starts_at = *starts_at;
  out.ends_at = *ends_at;
  out.generator_url = object.text("generatorURL");
  out.fingerprint = object.text("fingerprint");
  return out;
}

}  // namespace

std::string quote_regex(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\.+*?()|[]{}^$").find(c) != std::string_view::npos) out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

void AlertTotals::count(AlertChange change) {
  ++(change == AlertChange::kNew ? fresh : change == AlertChange::kResolved ? resolved : unchanged);
}

void guess_changes(NotificationData& data) {
  const bool first = data.reason == to_string(NotifyReason::kFirstNotification);
  data.totals = {};
  for (AlertData& alert : data.alerts) {
    alert.change = !alert.firing ? AlertChange::kResolved
                   : first       ? AlertChange::kNew
                                 : AlertChange::kUnchanged;
    data.totals.count(alert.change);
    if (!is_set(data.first_fired_at) || alert.starts_at < data.first_fired_at)
      data.first_fired_at = alert.starts_at;
  }
}

std::size_t NotificationData::count_firing() const {
  return static_cast<std::size_t>(
      std::count_if(alerts.begin(), alerts.end(), [](const AlertData& alert) { return alert.firing; }));
}

NotificationData NotificationData::with_first_alerts(std::size_t limit) const {
  NotificationData out = *this;
  if (out.alerts.size() > limit) out.alerts.resize(limit);
  return out;
}

std::vector<std::pair<std::string, std::string>> sorted_pairs(const KeyValues& pairs) {
  std::vector<std::pair<std::string, std::string>> out;
  if (const auto name = pairs.find("alertname"); name != pairs.end()) out.push_back(*name);
  for (const auto& pair : pairs) {
    if (pair.first != "alertname") out.push_back(pair);
  }
  return out;
}

NotificationData notification_data(const Notification& notification, const std::string& external_url,
                                   std::size_t max_alerts) {
  NotificationData out;
  out.receiver = quote_regex(notification.integration.receiver);
  out.reason = to_string(notification.reason);
  out.group_labels = key_values(notification.group_labels);
  out.route_labels = notification.route_labels;
  out.external_url = external_url;
  out.message_ref = notification.message_ref;
  out.notification_id = notification.id;
  out.receiver_name = notification.integration.receiver;
  out.group_key = notification.group_key;
  out.first_fired_at = notification.first_fired_at;
  out.times_notified = notification.times_notified + 1;
  out.trend = notification.trend;
  const std::size_t total = notification.alerts.size();
  for (std::size_t i = 0; i < total; ++i) out.totals.count(notification.change_of(i));
  const std::size_t count = max_alerts == 0 ? total : std::min(max_alerts, total);
  for (std::size_t i = 0; i < count; ++i) {
    const Alert& alert = notification.alerts[i];
    AlertData data;
    data.firing = !alert.resolved_at(notification.at);
    data.labels = key_values(alert.labels);
    data.annotations = key_values(alert.annotations);
    data.starts_at = alert.starts_at;
    data.ends_at = data.firing ? kNoTime : alert.ends_at;
    data.generator_url = alert.generator_url;
    data.fingerprint = alert.labels.fingerprint_hex();
    data.change = notification.change_of(i);
    out.firing = out.firing || data.firing;
    if (i == 0) {
      out.common_labels = data.labels;
      out.common_annotations = data.annotations;
    } else {
      keep_common(out.common_labels, alert.labels);
      keep_common(out.common_annotations, alert.annotations);
    }
    out.alerts.push_back(std::move(data));
  }
  return out;
}

void write_json(JsonWriter& json, const KeyValues& pairs) {
  json.begin_object();
  for (const auto& [name, value] : pairs) json.field(name, value);
  json.end_object();
}

void write_json(JsonWriter& json, const AlertData& alert) {
  json.begin_object().field("status", alert.firing ? "firing" : "resolved");
  write_json(json.key("labels"), alert.labels);
  write_json(json.key("annotations"), alert.annotations);
  json.key("startsAt").time(alert.starts_at).key("endsAt").time(alert.ends_at);
  json.field("generatorURL", alert.generator_url).field("fingerprint", alert.fingerprint).end_object();
}

std::string webhook_message(const NotificationData& data, std::string_view group_key,
                            std::size_t truncated_alerts, std::string_view version) {
  JsonWriter json;
  json.begin_object().field("receiver", data.receiver).field("status", data.firing ? "firing" : "resolved");
  json.key("alerts").begin_array();
  for (const AlertData& alert : data.alerts) write_json(json, alert);
  json.end_array().field("notification_reason", data.reason);
  write_json(json.key("groupLabels"), data.group_labels);
  write_json(json.key("commonLabels"), data.common_labels);
  write_json(json.key("commonAnnotations"), data.common_annotations);
  write_json(json.key("routeLabels"), data.route_labels);
  json.field("externalURL", data.external_url).field("version", version).field("groupKey", group_key);
  json.key("truncatedAlerts").unsigned_integer(truncated_alerts).end_object();
  return json.take() + "\n";
}

Result<NotificationData> read_webhook_message(std::string_view text) {
  Result<JsonValue> json = JsonValue::parse(text);
  if (!json) return fail("the webhook message is not JSON: " + json.error().message);
  if (json->kind() != JsonValue::Kind::kObject) return fail("the webhook message is not a JSON object");
  NotificationData out;
  out.receiver = json->text("receiver");
  out.firing = json->text("status") != "resolved";
  out.reason = json->text("notification_reason");
  out.group_labels = key_values(json->find("groupLabels"));
  out.common_labels = key_values(json->find("commonLabels"));
  out.common_annotations = key_values(json->find("commonAnnotations"));
  out.route_labels = key_values(json->find("routeLabels"));
  out.external_url = json->text("externalURL");
  out.receiver_name = out.receiver;
  out.group_key = json->text("groupKey");
  const JsonValue& alerts = json->find("alerts");
  if (alerts.kind() != JsonValue::Kind::kArray) return out;
  for (const JsonValue& item : alerts.array()) {
    Result<AlertData> alert = read_alert(item);
    if (!alert) return fail("alert " + std::to_string(out.alerts.size()) + ": " + alert.error().message);
    out.alerts.push_back(std::move(*alert));
  }
  guess_changes(out);
  return out;
}

}  // namespace tocsin
