#include "app/event_loop.h"

#include <algorithm>
#include <utility>

#include "app/spare_memory.h"

namespace tocsin {
namespace {

// So long without an event, the store may rest.
constexpr auto kQuiet = std::chrono::milliseconds(200);
constexpr std::size_t kWordedEarly = 8;

}  // namespace

EventLoop::EventLoop(std::unique_ptr<Engine> engine, Step first, Store& store, Clock& clock,
                     Duration retention, Outlets outlets)
    : engine_(std::move(engine)),
      first_(std::move(first)),
      store_(store),
      committer_(store),
      clock_(clock),
      retention_(retention),
      outlets_(std::move(outlets)) {}

EventLoop::~EventLoop() {
  stop();
  syncer_.reset();  // before what it calls back to
}

void EventLoop::start() {
  syncer_.emplace(store_, [this](std::uint64_t commit, const Result<void>& result) {
    const std::lock_guard lock(mutex_);
    sync_results_.emplace_back(commit, result);
    if (!result || committer_.store_fails()) wake_.notify_one();
  });
  thread_ = std::thread([this] { run(); });
}

void EventLoop::post(Event event) {
  bool wakes = false;
  {
    const std::lock_guard lock(mutex_);
    wakes = line_.push(std::move(event), std::chrono::steady_clock::now());
  }
  if (wakes) wake_.notify_one();
}

bool EventLoop::offer(AlertsPosted posted) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || line_.alerts() + posted.alerts.size() > kMaxWaitingAlerts) return false;
    line_.push(std::move(posted), std::chrono::steady_clock::now());
  }
  wake_.notify_one();
  return true;
}

tl::expected<std::string, SilenceError> EventLoop::set_silence(Silence wanted, std::string new_id) {
  return ask_for_silence(SilenceWanted{0, std::move(wanted), std::move(new_id)});
}

tl::expected<std::string, SilenceError> EventLoop::expire_silence(std::string id) {
  return ask_for_silence(SilenceUnwanted{0, std::move(id)});
}

template <class SilenceEvent>
tl::expected<std::string, SilenceError> EventLoop::ask_for_silence(SilenceEvent event) {
  std::future<tl::expected<std::string, SilenceError>> answer;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      return tl::unexpected(
          SilenceError{SilenceFailure::kNotStored, "the program is stopping: try again later"});
    }
    event.ticket = ++last_ticket_;
    answer = silence_promises_[event.ticket].get_future();
    line_.push(std::move(event), std::chrono::steady_clock::now());
  }
  wake_.notify_one();
  return answer.get();
}

void EventLoop::settle() {
  const auto settled = std::make_shared<std::promise<void>>();
  auto waits = settled->get_future();
  ask_later([this, settled](const Engine&, TimePoint) {
    syncer_ ? syncer_->when_synced([settled](bool) { settled->set_value(); }) : settled->set_value();
  });
  waits.get();
}

// Once it is on disk: what is acknowledged is durable.
void EventLoop::answer(SilenceAnswer&& answer, bool stored) {
  SilencePromise promise;
  {
    const std::lock_guard lock(mutex_);
    auto waiting = silence_promises_.extract(answer.ticket);
    if (waiting.empty()) return;
    promise = std::move(waiting.mapped());
  }
  if (answer.id && !stored) {
    answer.id = tl::unexpected(
        SilenceError{SilenceFailure::kNotStored,
                     "the change of silence " + *answer.id +
                         " is in force, but could not be stored: it is lost if the program restarts before "
                         "the storage folder can be written again"});
  }
  promise.set_value(std::move(answer.id));
}

void EventLoop::ask_later(Task task) {
  std::unique_lock lock(mutex_);
  if (!ended_) {
    tasks_.push_back(std::move(task));
    wake_.notify_one();
    return;
  }
  task(*engine_,
       clock_.now());  // the thread is gone: nothing changes any more, and the lock lets in one at a time
}

void EventLoop::drain() {
  const std::lock_guard lock(mutex_);
  draining_ = true;
}

void EventLoop::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
  if (!syncer_) return;
  std::promise<void> synced;
  syncer_->when_synced([&synced](bool) { synced.set_value(); });
  synced.get_future().get();
}

