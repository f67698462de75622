#include "app/delivery_desk.h"

#include <chrono>

#include "app/secret_files.h"

namespace tocsin {

DeliveryDesk::DeliveryDesk(Transport& transport, Clock& clock, std::shared_ptr<const DeliveryConfig> config,
                           Post post, Observe observe)
    : transport_(transport),
      clock_(clock),
      post_(std::move(post)),
      observe_(std::move(observe)),
      config_(std::move(config)) {}

DeliveryDesk::~DeliveryDesk() {
  stop();
}

void DeliveryDesk::configure(std::shared_ptr<const DeliveryConfig> config) {
  const std::lock_guard lock(mutex_);
  config_ = std::move(config);
}

void DeliveryDesk::take(Notification notification) {
  {
    const std::lock_guard lock(mutex_);
    ++under_way_;
  }
  workers_.submit([this, notification = std::make_shared<const Notification>(std::move(notification))] {
    deliver(notification);
  });
}

void DeliveryDesk::deliver(const std::shared_ptr<const Notification>& notification) {
  std::shared_ptr<const DeliveryConfig> config;
  {
    const std::lock_guard lock(mutex_);
    config = config_;
  }
  Attempt attempt{notification->integration, {}, {}, ""};
  const auto place = config->integrations.find(notification->integration);
  if (place == config->integrations.end()) {
    attempt.result = {DeliveryResult::Outcome::kRejected,
                      0,
                      "other",
                      "the configuration has no such integration any more",
                      {},
                      ""};
    return finish(*notification, std::move(attempt));
  }
  const std::shared_ptr<const Integration> integration = place->second;
  const BuildContext context{*config->templates, config->external_url, clock_.now(), reveal};
  auto built = integration->build(*notification, context);
  if (!built) {
    attempt.result = {DeliveryResult::Outcome::kRejected, 0, "other", built.error().message, {}, ""};
    return finish(*notification, std::move(attempt));
  }
  attempt.warning = std::move(built->warning);
  const auto started = std::chrono::steady_clock::now();
  transport_.send(std::move(built->request),
                  [this, notification, integration, attempt, started](const OutboundAnswer& answer) mutable {
                    attempt.result = integration->read(*notification, answer);
                    attempt.took = std::chrono::steady_clock::now() - started;
                    finish(*notification, std::move(attempt));
                  });
}

void DeliveryDesk::finish(const Notification& notification, Attempt attempt) {
  observe_(attempt);
  post_(notification.id, std::move(attempt.result));
  const std::lock_guard lock(mutex_);
  if (--under_way_ == 0) idle_.notify_all();
}

std::size_t DeliveryDesk::under_way() const {
  const std::lock_guard lock(mutex_);
  return under_way_;
}

bool DeliveryDesk::wait_until_idle(Duration limit) {
  std::unique_lock lock(mutex_);
  return idle_.wait_for(lock, limit, [this] { return under_way_ == 0; });
}

void DeliveryDesk::stop() {
  workers_.stop();
}

}  // namespace tocsin
