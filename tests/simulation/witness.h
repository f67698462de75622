// The Witness watches a simulated run from outside and knows what must never happen: what was asked and
// answered, what receivers heard, what the program said of itself. It holds a model of its own only where the
// program's word is not enough. What it finds is collected as sentences.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "tests/simulation/simulated_world.h"

namespace tocsin {

class Witness {
 public:
  // What happened, as it happened.
  void configured(const std::set<std::size_t>& rules);
  // One query of an evaluation: those of the same `now` and `at` are asked one after the other and come back
  // together.
  void queried(std::size_t rule, const VirtualShell::QueryReply&, TimePoint at, TimePoint now);
  void delivered(const Notification&, const SimulatedWorld::Answer&, bool wants_resolved, const Engine&,
                 TimePoint now);
  void noticed(std::span<const Notice>, const SimulatedWorld&, TimePoint now);
  void crashed(TimePoint now);
  void disturbed(TimePoint now);  // a restart, a jump of the clock
  void reloaded(TimePoint now);
  void rerouted(const RoutingConfig&, TimePoint now);

  // Every alert that has fired for long enough is known to everyone who shall hear of it.
  void check_heard_in_time(const Engine&, TimePoint now);
  // After a long calm: nobody is left out, whatever happened before.
  void check_everybody_knows(const Engine&, TimePoint now);
  // After a long calm: exactly what the series say.
  void check_what_fires(const std::set<Labels>& expected, const Engine&, TimePoint now);
  // After everything ended: whoever heard "firing" has heard "resolved".
  void check_everything_ended(TimePoint now);

  const std::vector<std::string>& violations() const { return violations_; }

 private:
  // Who: integration, group key, alert.
  using Ear = std::tuple<std::string, std::string, Labels>;
  struct Heard {
    bool firing = false;
    bool wants_resolved = true;
  };
  struct Conversation {
    TimePoint answered_at = kNoTime;  // of the last attempt; in the future: it is in flight
    bool acknowledged = false;
    TimePoint said_at = kNoTime;
    std::string content;
    bool disturbed = false;  // the program may have forgotten that it was acknowledged
  };
  struct Evaluation {
    TimePoint at, asked_at, comes_back;
    bool may_be_dropped = false;                           // a reload came in between
    std::map<std::size_t, std::set<std::string>> holding;  // instances, by rule that was answered
  };
  struct RuleKnowledge {
    std::map<std::string, TimePoint>
        holds_since;  // by instance: earliest slot since which no answer denied it
    std::set<std::string> last_seen;
    std::set<std::string> firing;  // `for` counts on while they are kept by keep_firing_for, as in Prometheus
  };

  void learn(TimePoint now);
  void check_fired(const Notice&, const SimulatedWorld&, TimePoint now);
  void check_resolved(const Notice&, TimePoint now);
  void check_known(const Engine&, TimePoint now, bool calm);
  void check_fallback(const RoutingConfig&, const IntegrationEntry&, const Ear&, TimePoint since,
                      TimePoint now);
  void check_muted(const Notification&, const Engine&, TimePoint now);
  void forget_said(const Notice&);
  // When the alert was last muted, as far as one can know; `now` where it is.
  TimePoint muted_until(const Labels&, const Engine&, TimePoint now) const;
  void check_conversation(const Notification&, const SimulatedWorld::Answer&, bool wants_resolved,
                          TimePoint now);
  void violated(TimePoint now, std::string what);

  std::map<Ear, Heard> heard_;
  std::set<Ear> attempted_;  // who may have heard "firing"
  // What fired before a crash: an attempt may have been recorded that nobody has seen.
  std::set<Labels> perhaps_attempted_;
  TimePoint source_ended_at_ = kNoTime;
  std::map<std::tuple<std::string, std::string, Labels>, Conversation>
      conversations_;                                // integration, route, group labels
  std::map<std::string, TimePoint> troubled_until_;  // by integration: when its last failure was over
  std::set<std::string> refused_;                    // these are on hold, for how long depends
  std::map<Labels, TimePoint> firing_since_;
  TimePoint receiver_recovered_at_ = kNoTime;
  TimePoint store_failed_until_ = kNoTime;  // kNever: it fails
  TimePoint disturbed_at_ = kNoTime;
  std::deque<Evaluation> evaluations_;
  std::map<std::size_t, RuleKnowledge> rules_;
  std::set<std::size_t> deleted_;  // rules that were not configured at least for a while
  std::vector<std::string> violations_;
};

}  // namespace tocsin
