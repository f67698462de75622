#include "app/change_desk.h"

#include <algorithm>

#include "app/secret_files.h"

namespace tocsin {
namespace {

using Outcome = ChangeTold::Outcome;
using SteadyClock = std::chrono::steady_clock;

}  // namespace

ChangeDesk::ChangeDesk(Transport& transport, Clock& clock, std::string host,
                       std::shared_ptr<const DeliveryConfig> config, Report report,
                       std::vector<Duration> pauses)
    : transport_(transport),
      clock_(clock),
      host_(std::move(host)),
      report_(std::move(report)),
      pauses_(std::move(pauses)),
      config_(std::move(config)),
      worker_([this] { work(); }) {}

ChangeDesk::~ChangeDesk() {
  stop();
}

void ChangeDesk::configure(std::shared_ptr<const DeliveryConfig> config) {
  const std::lock_guard lock(mutex_);
  config_ = std::move(config);
}

void ChangeDesk::take(ChangeNews news) {
  // The machine's time, where the engine's is ahead of it.
  news.changed.at = std::min(news.changed.at, clock_.now() - clock_.ahead());
  news.changed.host = host_;
  const std::lock_guard lock(mutex_);
  const auto [place, is_new] = numbers_.try_emplace(news.integration, lines_.size());
  if (is_new) lines_.emplace_back();
  Line& line = lines_[place->second];
  line.news.push_back(std::move(news));
  if (line.news.size() == 1) due_.add(SteadyClock::now(), place->second);
}

void ChangeDesk::work() {
  while (const auto due = due_.wait()) attempt(due->second);
}

// The worker words what is said, and holds nobody up: the transport comes back with the answer.
void ChangeDesk::attempt(LineNumber number) {
  ChangeNews news;
  std::shared_ptr<const DeliveryConfig> config;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    news = lines_[number].news.front();
    config = config_;
  }
  if (clock_.now() - news.changed.at > kTooOld)
    return finish(number, news, Outcome::kSettled, "the change is more than a day old");
  const auto found = config->integrations.find(news.integration);
  if (found == config->integrations.end() || !found->second->wants_changes())
    return finish(number, news, Outcome::kSettled, "it does not want to be told any more");
  const std::shared_ptr<const Integration> integration = found->second;
  const BuildContext context{*config->templates, config->external_url, clock_.now(), reveal};
  Result<HttpRequest> request = integration->tell_change(news.changed, context);
  if (!request) return finish(number, news, Outcome::kOwed, request.error().message);
  transport_.send(std::move(*request),
                  [this, number, news = std::move(news), integration](const OutboundAnswer& answer) {
                    take_answer(number, news, integration->read_change(answer, clock_.now()));
                  });
}

// On the transport's thread, which must not wait.
void ChangeDesk::take_answer(LineNumber number, const ChangeNews& news, const DeliveryResult& result) {
  if (result.outcome == DeliveryResult::Outcome::kDelivered)
    return finish(number, news, Outcome::kSettled, "");
  if (result.outcome == DeliveryResult::Outcome::kRejected)
    return finish(number, news, Outcome::kSettled, result.message);
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;  // it stays owed
    const std::size_t failures = lines_[number].failures++;
    if (failures < pauses_.size()) return due_.add(SteadyClock::now() + pauses_[failures], number);
  }
  finish(number, news, Outcome::kOwed, result.message);
}

void ChangeDesk::finish(LineNumber number, const ChangeNews& news, Outcome outcome,
                        const std::string& error) {
  report_(news, outcome, error);
  const std::lock_guard lock(mutex_);
  Line& line = lines_[number];
  line.failures = 0;
  line.news.pop_front();
  if (!line.news.empty()) due_.add(SteadyClock::now(), number);
}

void ChangeDesk::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  due_.close();
}

void ChangeDesk::stop() {
  close();
  if (worker_.joinable()) worker_.join();
}

}  // namespace tocsin
