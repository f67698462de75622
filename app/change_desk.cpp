#include "app/change_desk.h"

#include <algorithm>

#include "app/secret_files.h"

namespace tocsin {
namespace {

using Outcome = ChangeTold::Outcome;

}  // namespace

ChangeDesk::ChangeDesk(Transport& transport, Clock& clock, std::string host,
                       std::shared_ptr<const DeliveryConfig> config, Report report,
                       std::vector<Duration> pauses)
    : transport_(transport),
      clock_(clock),
      host_(std::move(host)),
      report_(std::move(report)),
      pauses_(std::move(pauses)),
      config_(std::move(config)) {}

ChangeDesk::~ChangeDesk() {
  stop();
}

void ChangeDesk::configure(std::shared_ptr<const DeliveryConfig> config) {
  const std::lock_guard lock(mutex_);
  config_ = std::move(config);
}

std::shared_ptr<const DeliveryConfig> ChangeDesk::config() const {
  const std::lock_guard lock(mutex_);
  return config_;
}

void ChangeDesk::take(ChangeNews news) {
  worker_.submit([this, news = std::move(news)]() mutable {
    // The machine's time, where the engine's is ahead of it.
    news.changed.at = std::min(news.changed.at, clock_.now() - clock_.ahead());
    news.changed.host = host_;
    tell(news);
  });
}

void ChangeDesk::tell(const ChangeNews& news) {
  if (clock_.now() - news.changed.at > kTooOld)
    return report_(news, Outcome::kSettled, "the change is more than a day old");
  for (std::size_t attempt = 0;; ++attempt) {
    const auto config = this->config();
    const auto found = config->integrations.find(news.integration);
    if (found == config->integrations.end() || !found->second->wants_changes())
      return report_(news, Outcome::kSettled, "it does not want to be told any more");
    const Integration& integration = *found->second;
    const BuildContext context{*config->templates, config->external_url, clock_.now(), reveal};
    const Result<HttpRequest> request = integration.tell_change(news.changed, context);
    if (!request) return report_(news, Outcome::kOwed, request.error().message);
    const OutboundAnswer answer = transport_.perform(*request);
    const DeliveryResult result = integration.read_change(answer, clock_.now());
    if (result.outcome == DeliveryResult::Outcome::kDelivered) return report_(news, Outcome::kSettled, "");
    if (result.outcome == DeliveryResult::Outcome::kRejected)
      return report_(news, Outcome::kSettled, result.message);
    if (attempt == pauses_.size()) return report_(news, Outcome::kOwed, result.message);
    if (!pause(pauses_[attempt])) return;
  }
}

// False when it is time to stop.
bool ChangeDesk::pause(Duration duration) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, duration, [this] { return stopping_; });
}

void ChangeDesk::close() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
}

void ChangeDesk::stop() {
  close();
  worker_.stop();
}

}  // namespace tocsin