void EventLoop::run() {
  carry_out(std::exchange(first_, {}), clock_.now());
  std::vector<Event> events;
  std::vector<Task> tasks;
  while (wait_for_work(events, tasks)) {
    take_sync_results();
    // News of the store alone is no step: a broken disk would be tried without a pause.
    if (!events.empty() || engine_->next_deadline() <= clock_.now()) decide(events);
    events.clear();
    if (!tasks.empty()) {  // long lists are as good as a burst
      keep_spare_memory();
      store_is_warm_ = true;
    }
    for (const Task& task : tasks) task(*engine_, clock_.now());
    tasks.clear();
  }
}

// True with what waits, or with nothing when a deadline has come; false when all is handled and the loop
// shall end.
bool EventLoop::wait_for_work(std::vector<Event>& events, std::vector<Task>& tasks) {
  std::unique_lock lock(mutex_);
  const auto sync_news = [this] {
    return std::ranges::any_of(
        sync_results_, [this](const auto& result) { return !result.second || committer_.store_fails(); });
  };
  while (tasks_.empty() && !stopping_ && !sync_news()) {
    const auto due = line_.due();
    const auto steady_now = std::chrono::steady_clock::now();
    if (due <= steady_now) break;
    const TimePoint now = clock_.now();
    const TimePoint deadline = engine_->next_deadline();
    if (deadline <= now) break;
    // The machine's clock may be set while we wait: look again after a second at the latest.
    const Duration longest = store_is_warm_ ? Duration(kQuiet) : std::chrono::seconds(1);
    Duration wait = std::min<Duration>(deadline - now, longest);
    if (!line_.empty()) wait = std::min<Duration>(wait, due - steady_now);
    if (wake_.wait_for(lock, wait) == std::cv_status::timeout && wait == kQuiet && store_is_warm_) {
      lock.unlock();
      store_.rest();
      give_back_spare_memory();
      store_is_warm_ = false;
      lock.lock();
    }
  }
  if (stopping_ && line_.empty() && tasks_.empty()) {
    ended_ = true;
    return false;
  }
  line_.take(events);
  tasks.swap(tasks_);
  return true;
}

void EventLoop::take_sync_results() {
  std::vector<std::pair<std::uint64_t, Result<void>>> results;
  {
    const std::lock_guard lock(mutex_);
    results.swap(sync_results_);
  }
  std::vector<Notice> notices;
  for (const auto& [commit, result] : results) committer_.synced(commit, result, notices);
  if (auto news = committer_.take_news()) post(std::move(*news));
  if (!notices.empty()) outlets_.publish(notices, clock_.now());
}

void EventLoop::decide(std::vector<Event>& events) {
  const TimePoint now = clock_.now();
  carry_out(engine_->handle(events, now), now);
}

void EventLoop::deliver(Step& step, const std::shared_ptr<CommitGate>& gate) {
  if (step.deliveries.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    line_.begun(step.deliveries.size());
  }
  for (Notification& notification : step.deliveries) outlets_.deliver(std::move(notification), gate);
}

void EventLoop::carry_out(Step&& step, TimePoint now) {
  store_is_warm_ |= !step.records.empty() || !step.notices.empty();
  keep_spare_memory();
  // A lone page is worded while the store works; a storm would only crowd the processors.
  const auto gate = std::make_shared<CommitGate>();
  const bool early = step.deliveries.size() <= kWordedEarly;
  if (early) deliver(step, gate);
  if (committer_.commit(step, now)) syncer_->committed(committer_.commits());
  gate->open();
  if (!early) deliver(step, gate);
  if (auto news = committer_.take_news()) post(std::move(*news));
  if (now >= next_forgetting_) {
    (void)store_.forget_history(now - retention_);  // a failing store is reported by the committer
    next_forgetting_ = now + std::chrono::minutes(15);
  }
  if (!step.notices.empty()) outlets_.publish(step.notices, now);
  if (!step.muted.empty() || step.limited > 0) outlets_.count(step.muted, step.limited);
  for (SilenceAnswer& decided : step.silence_answers) {
    syncer_->when_synced([this, decided = std::move(decided), committed = !committer_.store_fails()](
                             bool synced) mutable { answer(std::move(decided), committed && synced); });
  }
  bool draining = false;
  {
    const std::lock_guard lock(mutex_);
    draining = draining_;
  }
  if (!draining) {
    for (ChangeNews& news : step.change_news) outlets_.tell_change(std::move(news));
    for (TrendQuestion& question : step.trend_questions) outlets_.look_back(std::move(question));
    for (EvaluateGroup& evaluation : step.evaluations) outlets_.evaluate(std::move(evaluation));
    if (step.heartbeat) outlets_.heartbeat(*step.heartbeat);
  }
}

}  // namespace tocsin
