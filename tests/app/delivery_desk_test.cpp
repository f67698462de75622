// The delivery desk: what it makes of integrations that break, and of a reload between decision and delivery.
#include "app/delivery_desk.h"

#include <doctest/doctest.h>

#include <future>
#include <stdexcept>

using namespace tocsin;
using Outcome = DeliveryResult::Outcome;

namespace {

struct EchoTransport final : Transport {
  void send(OutboundRequest, Done done) override { done({}); }
  void stop() override {}
};

enum class Fault { kNone, kBuild, kRead };

class FakeIntegration final : public Integration {
 public:
  FakeIntegration(std::string fingerprint, Fault fault)
      : Integration({"team", "webhook", 0}, std::move(fingerprint)), fault_(fault) {}
  bool wants_resolved() const override { return true; }
  std::vector<TemplateField> template_fields() const override { return {}; }
  Result<BuiltRequest> build(const Notification&, const BuildContext&) const override {
    if (fault_ == Fault::kBuild) throw std::out_of_range("no such thing");
    return BuiltRequest{};
  }
  DeliveryResult read(const Notification&, const OutboundAnswer&) const override {
    if (fault_ == Fault::kRead) throw std::out_of_range("no such thing");
    return {};
  }

 private:
  Fault fault_;
};

DeliveryResult deliver(Fault fault, const std::string& meant) {
  Problems problems;
  const auto config = std::make_shared<DeliveryConfig>();
  config->templates =
      std::make_shared<const NotificationTemplates>(NotificationTemplates::make({}, problems));
  config->integrations[{"team", "webhook", 0}] = std::make_shared<FakeIntegration>("a", fault);
  EchoTransport transport;
  SystemClock clock;
  std::promise<DeliveryResult> result;
  DeliveryDesk desk(
      transport, clock, config,
      [&](const std::string&, DeliveryResult delivered) { result.set_value(std::move(delivered)); },
      [](const Attempt&) {});
  Notification notification;
  notification.integration = {"team", "webhook", 0};
  notification.integration_fingerprint = meant;
  desk.take(std::move(notification));
  DeliveryResult delivered = result.get_future().get();
  desk.wait_until_idle(std::chrono::seconds(10));
  return delivered;
}

}  // namespace

TEST_CASE("a notification goes to the integration that was meant, not to the one that took its place") {
  CHECK(deliver(Fault::kNone, "a").outcome == Outcome::kDelivered);
  CHECK(deliver(Fault::kNone, "b").outcome == Outcome::kFailed);
}

TEST_CASE("an integration that breaks costs the attempt, not the program") {
  CHECK(deliver(Fault::kBuild, "a").outcome == Outcome::kRejected);
  CHECK(deliver(Fault::kRead, "a").outcome == Outcome::kFailed);
}
