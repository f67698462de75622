// A Group is the alerts of one route that are notified together: its members, its next flush, and per
// integration the told state and the delivery. It decides on flushes, retries and answers; the router finds
// it, wakes it and writes down what has changed. An alert itself belongs to the book: the group reads its
// current state whenever it speaks.
//
// A resolved alert leaves at the first flush after its end, or later when the last integration that believed
// it to fire has heard of the end. A group without alerts is closed.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/notification.h"
#include "router/alert_book.h"
#include "router/deadlines.h"
#include "router/delivery.h"
#include "router/gates.h"
#include "router/key_map.h"
#include "router/muting.h"
#include "router/notify_decision.h"
#include "router/router_output.h"
#include "router/routing_config.h"

namespace tocsin {

struct GroupMember {
  AlertEntry* entry = nullptr;
  bool departed = false;     // see GroupAlert
  bool flushed = false;      // a flush has looked at it
  bool end_flushed = false;  // a flush has seen its end; between flushes an end may still be taken back
  MutedBy muted_by = MutedBy::kNothing;  // at the last flush
};

struct GroupIntegration {
  std::shared_ptr<const IntegrationEntry>
      entry;  // never null; that of the configuration, where it is in there
  ToldState told;
  Delivery delivery;
  NotifyReason reason = NotifyReason::kNone;  // of the attempt in flight
  // Names the message that the service shows (Slack's channel and time stamp), so that it can be edited.
  std::string message_ref;
  std::size_t said_firing = 0;
  std::size_t said_resolved = 0;
  TimePoint said_at = kNoTime;  // the flush that the attempt in flight counts for
  bool flush_missed = false;    // a flush passed while the attempt was in flight
  Standing standing = Standing::kActive;
  bool gone = false;  // no longer in the configuration
  // It has not taken a notification for fallback_after: its fallback receiver hears as well. Until it has
  // taken one, or nothing is owed to it.
  bool fell_back = false;
  bool stands_in = false;  // here as (or once as) the fallback of another

  // The gates': among the owed and the waiting, and at which place.
  bool is_owed = false;
  bool is_waiting = false;
  TimePoint place_since = kNoTime;

  // The router's.
  std::uint64_t serial = 0;
  bool changed = false;  // its record is out of date
  bool stored = false;   // it has a record
  std::unique_ptr<const IntegrationId>
      stored_as;  // whose record that is, where it has moved since; null: its own
  Scheduled scheduled;
  Scheduled scheduled_fallback;
};

// What a call hands through the group: the time, what mutes alerts, and where to put what follows.
struct GroupStep {
  TimePoint now;
  Muting muting;
  const std::shared_ptr<const RoutingConfig>& config;
  Gates& gates;
  RouterOutput& out;
  std::vector<AlertEntry*>& released;  // no longer held by this group
};

// What a group remembers of its route, so that it can end in order when the route is gone. Durable.
struct GroupTerms {
  std::string route_id;
  Labels labels;
  std::string route_key;
  std::string receiver;
  Duration group_interval{};
  Duration repeat_interval{};
  TimePoint opened_at = kNoTime;  // part of notification ids: no two groups of one name open at the same time
  TimePoint last_flush = kNoTime;
  TimePoint next_flush = kNever;
  std::uint64_t notifications = 0;  // begun so far: part of their ids

  // Alertmanager's group key, byte-equal; its SHA-256 names incidents outside.
  std::string group_key() const;
  // From a route, as it is now; leaves the times alone.
  void follow(const Route&);
};

class Group {
 public:
  Group(GroupTerms terms, std::uint64_t serial) : terms_(std::move(terms)), serial_(serial) {}

  const GroupTerms& terms() const { return terms_; }
  std::uint64_t serial() const { return serial_; }
  bool retired() const { return route_ == nullptr; }
  const Route* route() const { return route_; }  // null: retired
  std::string record_key() const;
  const KeyMap<GroupMember>& members() const { return members_; }
  const std::vector<std::unique_ptr<GroupIntegration>>& integrations() const { return integrations_; }

