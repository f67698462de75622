// The Engine is the whole program without clock, socket and thread: events and the time in, a Step out. Live,
// in tests, in back-tests and in the simulation it is this one. It joins the evaluator (what is true) to the
// router (who shall hear), keeps the time stamp by which a restart knows for how long nobody watched, gives
// signs of life while both really work, and has changed rules told to those who asked for that.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>

#include "app/event.h"
#include "app/trend_book.h"

namespace tocsin {

class Engine {
 public:
  static constexpr Duration kHeartbeat = std::chrono::seconds(30);

  // Starts from what an earlier run stored (nothing, at the very first start). The step holds what has to be
  // done at once.
  static std::unique_ptr<Engine> start(EngineConfig, std::span<const Record> stored, TimePoint now,
                                       Step& first);

  // All events that wait are taken in first, then what is due at `now` is decided; without an event, time has
  // passed. `now` never runs backwards. Same state, same events, same time: same step.
  Step handle(std::span<Event>, TimePoint now);
  Step handle(Event event, TimePoint now) { return handle(std::span(&event, 1), now); }
  TimePoint next_deadline() const;  // wake me then, at the latest

  const Evaluator& evaluator() const { return evaluator_; }
  const Router& router() const { return router_; }
  const Heartbeat& heartbeat() const { return heartbeat_; }

 private:
  explicit Engine(std::shared_ptr<const RoutingConfig> routing) : router_(std::move(routing)) {}
  void take(EvaluatorOutput&&, TimePoint now, Step&);
  void take(RouterOutput&&, TimePoint now, Step&);
  static void take(ChangeBook::Output&&, Step&);
  void take_in(Event&&, TimePoint now, Step&);
  void take_in(const StoreCondition&, TimePoint now, Step&);
  void take_in(const IntegrationNews&, TimePoint now, Step&);
  void note_template(const IntegrationId&, const std::string& error, TimePoint now, Step&);
  // An alert about the program itself.
  void tell(const Alert&, TimePoint now, Step&);
  Labels with_external(const Labels&) const;
  void settle(TimePoint now, Step&);

  Evaluator evaluator_;
  Router router_;
  Heartbeat heartbeat_;
  TrendBook trends_;
  ChangeBook changes_;
  std::optional<Alert> store_fails_;                  // while it does
  std::map<std::string, Alert> failing_receivers_;    // while they do, by integration as text
  std::map<IntegrationId, Alert> failing_templates_;  // as they were told last
  TimePoint next_heartbeat_ = kNoTime;
};

}  // namespace tocsin
