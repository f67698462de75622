#include "app/delivery_desk.h"

#include <chrono>
#include <exception>

#include "app/aws_environment.h"
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

NextStep next(const Integration& integration, const Notification& notification, const BuildContext& context,
              const std::vector<OutboundAnswer>& so_far) {
  try {
    return integration.next(notification, context, so_far);
  } catch (const std::exception& error) {
    return DeliveryResult{DeliveryResult::Outcome::kFailed,
                          so_far.back().status,
                          "other",
                          std::string("the answer could not be read: ") + error.what(),
                          {},
                          ""};
  }
}

DeliveryResult failed(DeliveryResult::Outcome outcome, std::string message) {
  return {outcome, 0, "other", std::move(message), {}, ""};
}

// More than any service needs for one notification; a service that answers in circles must not keep us busy.
constexpr std::size_t kMostRequests = 10;

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

// One notification on its way, from its first request to its result.
struct DeliveryDesk::Delivery {
  std::shared_ptr<const Notification> notification;
  std::shared_ptr<const DeliveryConfig> config;  // as it was when the delivery began
  std::shared_ptr<const Integration> integration;
  std::string kept;
  std::vector<OutboundAnswer> answers;
  std::string template_error;  // the first
  Attempt attempt;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
};

void DeliveryDesk::configure(std::shared_ptr<const DeliveryConfig> config) {
  const std::lock_guard lock(mutex_);
  config_ = std::move(config);
  std::map<std::string, Keepsake> still_wanted;
  for (const auto& [id, integration] : config_->integrations) {
    const auto kept = keepsakes_.find(integration->fingerprint());
    if (kept != keepsakes_.end()) still_wanted.insert(*kept);
  }
  keepsakes_ = std::move(still_wanted);
}

void DeliveryDesk::take(Notification notification, std::shared_ptr<CommitGate> gate) {
  {
    const std::lock_guard lock(mutex_);
    ++under_way_;
  }
  workers_.submit([this, gate = std::move(gate),
                   notification = std::make_shared<const Notification>(std::move(notification))] {
    deliver(notification, gate);
  });
}

void DeliveryDesk::deliver(const std::shared_ptr<const Notification>& notification,
                           const std::shared_ptr<CommitGate>& gate) {
  const auto delivery = std::make_shared<Delivery>();
  delivery->notification = notification;
  delivery->attempt.integration = notification->integration;
  {
    const std::lock_guard lock(mutex_);
    delivery->config = config_;
  }
  delivery->integration = meant_by(*notification, *delivery->config);
  if (!delivery->integration) {
    // The router knows of the reload in a moment, and then tries again at the right place.
    return finish(*delivery, failed(DeliveryResult::Outcome::kFailed,
                                    "a reload has just changed or removed the integration"));
  }
  delivery->kept = kept_for(*delivery->integration);
  auto built = build(*delivery->integration, *notification, context_of(*delivery));
  if (!built) {
    return finish(*delivery, failed(DeliveryResult::Outcome::kRejected, built.error().message));
  }
  auto send_it = [this, delivery, built = std::move(*built)]() mutable {
    delivery->started = std::chrono::steady_clock::now();
    send(delivery, std::move(built));
  };
  gate ? gate->pass(std::move(send_it)) : send_it();
}

void DeliveryDesk::send(const std::shared_ptr<Delivery>& delivery, BuiltRequest built) {
  std::string& warning = delivery->attempt.warning;
  if (!warning.empty() && !built.warning.empty()) warning += "; ";
  warning += built.warning;
  if (built.keep) keep(*delivery->integration, std::move(*built.keep));
  transport_.send(std::move(built.request),
                  [this, delivery](OutboundAnswer answer) { take_answer(delivery, std::move(answer)); });
}

// On the transport's thread, which must not wait: what may render or read files goes back to the workers.
void DeliveryDesk::take_answer(const std::shared_ptr<Delivery>& delivery, OutboundAnswer answer) {
  if (delivery->integration->takes_several_requests()) {
    delivery->answers.push_back(std::move(answer));
    return workers_.submit([this, delivery] { go_on(delivery); });
  }
  finish(*delivery, read(*delivery->integration, *delivery->notification, answer));
}

void DeliveryDesk::go_on(const std::shared_ptr<Delivery>& delivery) {
  NextStep step =
      next(*delivery->integration, *delivery->notification, context_of(*delivery), delivery->answers);
  if (auto* result = std::get_if<DeliveryResult>(&step)) return finish(*delivery, std::move(*result));
  if (delivery->answers.size() >= kMostRequests) {
    return finish(*delivery, failed(DeliveryResult::Outcome::kFailed,
                                    "the service asked for one request after the other"));
  }
  send(delivery, std::move(std::get<BuiltRequest>(step)));
}

void DeliveryDesk::finish(Delivery& delivery, DeliveryResult result) {
  delivery.attempt.result = std::move(result);
  delivery.attempt.result.template_error = std::move(delivery.template_error);
  if (delivery.integration) delivery.attempt.took = std::chrono::steady_clock::now() - delivery.started;
  observe_(delivery.attempt);
  post_(delivery.notification->id, std::move(delivery.attempt.result));
  const std::lock_guard lock(mutex_);
  if (--under_way_ == 0) idle_.notify_all();
}

BuildContext DeliveryDesk::context_of(Delivery& delivery) const {
  const auto note = [&delivery](const std::string& what) {
    if (delivery.template_error.empty()) delivery.template_error = what;
  };
  return {*delivery.config->templates,
          delivery.config->external_url,
          clock_.now(),
          reveal,
          delivery.kept,
          aws_identity_of_environment,
          note};
}

std::string DeliveryDesk::kept_for(const Integration& integration) const {
  const TimePoint now = clock_.now();
  const std::lock_guard lock(mutex_);
  const auto kept = keepsakes_.find(integration.fingerprint());
  return kept == keepsakes_.end() || kept->second.until <= now ? "" : kept->second.text;
}

void DeliveryDesk::keep(const Integration& integration, Keepsake keepsake) {
  const std::lock_guard lock(mutex_);
  if (keepsake.text.empty()) {
    keepsakes_.erase(integration.fingerprint());
  } else {
    keepsakes_.insert_or_assign(integration.fingerprint(), std::move(keepsake));
  }
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
