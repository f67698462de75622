// The Gates are those of all integrations, with those who wait before each: the earliest goes first. They say
// who has its turn now, which integrations fail (a notice, and news for an alert of our own), and when to
// look again. They decide nothing about what is said: whoever has its turn says what is true by then.
//
// What a call costs depends on what is due, not on how many wait.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "core/record.h"
#include "router/gate.h"
#include "router/router_output.h"
#include "router/routing_config.h"

namespace tocsin {

class Group;
struct GroupIntegration;

inline constexpr std::string_view kGateBucket = "gate";

// How an integration does, for metrics and `explain`.
struct GateView {
  Pace pace;
  Gate::Obstacle obstacle = Gate::Obstacle::kNone;
  TimePoint opens_at = kNoTime;  // kNever: with an answer
  TimePoint failing_since = kNoTime;
  TimePoint last_delivered_at = kNoTime;
  bool circuit_open = false;
  std::size_t waiting = 0;
  std::string last_error;
};

class Gates {
 public:
  // Nothing arrived for so long: that is an alert of our own.
  static constexpr Duration kFailingIsNews = std::chrono::minutes(5);

  struct Turn {
    Group* group = nullptr;
    GroupIntegration* integration = nullptr;
  };

  // After the first configure(): which integrations failed when the program ended.
  void restore(std::span<const Record>, TimePoint now);
  // A gate stays as it is where its integration is unchanged; where that has changed or gone, all is
  // forgotten. Nobody waits any more: whoever does is to be put back.
  void configure(const RoutingConfig&, RouterOutput&);

  // Null where the configuration has no such integration.
  const Gate* find(const IntegrationId&) const;
  GateView view(const IntegrationId&, TimePoint now) const;
  // Whether it was told that the integration of this name fails, and not yet that it works again.
  bool fails(std::string_view integration) const;

  // Whether one that comes now may pass: nobody was there before.
  bool lets_pass(const IntegrationId&, TimePoint now) const;
  void passed(const IntegrationId&, TimePoint now);
  // Of an attempt that has passed. What becomes of one that did not arrive:
  enum class Verdict { kDelivered, kByItself, kWaitsForGate };
  Verdict answered(const IntegrationEntry&, std::uint64_t group, const DeliveryResult&, TimePoint now,
                   RouterOutput&);

  // After each change of a delivery: puts it among those who wait, or takes it away.
  void follow(Group&, GroupIntegration&, RouterOutput&);
  void forget(GroupIntegration&, RouterOutput&);
  // After a reload or restart, once all are put back: where nothing is owed, what failed is of the past.
  void settle(RouterOutput&);

  // Who has its turn: no longer among those who wait, and to be asked at once.
  std::optional<Turn> next_turn(TimePoint now);
  // News that only time brings.
  void advance(TimePoint now, RouterOutput&);
  TimePoint next_deadline() const { return due_.empty() ? kNever : due_.begin()->first; }
  // Records of what has changed since the last call.
  void write_changes(RouterOutput&);

 private:
  using Place = std::pair<TimePoint, std::uint64_t>;  // since when, and the serial number of the integration
  struct Lane {
    IntegrationId id;
    std::string fingerprint;
    std::uint64_t order = 0;
    Gate gate;
    std::map<Place, Turn> waiting;
    std::size_t owed = 0;  // deliveries that have not arrived yet
    bool is_news = false;  // that it fails was told
    TimePoint due = kNever;
  };

  Lane* lane(const IntegrationId&);
  const Lane* lane(const IntegrationId&) const;
  void reschedule(Lane&);
  void count(Lane&, GroupIntegration&, RouterOutput&);
  void settle(Lane&, RouterOutput&);
  static void tell_opened(const Lane&, RouterOutput&);
  static void tell_closed(const Lane&, std::string_view why, RouterOutput&);
  void tell_failing(Lane&, RouterOutput&);
  void tell_working(Lane&, std::string_view why, RouterOutput&);

  std::map<IntegrationId, Lane> lanes_;
  std::map<std::uint64_t, Lane*> by_order_;
  std::set<std::pair<TimePoint, std::uint64_t>> due_;  // time and order of each lane that waits for one
  std::map<std::string, std::optional<std::string>> changes_;  // of records, by key
  std::uint64_t last_order_ = 0;
};

}  // namespace tocsin
