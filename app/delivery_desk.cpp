#include "app/delivery_desk.h"

#include <chrono>
#include <exception>

#include "app/secret_files.h"

namespace tocsin {
namespace {

// Null where a reload has put another integration in its place, or none.
std::shared_ptr<const Integration> meant_by(const Notification& notification, const DeliveryConfig& config) {
  const auto place = config.integrations.find(notification.integration);
  if (place == config.integrations.end()) return nullptr;
  const std::string& meant = notification.integration_fingerprint;
  return meant.empty() || meant == place->second->fingerprint() ? place->second : nullptr;
}

// What breaks in one integration costs this attempt, never the program and with it all other pages.
Result<BuiltRequest> build(const Integration& integration, const Notification& notification,
                           const BuildContext& context) {
  try {
    return integration.build(notification, context);
  } catch (const std::exception& error) {
    return fail(std::string("the message could not be built: ") + error.what());
  }
}

DeliveryResult read(const Integration& integration, const Notification& notification,
                    const OutboundAnswer& answer) {
  try {
    return integration.read(notification, answer);
  } catch (const std::exception& error) {
    return {DeliveryResult::Outcome::kFailed,
            answer.status,
            "other",
            std::string("the answer could not be read: ") + error.what(),
            {},
            ""};
  }
}

}  // namespace

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
  const std::shared_ptr<const Integration> integration = meant_by(*notification, *config);
  if (!integration) {
    // The router knows of the reload in a moment, and then tries again at the right place.
    attempt.result = {DeliveryResult::Outcome::kFailed,
                      0,
                      "other",
                      "a reload has just changed or removed the integration",
                      {},
                      ""};
    return finish(*notification, std::move(attempt));
  }
  const BuildContext context{*config->templates, config->external_url, clock_.now(), reveal};
  auto built = build(*integration, *notification, context);
  if (!built) {
    attempt.result = {DeliveryResult::Outcome::kRejected, 0, "other", built.error().message, {}, ""};
    return finish(*notification, std::move(attempt));
  }
  attempt.warning = std::move(built->warning);
  const auto started = std::chrono::steady_clock::now();
  transport_.send(std::move(built->request),
                  [this, notification, integration, attempt, started](const OutboundAnswer& answer) mutable {
                    attempt.result = read(*integration, *notification, answer);
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
