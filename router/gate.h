// A Gate is what all groups pass on their way to one integration. It keeps the pace that the service asks
// for, waits where the service has asked to be left alone (429, Retry-After), and shuts where the service
// refuses everybody: then it lets a probe through now and then until one arrives. It knows no groups, no
// queue and no clock; the Gates own it.
//
//   pace      so many at once, then one each interval
//   pause     after 429 or Retry-After nobody passes for so long; then one at a time, and twice as many with
//             each that arrives
//   circuit   shut once several groups were refused in a row; a probe after 30 s, then after twice as long
//             each time, at most ten minutes
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/delivery_result.h"
#include "core/pace.h"

namespace tocsin {

class Gate {
 public:
  // What keeps the next one from passing.
  enum class Obstacle { kNone, kPace, kPause, kCircuit, kOneAtATime };
  static constexpr std::size_t kRefusedGroupsToShut = 3;
  static constexpr Duration kFirstProbe = std::chrono::seconds(30);
  static constexpr Duration kLongestProbe = std::chrono::minutes(10);

  explicit Gate(std::string name = "") : name_(std::move(name)) {}

  void set_pace(const Pace& pace) { pace_ = pace; }
  const Pace& pace() const { return pace_; }

  // The next one may pass from then on; kNever: not before an answer has come.
  TimePoint opens_at() const;
  bool open(TimePoint now) const { return opens_at() <= now; }
  Obstacle obstacle(TimePoint now) const;

  // One has passed: it is under way until one of the answers below.
  void passed(TimePoint now);
  void delivered(TimePoint now);
  // Answers whether the whole gate waits now: then it was not this group's fault.
  bool failed(const DeliveryResult&, TimePoint now);
  // Of a group, named by its serial number.
  void refused(std::uint64_t group, const DeliveryResult&, TimePoint now);
  // Nobody is owed anything any more: what failed is of the past, and the next one is the probe.
  void idle();
  // Nobody knows what was sent a moment ago: the burst is used up.
  void spend_burst(TimePoint now);

  bool circuit_open() const { return is_set(shut_at_); }
  TimePoint shut_at() const { return shut_at_; }
  TimePoint next_probe_at() const { return next_probe_at_; }
  TimePoint paused_until() const { return paused_until_; }
  // Since when nothing has arrived although it was tried; kNoTime: it works, or nothing was tried.
  TimePoint failing_since() const { return failing_since_; }
  TimePoint last_delivered_at() const { return last_delivered_at_; }  // in this run
  const std::string& last_error() const { return last_error_; }

  // What outlives a restart.
  struct Memory {
    TimePoint failing_since = kNoTime;
    TimePoint shut_at = kNoTime;
    TimePoint next_probe_at = kNoTime;
    Duration probe_interval{};
    std::string last_error;
  };
  Memory memory() const { return {failing_since_, shut_at_, next_probe_at_, probe_interval_, last_error_}; }
  void restore(Memory, TimePoint now);

 private:
  static constexpr std::uint32_t kWide = UINT32_MAX;

  void answered();
  void note_failure(const DeliveryResult&, TimePoint now);
  void probe_later(TimePoint now);
  TimePoint paced_at() const;

  std::string name_;  // seeds the jitter
  Pace pace_;
  TimePoint full_at_ = kNoTime;  // then the whole burst is there again
  TimePoint paused_until_ = kNoTime;
  int pauses_ = 0;               // in a row
  std::uint32_t width_ = kWide;  // how many may be under way at once
  std::uint32_t under_way_ = 0;
  std::vector<std::uint64_t> refused_groups_;  // in a row, each once; a few
  TimePoint shut_at_ = kNoTime;
  TimePoint next_probe_at_ = kNoTime;
  Duration probe_interval_{};
  bool probing_ = false;  // a probe is under way
  TimePoint failing_since_ = kNoTime;
  TimePoint last_delivered_at_ = kNoTime;
  std::string last_error_;
};

std::string_view to_string(Gate::Obstacle);  // "", "pace", "pause", "circuit", "one at a time"

}  // namespace tocsin
