// The world around a simulated run: a Prometheus whose series flap, receivers that fail, and a configuration
// that changes. All of it follows from one seed. It answers; it does not judge (that is the Witness).
#pragma once

#include <array>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "app/virtual_shell.h"

namespace tocsin {

inline const TimePoint kSimulationStart = TimePoint(std::chrono::seconds(1'700'000'000));

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : random_(seed) {}
  // From 0 to below `end`. Own arithmetic: the library's distributions differ between libraries.
  std::uint64_t below(std::uint64_t end) { return random_() % end; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  Duration between(Duration least, Duration most) {
    return least +
           Duration(static_cast<std::int64_t>(below(static_cast<std::uint64_t>((most - least).count()) + 1)));
  }

 private:
  std::mt19937_64 random_;
};

// Series that come and go: rule r's expression is "r0" and so on, and each has a few instances.
class FlappingSeries {
 public:
  static constexpr std::size_t kRules = 6;
  static constexpr std::size_t kInstances = 3;

  FlappingSeries(Chance&, TimePoint start, Duration how_long);
  bool holds(std::size_t rule, std::size_t instance, TimePoint) const;
  void freeze(TimePoint at) { frozen_at_ = at; }  // from then on nothing changes
  void end(TimePoint at) { ended_at_ = at; }      // from then on nothing holds

 private:
  std::array<std::array<std::vector<TimePoint>, kInstances>, kRules> toggles_;
  TimePoint frozen_at_ = kNever;
  TimePoint ended_at_ = kNever;
};

// When the routes of team b are muted.
inline const TimePoint kPauseStart = kSimulationStart + std::chrono::seconds(400);  // 22:20 UTC
inline const TimePoint kPauseEnd = kSimulationStart + std::chrono::seconds(640);    // 22:24 UTC

enum class PrometheusMood { kFine, kSlow, kUnreachable, kFailing, kOneRuleBroken };
enum class ServiceMood { kFine, kSlow, kFailing, kAnswersGetLost, kRateLimited, kRefusing };

class SimulatedWorld {
 public:
  static constexpr Duration kGroupWait = std::chrono::seconds(10);
  static constexpr Duration kGroupInterval = std::chrono::minutes(1);
  static constexpr Duration kRepeatInterval = std::chrono::minutes(10);
  static constexpr Duration kResolveTimeout = std::chrono::minutes(5);
  static constexpr Duration kLongestAnswer =
      std::chrono::seconds(30);  // of a receiver; then the transport gives up

  struct Answer {
    DeliveryResult result;
    Duration took{};
    bool heard = false;  // by people, whatever the answer says
  };

  SimulatedWorld(std::uint64_t seed, Duration how_long);

  Chance chance;
  FlappingSeries series;
  PrometheusMood prometheus = PrometheusMood::kFine;
  std::map<std::string, ServiceMood> services;  // by integration, as text; absent: fine

  VirtualShell::QueryReply ask(const std::string& expression, TimePoint at);
  Answer answer(const Notification&);
  void calm_down();

  // The configuration as it is wished now; changed by the change_… functions.
  EngineConfig config() const;
  void change_rules();
  void change_routes();
  // A silence as somebody would make it; one that a rule's alerts or a whole team are in.
  Silence new_silence(TimePoint now);
  // Alerts as somebody else would post them.
  std::vector<Alert> posted_alerts(TimePoint now);

  // What rules fire whose conditions have held for long.
  std::set<Labels> true_alerts(TimePoint now) const;
  static std::size_t rule_of(std::string_view expression_or_name);  // "r3" or "R3"
  const std::set<std::size_t>& rules() const { return rules_; }
  Duration hold_for(std::size_t rule) const { return hold_for_[rule]; }
  static std::vector<std::string> integrations();

 private:
  Rule rule(std::size_t index) const;
  std::shared_ptr<const GroupPlan> group(std::string name, Duration interval, std::size_t first) const;

  std::set<std::size_t> rules_;
  std::array<Duration, FlappingSeries::kRules> hold_for_{};
  std::array<Duration, FlappingSeries::kRules> keep_firing_for_{};
  std::size_t broken_rule_ = 0;
  int route_shape_ = 0;
  bool inhibits_ = false;
};

}  // namespace tocsin
