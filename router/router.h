// The Router decides who hears about which alert and when. It is handed alerts, delivery results and the
// time, and answers with records to write, notifications to deliver and notices. It has no clock, no threads
// and does no I/O; the engine owns it and calls it from one thread with a time that never runs backwards.
//
// The records of one call must be durable before its deliveries start: a crash in between repeats one
// notification, never loses one. accept, restore, configure and delivered neither run what is due nor write
// down what they have changed: call advance after them, once for as many of them as come together.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/alert.h"
#include "core/delivery_result.h"
#include "core/notice.h"
#include "core/notification.h"
#include "core/record.h"
#include "router/alert_book.h"
#include "router/deadlines.h"
#include "router/explain.h"
#include "router/group.h"
#include "router/imported_log.h"
#include "router/inhibitor.h"
#include "router/muting.h"
#include "router/router_counts.h"
#include "router/router_output.h"
#include "router/router_view.h"
#include "router/routing_config.h"
#include "router/silences.h"

namespace tocsin {

class Router {
 public:
  explicit Router(std::shared_ptr<const RoutingConfig> config);
  ~Router();
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  // Takes up what an earlier run left: once, before anything else. Groups go on with their timers, a delivery
  // under way is due again at once, nothing is announced twice. Records of other buckets are ignored;
  // unreadable ones are reported and removed.
  void restore(std::span<const Record> records, TimePoint now, RouterOutput& out);

  // A new configuration. Groups whose route and grouping are unchanged keep timers and told state; what has
  // lost its place waits only to say "resolved" to whoever was told "firing". Deliveries in flight finish.
  void configure(std::shared_ptr<const RoutingConfig> config, TimePoint now, RouterOutput& out);

  // New, changed or resolved alerts, from rules and from outside (see posted_alerts.h for what comes from
  // outside).
  void accept(std::span<const Alert> alerts, TimePoint now, RouterOutput& out);

  // Makes, edits or ends a silence; what they answer is what the user hears. `new_id` is the id in case that
  // one is made. It acts at the next flush or attempt of each group.
  tl::expected<std::string, SilenceError> set_silence(Silence wanted, std::string new_id, TimePoint now,
                                                      RouterOutput& out);
  tl::expected<void, SilenceError> expire_silence(const std::string& id, TimePoint now, RouterOutput& out);

  // The answer to one of `deliveries`: tells whose it is. One that belongs to no delivery in flight is
  // ignored.
  std::optional<IntegrationId> delivered(const std::string& notification_id, const DeliveryResult& result,
                                         TimePoint now, RouterOutput& out);

  // Everything that is due: expiries, flushes, retries, turns at the gates.
  void advance(TimePoint now, RouterOutput& out);

  // Call advance then, at the latest; kNever when there is nothing to wait for.
  TimePoint next_deadline() const;

  // Views for the API: copies, ordered by fingerprint and by group labels.
  std::vector<AlertView> alerts(TimePoint now) const;
  // The same in parts of that many, in order, the last one (perhaps an empty one) with true: others may work
  // on the first while the next are made.
  void alerts(TimePoint now, std::size_t part,
              const std::function<void(std::vector<AlertView>, bool last)>& take) const;
  std::vector<GroupView> groups(TimePoint now) const;
  // Integrations that have been owed something since `time` or before: it was tried, and has not arrived. In
  // order, each once.
  std::vector<IntegrationId> owing_since_before(TimePoint time) const;
  // Why the alerts that are asked about were told or not, and what they wait for.
  Explanations explain(const ExplainQuery&, TimePoint now) const;
  // As `alerts` and `groups` would show them, without copies.
  RouterCounts counts(TimePoint now) const;
  // What is owed to each configured integration, and how it does; in order of id.
  std::vector<IntegrationCounts> integration_counts(TimePoint now) const;
  const Gates& gates() const { return gates_; }
  const RoutingConfig& config() const { return *config_; }
  const Silences& silences() const { return silences_; }
  const Inhibitor& inhibitor() const { return inhibitor_; }
  // Calls back with the labels of every alert that fires.
  Silences::FiringAlerts firing_alerts() const;

 private:
  struct GroupName {
    std::string route_id;
    Labels labels;
    friend auto operator<=>(const GroupName&, const GroupName&) = default;
  };
  struct InFlight {
    Group* group;
    GroupIntegration* integration;
  };

  Muting muting() const { return {silences_, inhibitor_, config_->time_intervals}; }
  GroupStep step(TimePoint now, RouterOutput& out) {
    return {now, muting(), config_, gates_, out, released_};
  }
  void route_alert(AlertEntry&, TimePoint now, RouterOutput&);
  Group& open_group(const Route&, const Labels& labels, TimePoint now, RouterOutput&);
  void note_change(const AlertBook::Outcome&, TimePoint now, RouterOutput&);
  bool over_limit(const Alert&, TimePoint now, RouterOutput&);
  void adopt_imported(Group&, const AlertEntry&);
  void accept_imported_end(const Alert&, TimePoint now, RouterOutput&);
  void started(const AlertEntry&, TimePoint now, RouterOutput&);
  void ended(const AlertEntry&, TimePoint now, RouterOutput&);
  void run(const Deadline&, TimePoint now, RouterOutput&);
  // Re-examines every group and alert against the configuration.
  void reconcile(TimePoint now, RouterOutput&);
  void follow_config(RouterOutput&);
  AlertExplanation explain_alert(const AlertEntry&, TimePoint now) const;
  GroupExplanation explain_group(const Group&, const AlertExplanation&, TimePoint now) const;
  void restore_alerts(std::span<const Record>, TimePoint now, RouterOutput&);
  void restore_groups(std::span<const Record>, TimePoint now, RouterOutput&);
  void restore_told(std::span<const Record>, TimePoint now, RouterOutput&);
  void refuse_record(const Record&, std::string why, RouterOutput&);

  // After each change of a group: its deadlines, and who is in flight.
  void touched(Group&, RouterOutput&);
  void reschedule(AlertEntry&);
  // At the end of each public call: lets go of what nobody holds.
  void tidy(RouterOutput&);
  void tidy_alerts();
  void tidy_groups(RouterOutput&);
  // At the end of advance: each record that has changed since, once.
  void write_changes(RouterOutput&);
  void write_group(Group&, RouterOutput&);
  void write_record(std::string_view bucket, std::string key, std::string value, RouterOutput&);
  void erase_told(const Group&, GroupIntegration&);
  void erase_record(std::string_view bucket, const std::string& key);

  std::shared_ptr<const RoutingConfig> config_;
  AlertBook book_;
  Silences silences_;
  Inhibitor inhibitor_;  // knows every firing alert
  ImportedLog imported_;
  std::map<std::string, std::size_t, std::less<>> firing_by_name_;  // kept only where there is a limit
  std::map<GroupName, std::unique_ptr<Group>> groups_;
  Gates gates_;
  Deadlines deadlines_;
  std::map<std::string, InFlight, std::less<>> in_flight_;  // by notification id
  std::uint64_t last_serial_ = 0;                           // of groups and integrations

  // Of the call under way; empty between calls.
  std::map<std::uint64_t, Group*> touched_groups_;
  std::vector<AlertEntry*> released_;
  // To be written down; empty after advance.
  std::set<AlertKey> changed_alerts_;
  std::map<std::uint64_t, Group*> changed_groups_;
  std::map<std::pair<std::string_view, std::string>, std::optional<std::string>> records_;  // and removed
};

}  // namespace tocsin
