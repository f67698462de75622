// A Notification is what is to be said to one integration about one group at one moment. The router makes it,
// a receiver's integration words it. It is complete: no look-up is needed to render it, now or after a
// restart.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/alert.h"
#include "core/trend.h"

namespace tocsin {

// One integration of a receiver: the index is its place in the receiver's list of that kind ("slack" 0,
// "slack" 1).
struct IntegrationId {
  std::string receiver;
  std::string kind;  // "slack", "pagerduty", "email", "webhook", …: Alertmanager's metric label
  int index = 0;
  std::string to_string() const;  // receiver/slack[0]
  friend auto operator<=>(const IntegrationId&, const IntegrationId&) = default;
};

// Why a group speaks, in Alertmanager's words (templates and webhooks show them); kNone: it does not.
enum class NotifyReason { kNone, kFirstNotification, kNewAlerts, kAllResolved, kSomeResolved, kRepeat };
std::string_view to_string(NotifyReason);

// What a notification has to say about an alert that was not said to this integration before.
enum class AlertChange : std::uint8_t { kUnchanged, kNew, kResolved };
std::string_view to_string(AlertChange);  // "unchanged", "new", "resolved"

struct Notification {
  std::string
      id;  // names this notification in the outbox and in the history; stable over retries and restarts
  IntegrationId integration;
  // Of the integration that was meant: after a reload another one may stand in its place. Empty: not known.
  std::string integration_fingerprint;
  std::string group_key;  // Alertmanager's text; its SHA-256 is the outward deduplication id
  std::string route_id;
  Labels group_labels;
  // Templates, merged from the root of the routing tree to the route; receivers expand them.
  std::map<std::string, std::string> route_labels;
  NotifyReason reason = NotifyReason::kNone;
  TimePoint at = kNoTime;     // the flush that decided it; alerts are firing or resolved as of this moment
  std::vector<Alert> alerts;  // firing ones have ends_at == kNoTime; resolved ones are present only if the
                              // integration wants them
  std::vector<AlertChange> changes;  // one for each of `alerts`; empty: not known
  // Since when the group has something that fires: of alerts that are not named any more, too. kNoTime: not
  // known.
  TimePoint first_fired_at = kNoTime;
  Duration repeat_interval{};
  int times_notified = 0;              // how often this integration was told about this group before
  std::shared_ptr<const Trend> trend;  // of one of the alerts; null: not known
  // The DeliveryResult::message_ref of the last delivery about this group to this integration; empty: none is
  // known, or what it named is gone.
  std::string message_ref;

  bool firing() const;  // whether any alert fires
  // Of the alert with that index. Where it is not known: everything is new to who hears of it first.
  AlertChange change_of(std::size_t index) const;
};

}  // namespace tocsin
