// Silences holds every silence: pending, active and, for a while, expired ones. It knows what may change
// about one and what makes a new one, when one starts and ends, and which of them mute an alert. It keeps no
// alerts: what fires is told to it (started, ended), and matters only to silences that end with what they
// match. It asks for records and gives notices; it never decides about a notification.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "router/router_output.h"
#include "router/silence.h"
#include "router/silence_breadth.h"
#include "router/silence_entry.h"
#include "router/silence_index.h"

namespace tocsin {

struct SilenceCounts {
  std::size_t pending = 0;
  std::size_t active = 0;
  std::size_t expired = 0;
};

class Silences {
 public:
  using FiringAlerts = tocsin::FiringAlerts;

  // Both hold from now on: nothing that is there is refused afterwards.
  void limit(SilenceLimits limits) { limits_ = limits; }
  // How long an expired one is kept.
  void retain(Duration);

  // Changes the silence of wanted.id where Alertmanager would: same matchers, and what has been muted so far
  // stays true. Otherwise the old one ends and a new one begins under new_id. Without wanted.id a new one.
  // The answer is the id in force.
  tl::expected<std::string, SilenceError> set(Silence wanted, std::string new_id, TimePoint now,
                                              const FiringAlerts&, RouterOutput&);
  // One that is over already stays as it is.
  tl::expected<void, SilenceError> expire(const std::string& id, TimePoint now, RouterOutput&);

  // At the start, before anything else. `started` has to be called for every alert that fires before the
  // first `advance`, or silences that wait for an end of what they match take it for over.
  void restore(std::span<const Record>, TimePoint now, RouterOutput&);

  bool mutes(const Labels&, TimePoint now) const;
  std::vector<std::string> muting(const Labels&, TimePoint now) const;  // ids, sorted

  // An alert began, or ceased, to fire. What ends a silence thereby is decided in the next `advance` (which
  // is due at once), so that the order within one batch does not matter.
  void started(const Labels&, TimePoint now, RouterOutput&);
  void ended(const Labels&, TimePoint now, RouterOutput&);

  TimePoint next_deadline() const;
  void advance(TimePoint now, RouterOutput&);

  const Silence* find(const std::string& id) const;
  std::vector<Silence> all() const;  // by id
  SilenceCounts counts(TimePoint now) const;
  // Grows whenever what is muted may have changed; a deadline that has passed counts once `advance` has seen
  // it.
  std::size_t version() const { return version_; }

 private:
  tl::expected<void, SilenceError> check_limits(const Silence&, const SilenceEntry* replaced,
                                                TimePoint now) const;
  tl::expected<std::string, SilenceError> update(SilenceEntry&, Silence wanted, TimePoint now,
                                                 const FiringAlerts&, RouterOutput&);
  SilenceEntry& add(SilenceEntry);
  void learn_firing(SilenceEntry&, TimePoint now, const FiringAlerts&);
  void settle(SilenceEntry&, TimePoint now, RouterOutput&);
  void begin(SilenceEntry&, TimePoint now, RouterOutput&);
  void cut_short(SilenceEntry&, TimePoint now, std::string cause, RouterOutput&);
  void conclude(SilenceEntry&, std::string cause, RouterOutput&);
  void forget(SilenceEntry&, RouterOutput&);
  std::vector<SilenceEntry*> watching(const Labels&) const;
  void file(SilenceEntry&);  // in the index, while it is not expired
  void unfile(SilenceEntry&);
  void schedule(SilenceEntry&, TimePoint);
  TimePoint deadline_of(const SilenceEntry&) const;

  SilenceLimits limits_;
  Duration retention_ = std::chrono::hours(120);
  std::map<std::string, std::unique_ptr<SilenceEntry>> entries_;  // entries keep their addresses
  SilenceIndex index_;                                            // of pending and active ones
  std::size_t watchers_ = 0;                                      // of those, how many watch alerts
  std::set<std::pair<TimePoint, std::string>> deadlines_;
  std::size_t version_ = 0;
};

}  // namespace tocsin
