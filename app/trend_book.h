// What is known of the recent past of rules' expressions, for the pages about their alerts. It is asked for
// when an instance begins, so that it is there when the first page is decided, and again by later pages. No
// page waits for it: what is decided must be said before it is outdated. Kept in memory only.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/notification.h"
#include "evaluator/evaluator.h"

namespace tocsin {

class TrendBook {
 public:
  static constexpr Duration kFresh = std::chrono::minutes(1);  // so old it may be, and not asked for again
  static constexpr Duration kSettled =
      std::chrono::seconds(10);  // an alert that begins so soon after asks no more

  // The rules whose servers want trends; what is known of the others is forgotten.
  void configure(const EvaluatorConfig&);

  // Something begins: asks, unless that was done a moment ago.
  void ask(const TrendQuestion&, TimePoint now, std::vector<TrendQuestion>& questions);
  // Adds to each page its trend where that is known; asks for what is not, or no longer.
  void add_to(std::vector<Notification>&, TimePoint now, std::vector<TrendQuestion>& questions);
  void arrived(TrendArrived, TimePoint now);

 private:
  struct Entry {
    std::shared_ptr<const GroupPlan> plan;
    std::size_t rule = 0;
    TimePoint asked_at = kNoTime;
    TimePoint known_at = kNoTime;  // when an answer arrived, be it empty
    std::vector<TrendSeries> series;
    bool known(TimePoint now) const { return is_set(known_at) && now - known_at <= kFresh; }
  };
  const Alert* subject_of(const Notification&) const;
  static void add_trend(const Entry&, const Alert& subject, Notification&);
  static void put(Entry&, TimePoint now, Duration unless_within, std::vector<TrendQuestion>& questions);

  // By generatorURL: alerts carry it, also those that a rule fired before a restart or resolved since.
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace tocsin
