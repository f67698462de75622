#include "app/virtual_shell.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/check.h"

namespace tocsin {

VirtualShell::VirtualShell(World world, TimePoint now) : world_(std::move(world)), now_(now) {}

void VirtualShell::start(EngineConfig config) {
  config_ = std::move(config);
  restart();
}

void VirtualShell::restart() {
  TOCSIN_CHECK(!running(), "one engine at a time");
  const auto stored = store_.load();
  TOCSIN_CHECK(stored.has_value(), "the store in memory can always be read");
  Step first;
  committer_ = std::make_unique<Committer>(store_);
  engine_ = Engine::start(config_, *stored, now_, first);
  carry_out(std::move(first));
}

void VirtualShell::reload(EngineConfig config) {
  config_ = std::move(config);
  handle(ConfigLoaded{config_});
}

void VirtualShell::post(std::vector<Alert> alerts) {
  handle(AlertsPosted{std::move(alerts)});
}

tl::expected<std::string, SilenceError> VirtualShell::set_silence(Silence silence) {
  std::string id = fmt::format("00000000-0000-4000-8000-{:012d}", ++silences_made_);
  return answered(SilenceWanted{1, std::move(silence), std::move(id)});
}

tl::expected<std::string, SilenceError> VirtualShell::expire_silence(std::string id) {
  return answered(SilenceUnwanted{1, std::move(id)});
}

tl::expected<std::string, SilenceError> VirtualShell::answered(Event event) {
  if (!running()) return tl::unexpected(SilenceError{SilenceFailure::kNotStored, "the program is down"});
  Step step = engine_->handle(std::move(event), now_);
  auto answer = std::move(step.silence_answers.at(0).id);
  carry_out(std::move(step));
  return answer;
}

void VirtualShell::crash() {
  engine_.reset();
  committer_.reset();
  arrivals_.clear();
  crash_point_.reset();
}

bool VirtualShell::crashes(CrashPoint point) {
  if (crash_point_ != point) return false;
  crash();
  return true;
}

const Engine& VirtualShell::engine() const {
  TOCSIN_CHECK(running());
  return *engine_;
}

TimePoint VirtualShell::next_deadline() const {
  if (!running()) return kNever;
  const TimePoint arrival = arrivals_.empty() ? kNever : arrivals_.begin()->first;
  return std::min(arrival, engine_->next_deadline());
}

void VirtualShell::run_until(TimePoint time) {
  while (next_deadline() <= time) {
    now_ = std::max(now_, next_deadline());
    decide();
  }
  now_ = std::max(now_, time);
}

void VirtualShell::jump_to(TimePoint time) {
  now_ = std::max(now_, time);
  run_until(now_);
}

// All that has come back by now is one batch with one commit, as in the event loop.
void VirtualShell::decide() {
  std::vector<Event> batch;
  const auto end = arrivals_.upper_bound(now_);
  for (auto arrival = arrivals_.begin(); arrival != end; arrival = arrivals_.erase(arrival)) {
    batch.push_back(std::move(arrival->second));
  }
  carry_out(engine_->handle(batch, now_));
}

// What comes from outside finds nobody while the program is down.
void VirtualShell::handle(Event event) {
  if (running()) carry_out(engine_->handle(std::move(event), now_));
}

void VirtualShell::carry_out(Step&& step) {
  TOCSIN_CHECK(engine_->next_deadline() > now_, "a step leaves nothing behind that is due");
  if (!step.records.empty() && crashes(CrashPoint::kBeforeCommit)) return;
  if (committer_->commit(step, now_)) committer_->synced(committer_->commits(), store_.sync(), step.notices);
  if (auto news = committer_->take_news()) arrivals_.emplace(now_, std::move(*news));
  if (!step.notices.empty()) world_.publish(step.notices, now_);
  if (!step.deliveries.empty() && crashes(CrashPoint::kBeforeDelivery)) return;
  for (const TrendQuestion& question : step.trend_questions) look_back(question);
  for (const EvaluateGroup& evaluation : step.evaluations) evaluate(evaluation);
  if (step.heartbeat) world_.heartbeat(*step.heartbeat, now_);
  for (const Notification& notification : step.deliveries) deliver(notification);
}

// Virtual time passes while a group's queries are asked, one after the other.
void VirtualShell::evaluate(const EvaluateGroup& evaluation) {
  Duration took{};
  const AskPrometheus ask = [&](const PrometheusServer& server, const std::string& expression, TimePoint at) {
    QueryReply reply = world_.ask(server, expression, at);
    took += reply.took;
    return std::move(reply.result);
  };
  GroupEvaluated result = evaluate_group(evaluation.plan, evaluation.at, ask, [&took] { return took; });
  arrivals_.emplace(now_ + took, std::move(result));
}

void VirtualShell::look_back(const TrendQuestion& question) {
  TrendReply reply = world_.look_back(question);
  if (reply.trend) arrivals_.emplace(now_ + reply.took, std::move(*reply.trend));
}

void VirtualShell::deliver(const Notification& notification) {
  DeliveryReply reply = world_.deliver(notification);
  if (reply.result)
    arrivals_.emplace(now_ + reply.took, DeliveryFinished{notification.id, std::move(*reply.result)});
}

}  // namespace tocsin
