// The event loop: the one thread that owns the engine and the store. It waits for events or the engine's next
// deadline, lets the engine decide about everything that waits as one batch, commits what must last, and only
// then lets deliveries, which are worded meanwhile, leave the program. Answers that say that something is
// stored wait until the commit is on disk. A page does not: what the process dies of leaves the record
// behind; and where the whole machine dies within that moment, it is better that somebody was told.
#pragma once

#include <condition_variable>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "app/clock.h"
#include "app/commit_gate.h"
#include "app/committer.h"
#include "app/engine.h"
#include "app/event_line.h"
#include "app/store.h"
#include "app/store_syncer.h"

namespace tocsin {

class EventLoop {
 public:
  // What the loop hands out; none of these may block.
  struct Outlets {
    std::function<void(EvaluateGroup)> evaluate;
    // Before the commit: nothing of it may leave the program before the gate opens.
    std::function<void(Notification, std::shared_ptr<CommitGate>)> deliver;
    std::function<void(std::span<const Notice>, TimePoint)> publish;
    // Alerts that flushes left out, and alerts that were one too many.
    std::function<void(const std::map<MutedBy, std::size_t>&, std::size_t)> count = [](const auto&, auto) {};
    std::function<void(const HeartbeatSign&)> heartbeat = [](const auto&) {};
    std::function<void(TrendQuestion)> look_back = [](const auto&) {};
    std::function<void(ChangeNews)> tell_change = [](const auto&) {};
  };
  static constexpr std::size_t kMaxWaitingAlerts =
      200'000;  // posted and not yet taken; above it a POST gets 429

  // History older than `retention` is forgotten now and then.
  EventLoop(std::unique_ptr<Engine>, Step first, Store&, Clock&, Duration retention, Outlets);
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  void start();
  // From any thread.
  void post(Event);
  // False where too much waits already: the sender shall come back.
  bool offer(AlertsPosted);
  // Make or end a silence; the answer comes when it is decided and stored. One that is in force but could not
  // be stored is an error (kNotStored).
  tl::expected<std::string, SilenceError> set_silence(Silence wanted, std::string new_id);
  tl::expected<std::string, SilenceError> expire_silence(std::string id);
  // Waits until every event posted before has been handled, and what that committed is on disk.
  void settle();
  // Runs `question` on the engine's thread, between batches, and waits for its answer. Every event posted
  // before has been handled then.
  template <class Question>
  auto ask(Question question) -> std::invoke_result_t<Question, const Engine&, TimePoint>;

  // The same without waiting for it.
  using Task = std::function<void(const Engine&, TimePoint)>;
  void ask_later(Task);

  const Committer& committer() const { return committer_; }

  // No more evaluations are handed out; deliveries are, and results still count.
  void drain();
  // Handles what waits, commits, and ends the thread. What it committed is on disk then.
  void stop();

 private:
  using SilencePromise = std::promise<tl::expected<std::string, SilenceError>>;
  void run();
  bool wait_for_work(std::vector<Event>& events, std::vector<Task>& tasks);
  void decide(std::vector<Event>& events);
  void carry_out(Step&&, TimePoint now);
  void deliver(Step&, const std::shared_ptr<CommitGate>&);
  template <class SilenceEvent>
  tl::expected<std::string, SilenceError> ask_for_silence(SilenceEvent);
  void answer(SilenceAnswer&&, bool stored);
  void take_sync_results();

  std::unique_ptr<Engine> engine_;
  Step first_;
  Store& store_;
  Committer committer_;
  std::optional<StoreSyncer> syncer_;
  Clock& clock_;
  const Duration retention_;
  TimePoint next_forgetting_ = kNoTime;
  bool store_is_warm_ = false;  // something was done since it rested
  Outlets outlets_;

  std::mutex mutex_;
  std::condition_variable wake_;
  EventLine line_;
  std::vector<Task> tasks_;
  std::vector<std::pair<std::uint64_t, Result<void>>> sync_results_;
  std::map<std::uint64_t, SilencePromise> silence_promises_;  // by ticket
  std::uint64_t last_ticket_ = 0;
  bool draining_ = false;
  bool stopping_ = false;
  bool ended_ = false;
  std::thread thread_;
};

template <class Question>
auto EventLoop::ask(Question question) -> std::invoke_result_t<Question, const Engine&, TimePoint> {
  using Answer = std::invoke_result_t<Question, const Engine&, TimePoint>;
  auto promise = std::make_shared<std::promise<Answer>>();
  auto answer = promise->get_future();
  ask_later([promise, question = std::move(question)](const Engine& engine, TimePoint now) {
    promise->set_value(question(engine, now));
  });
  return answer.get();
}

}  // namespace tocsin
