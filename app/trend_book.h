// What is known of the recent past of rules' expressions, for the pages about their alerts. It is asked for
// when an instance begins, so that it is there when the first page is decided; a later page waits for a fresh
// one, but never longer than kPatience, and goes out without it then. Kept in memory only.
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
  static constexpr Duration kPatience = std::chrono::milliseconds(500);  // of a page

  // The rules whose servers want trends; what is known of the others is forgotten.
  void configure(const EvaluatorConfig&);

  // Something begins: asks, unless that was done a moment ago.
  void ask(const TrendQuestion&, TimePoint now, std::vector<TrendQuestion>& questions);
  // Gives back what may go out now, each page with its trend where that is known. The others wait.
  std::vector<Notification> take(std::vector<Notification>, TimePoint now,
                                 std::vector<TrendQuestion>& questions);
  // Those that waited for it.
  std::vector<Notification> arrived(TrendArrived, TimePoint now);
  // Those that have waited long enough.
  std::vector<Notification> let_go(TimePoint now);
  TimePoint next_deadline() const;

 private:
  struct Entry {
    std::shared_ptr<const GroupPlan> plan;
    std::size_t rule = 0;
    TimePoint asked_at = kNoTime;
    TimePoint known_at = kNoTime;  // when an answer arrived, be it empty
    std::vector<TrendSeries> series;
    bool known(TimePoint now) const { return is_set(known_at) && now - known_at <= kFresh; }
  };
  struct Waiting {
    Notification notification;
    std::string subject;  // whose trend it waits for
    TimePoint until = kNoTime;
  };

  const Alert* subject_of(const Notification&) const;
  void add_trend(Notification&, TimePoint now) const;
  static void put(Entry&, TimePoint now, Duration unless_within, std::vector<TrendQuestion>& questions);

  // By generatorURL: alerts carry it, also those that a rule fired before a restart or resolved since.
  std::map<std::string, Entry, std::less<>> entries_;
  std::vector<Waiting> waiting_;  // in the order of their deadlines
};

}  // namespace tocsin
