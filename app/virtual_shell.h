// The virtual shell is the in-memory twin of the whole shell (event loop, store, workers) in one thread and
// under a virtual clock: time jumps from one thing that happens to the next. It drives the one Engine; what
// Prometheus and the receivers answer, and how long that takes, is said by the owner. It never sleeps, opens
// no socket, and two runs with the same answers are the same. `crash` is what a power cut is to the program:
// what was committed stays, all else is gone.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/committer.h"
#include "app/engine.h"
#include "app/memory_store.h"

namespace tocsin {

class VirtualShell {
 public:
  struct QueryReply {
    QueryResult result;
    Duration took{};
  };
  struct DeliveryReply {
    std::optional<DeliveryResult> result;  // nullopt: no answer ever comes
    Duration took{};
  };
  struct TrendReply {
    std::optional<TrendArrived> trend;  // nullopt: no answer ever comes
    Duration took{};
  };
  // The world around the program. None of these may call back into the shell.
  struct World {
    std::function<QueryReply(const PrometheusServer&, const std::string& expression, TimePoint at)> ask;
    std::function<DeliveryReply(const Notification&)> deliver;
    std::function<void(std::span<const Notice>, TimePoint)> publish;  // after the step's commit
    std::function<void(const HeartbeatSign&, TimePoint)> heartbeat = [](const auto&, auto) {};
    // At once and of nothing, unless the world knows a past.
    std::function<TrendReply(const TrendQuestion&)> look_back = [](const TrendQuestion& question) {
      return TrendReply{TrendArrived{question.plan, question.rule, {}}, {}};
    };
  };
  enum class CrashPoint {
    kBeforeCommit,    // of the next step that has something to commit
    kBeforeDelivery,  // of the next step that delivers: committed, but nobody was told
  };

  VirtualShell(World, TimePoint now);

  void start(EngineConfig);
  void reload(EngineConfig);
  void post(std::vector<Alert>);
  // As the API would: an id is made where a silence is new. While the program is down nobody answers.
  tl::expected<std::string, SilenceError> set_silence(Silence);
  tl::expected<std::string, SilenceError> expire_silence(std::string id);

  // Everything that happens up to and at `time`; afterwards it is `time`.
  void run_until(TimePoint time);
  // The machine slept or its clock was set: it is `time` at once, and what was due before happens now.
  void jump_to(TimePoint time);

  void crash();
  void crash_at(std::optional<CrashPoint> point) { crash_point_ = point; }
  // Goes on from the store with the configuration that was last given.
  void restart();

  bool running() const { return engine_ != nullptr; }
  TimePoint now() const { return now_; }
  // When something happens next; kNever where nothing will.
  TimePoint next_deadline() const;
  // Only while running.
  const Engine& engine() const;
  MemoryStore& store() { return store_; }

 private:
  void decide();
  void handle(Event);
  void carry_out(Step&&);
  tl::expected<std::string, SilenceError> answered(Event);
  bool crashes(CrashPoint);
  void evaluate(const EvaluateGroup&);
  void deliver(const Notification&);
  void look_back(const TrendQuestion&);

  World world_;
  MemoryStore store_;
  EngineConfig config_;
  std::unique_ptr<Committer>
      committer_;                   // as long as the engine: what a failing store has not taken dies too
  std::unique_ptr<Engine> engine_;  // null: not running
  TimePoint now_;
  std::multimap<TimePoint, Event>
      arrivals_;  // what comes back from the world, and when; equal times in order of dispatch
  std::optional<CrashPoint> crash_point_;
  std::uint64_t silences_made_ = 0;
};

}  // namespace tocsin
