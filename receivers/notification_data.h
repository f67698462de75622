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
  std::string message_ref, group_key, notification_id;

  std::size_t count_firing() const;
  std::size_t count_resolved() const { return alerts.size() - count_firing(); }
  // A copy that holds the first `limit` alerts only; common labels stay those of all alerts.
  NotificationData with_first_alerts(std::size_t limit) const;
};

// alertname first, the others by name: the order in which people read labels.
std::vector<std::pair<std::string, std::string>> sorted_pairs(const KeyValues&);

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