  // Makes the alert a member, or a full one again.
  void join(AlertEntry&);
  // Nobody has been told of anything yet, although a flush has passed (all was muted): then what joins waits
  // for `at` and not for the next interval.
  void hasten(TimePoint at);
  void flush(GroupStep&);
  void retry(GroupIntegration&, GroupStep&);
  // Its turn at the gate has come.
  void take_turn(GroupIntegration&, GroupStep&);
  void answered(GroupIntegration&, const DeliveryResult&, GroupStep&);
  // When the fallback receiver is to hear as well; kNever: not.
  TimePoint falls_back_at(const GroupIntegration&, const Gates&) const;
  void fall_back(GroupIntegration&, GroupStep&);
  // Lets go of alerts and integrations that nothing is owed to.
  void settle(GroupStep&);
  bool closed() const;

  // Reload and restart. `route` null: the group is retired; otherwise it lives as long as the group or until
  // the next call. Afterwards every member counts as departed until it joins again.
  void reconfigure(const Route* route, const std::shared_ptr<const RoutingConfig>&, TimePoint now);
  GroupIntegration& restore(IntegrationEntry, ToldState, const Delivery::Memory&, TimePoint now);
  void restore_member(AlertEntry&);
  // Somebody else told the integration at that time that the alert fires: the Alertmanager before us.
  void adopt(GroupIntegration&, AlertKey, TimePoint told_at, std::string message_ref);

  // The router's.
  bool terms_changed = true;
  bool stored = false;
  Scheduled scheduled;
  // Integrations that have left and whose deadlines and records are still to be removed.
  std::vector<std::unique_ptr<GroupIntegration>> leavers;

 private:
  NotifyPolicy policy(const GroupIntegration&) const;
  using Alerts = std::vector<GroupAlert>;
  Alerts alerts_at(const GroupStep&) const;
  TimeMuting time_muting(const GroupStep&) const;
  void note_muting(const Alerts&, GroupStep&);
  void note_time_muting(GroupStep&);
  void remember_muted(GroupIntegration&, const Alerts&);
  void move_integrations(const std::shared_ptr<const RoutingConfig>&);
  void consider(GroupIntegration&, const Alerts&, GroupStep&);
  void mark_owed(GroupIntegration&, const Alerts&);
  void tell_silently(GroupIntegration&, const Alerts&, GroupStep&);
  NotifyReason reason(const GroupIntegration&, const Alerts&) const;
  void speak_in_turn(GroupIntegration&, NotifyReason, const Alerts&, GroupStep&);
  void speak(GroupIntegration&, NotifyReason, const Alerts&, GroupStep&);
  // Why it speaks now; where nothing is owed any more, it ends.
  NotifyReason still_owed(GroupIntegration&, const Alerts&, GroupStep&);
  void failed(GroupIntegration&, const DeliveryResult&, Gates::Verdict, GroupStep&);
  void refused(GroupIntegration&, const DeliveryResult&, Gates::Verdict, GroupStep&);
  void call_stand_ins(const GroupIntegration&, const std::shared_ptr<const RoutingConfig>&);
  void relieve_stand_ins(GroupStep&);
  Notification build(const GroupIntegration&, NotifyReason, const Alerts&, TimePoint now) const;
  void name_alerts(const GroupIntegration&, const Alerts&, Notification&) const;
  void note_attempt(GroupIntegration&, const Alerts&, GroupStep&);
  void leave_open(GroupIntegration&, AlertKey, ToldAlert);
  void arrived(GroupIntegration&, const DeliveryResult&, GroupStep&);
  bool finished(const GroupIntegration&) const;
  void release_integrations(GroupStep&);
  void release_members(GroupStep&);
  bool needed(const GroupMember&, TimePoint now) const;
  Notice notice(NoticeKind, const GroupIntegration&) const;
  Notice attempt_notice(NoticeKind, const GroupIntegration&) const;
  std::string next_id(const GroupIntegration&);

  GroupTerms terms_;
  std::uint64_t serial_;
  const Route* route_ = nullptr;
  std::vector<std::string> muting_intervals_;  // at the last flush
  KeyMap<GroupMember> members_;
  std::vector<std::unique_ptr<GroupIntegration>> integrations_;
};

// ROUTE KEY:LABELS: what group_key() gives for a group of this route.
std::string group_key(const Route&, const Labels& group_labels);
// ROUTE ID:LABELS, the key of a group's record.
std::string group_record_key(std::string_view route_id, const Labels&);

}  // namespace tocsin
