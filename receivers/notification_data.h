// What templates and webhooks know about a notification: Alertmanager's template data as plain values. Made
// from a Notification, or read back from the body of a webhook (so that `tocsin template render` can show
// what a real notification would look like). How templates see it (methods such as SortedPairs) is
// notification_objects.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/notification.h"
#include "core/result.h"

namespace tocsin {

using KeyValues = std::map<std::string, std::string>;

struct AlertData {
  bool firing = true;
  KeyValues labels, annotations;
  TimePoint starts_at = kNoTime;
  TimePoint ends_at = kNoTime;  // kNoTime while firing
  std::string generator_url;
  std::string fingerprint;
  AlertChange change = AlertChange::kUnchanged;
};

// How many alerts a notification is about, whatever number of them is shown.
struct AlertTotals {
  std::size_t fresh = 0, unchanged = 0, resolved = 0;
  std::size_t firing() const { return fresh + unchanged; }
  std::size_t all() const { return fresh + unchanged + resolved; }
  void count(AlertChange);
};

struct NotificationData {
  std::string receiver;  // regex-quoted, as Alertmanager hands it out, because it ends up in a URL filter
  bool firing = false;   // whether any alert fires
  std::vector<AlertData> alerts;
  std::string reason;
  KeyValues group_labels, common_labels, common_annotations;
  KeyValues route_labels;  // templates, until they are rendered
  bool route_labels_rendered = false;
  std::string external_url;
  // Ours, as .MessageRef, .GroupKey and .NotificationID: what the service called the last message about the
  // group, Alertmanager's name of the group, and that of the notification.
  std::string message_ref, notification_id;

  // What Alertmanager's templates do not know; they find it under `.Tocsin`.
  AlertTotals totals;
  std::string receiver_name;  // as it is, not quoted
  std::string group_key;
  TimePoint first_fired_at = kNoTime;
  int times_notified = 0;              // this time included; 0: not known
  std::shared_ptr<const Trend> trend;  // null: not known
  // The content id of the trend's picture, where the message has room for one; else empty.
  std::string trend_picture;

  std::size_t count_firing() const;
  std::size_t count_resolved() const { return alerts.size() - count_firing(); }
  // A copy that holds the first `limit` alerts only; common labels stay those of all alerts.
  NotificationData with_first_alerts(std::size_t limit) const;
};

// The text with all that a regular expression gives a meaning to escaped, as Go's regexp.QuoteMeta does.
std::string quote_regex(std::string_view text);

// alertname first, the others by name: the order in which people read labels.
std::vector<std::pair<std::string, std::string>> sorted_pairs(const KeyValues&);

// What has changed, as far as the alerts and the reason tell: for data that does not say it.
void guess_changes(NotificationData&);

// At most `max_alerts` alerts are taken (0: all); common labels are then of those alone, as Alertmanager's
// webhook does.
NotificationData notification_data(const Notification&, const std::string& external_url,
                                   std::size_t max_alerts = 0);

// Alertmanager's webhook message, version 4, with the trailing newline its encoder writes; byte for byte the
// same. incident.io takes it with a version of its own.
std::string webhook_message(const NotificationData&, std::string_view group_key, std::size_t truncated_alerts,
                            std::string_view version = "4");
// The template data of a webhook message; unknown fields are ignored, missing ones are empty.
Result<NotificationData> read_webhook_message(std::string_view json);

class JsonWriter;
void write_json(JsonWriter&, const KeyValues&);
void write_json(JsonWriter&, const AlertData&);

}  // namespace tocsin
