// The delivery desk words notifications and sends them: rendering on workers, carrying by the transport,
// which holds no thread while a service thinks. Where a service wants several requests for one notification
// it sends one after the other. It holds what integrations want kept between deliveries (access tokens). What
// came of a delivery is posted. It never retries: that is decided by the router.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "app/clock.h"
#include "app/commit_gate.h"
#include "app/transport.h"
#include "app/worker_pool.h"
#include "receivers/integration.h"
#include "receivers/notification_templates.h"

namespace tocsin {

// What the configuration says about wording and places; replaced as a whole by a reload.
struct DeliveryConfig {
  std::map<IntegrationId, std::shared_ptr<const Integration>> integrations;
  std::shared_ptr<const NotificationTemplates> templates;
  std::string external_url;
};

// One attempt, for the metrics and the log.
struct Attempt {
  IntegrationId integration;
  DeliveryResult result;
  Duration took{};
  std::string warning;  // the user's template failed and the built-in text was sent instead
};

class DeliveryDesk {
 public:
  using Post = std::function<void(std::string notification_id, DeliveryResult)>;
  using Observe = std::function<void(const Attempt&)>;

  DeliveryDesk(Transport&, Clock&, std::shared_ptr<const DeliveryConfig>, Post, Observe);
  ~DeliveryDesk();

  void configure(std::shared_ptr<const DeliveryConfig>);
  // It is worded at once; nothing leaves before the gate, where there is one, is open.
  void take(Notification, std::shared_ptr<CommitGate> gate = nullptr);
  std::size_t under_way() const;
  // Waits until nothing is under way, or the time is up; true if nothing is.
  bool wait_until_idle(Duration);
  void stop();

 private:
  struct Delivery;

  void deliver(const std::shared_ptr<const Notification>&, const std::shared_ptr<CommitGate>&);
  void send(const std::shared_ptr<Delivery>&, BuiltRequest);
  void take_answer(const std::shared_ptr<Delivery>&, OutboundAnswer);
  void go_on(const std::shared_ptr<Delivery>&);
  void finish(Delivery&, DeliveryResult);
  BuildContext context_of(Delivery&) const;
  std::string kept_for(const Integration&) const;
  void keep(const Integration&, Keepsake);

  Transport& transport_;
  Clock& clock_;
  Post post_;
  Observe observe_;
  mutable std::mutex mutex_;
  std::condition_variable idle_;
  std::size_t under_way_ = 0;
  std::shared_ptr<const DeliveryConfig> config_;
  std::map<std::string, Keepsake> keepsakes_;  // by the fingerprint of the integration
  WorkerPool workers_{2};
};

}  // namespace tocsin
