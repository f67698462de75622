// What the API shows of the router: values, detached from it, so that they can be serialised on another
// thread.
#pragma once

#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/alert.h"
#include "core/notification.h"

namespace tocsin {

// kUnprocessed: no flush has looked at it yet. Suppressed is what is muted as of now, whatever the last flush
// saw.
enum class AlertStatus { kUnprocessed, kActive, kSuppressed, kResolved };
std::string_view to_string(AlertStatus);  // as the API writes it: "unprocessed", "active", …

// A list of names that views share: alerts that go the same way have the same receivers, and what mutes an
// alert is an empty list for nearly all of them, which costs nothing.
class SharedNames {
 public:
  using List = std::vector<std::string>;

  SharedNames() = default;
  SharedNames(List names) : list_(names.empty() ? nullptr : std::make_shared<const List>(std::move(names))) {}
  SharedNames(std::initializer_list<std::string> names) : SharedNames(List(names)) {}

  bool empty() const { return list_ == nullptr; }
  const List& list() const {
    static const List kNone;
    return list_ == nullptr ? kNone : *list_;
  }
  operator const List&() const { return list(); }
  auto begin() const { return list().begin(); }
  auto end() const { return list().end(); }
  // Whether both are one list in memory: then what was made of the one serves for the other.
  bool same_as(const SharedNames& other) const { return list_ == other.list_; }
  friend bool operator==(const SharedNames& a, const List& b) { return a.list() == b; }

 private:
  std::shared_ptr<const List> list_;  // null: empty
};

struct AlertView {
  Alert alert;
  AlertStatus status = AlertStatus::kUnprocessed;
  SharedNames receivers;     // one per route that took it, in order of route id
  SharedNames silenced_by;   // ids of silences
  SharedNames inhibited_by;  // fingerprint of a source
  // Names of time intervals: of the group, or, where the view belongs to no group, of all groups if each of
  // them is muted.
  SharedNames muted_by;
};

// How one integration stands towards one group.
struct IntegrationView {
  IntegrationId id;
  bool retired = false;                  // lost its place by a reload: only waits to say "resolved"
  TimePoint last_notified_at = kNoTime;  // the flush of the last notification that arrived
  int times_notified = 0;
  std::size_t told_firing = 0;  // alerts it believes to fire
  std::string delivery;         // "idle", "under way", "backing off", "held"
  std::string notification_id;  // of the delivery; empty when idle
  int tries = 0;
  TimePoint next_attempt_at = kNoTime;  // backing off: the retry; held: no earlier than this
  std::string last_error;
};

struct GroupView {
  std::string route_id;
  std::string group_key;
  Labels labels;
  std::map<std::string, std::string> route_labels;  // templates; the API has them as text
  std::string receiver;
  std::vector<std::string> muted_by;  // names of the time intervals that mute it now
  bool retired = false;               // its route is gone
  std::vector<AlertView> alerts;      // as a notification orders them
  TimePoint next_flush = kNoTime;
  TimePoint last_flush = kNoTime;
  std::vector<IntegrationView> integrations;
};

}  // namespace tocsin
