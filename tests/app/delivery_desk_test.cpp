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

// Fetches a token, then posts with it; a kept token saves the first request. With a service that answers in
// circles it never ends.
class TokenIntegration final : public Integration {
 public:
  explicit TokenIntegration(bool in_circles)
      : Integration({"team", "wechat", 0}, "token-config"), in_circles_(in_circles) {}
  bool wants_resolved() const override { return true; }
  std::vector<TemplateField> template_fields() const override { return {}; }
  bool takes_several_requests() const override { return true; }
  Result<BuiltRequest> build(const Notification&, const BuildContext& context) const override {
    if (!context.kept.empty()) return request("post " + context.kept);
    BuiltRequest out = request("token");
    out.warning = "first";
    return out;
  }
  DeliveryResult read(const Notification&, const OutboundAnswer&) const override { return {}; }
  NextStep next(const Notification&, const BuildContext& context,
                const std::vector<OutboundAnswer>& so_far) const override {
    if (!in_circles_ && so_far.size() == (context.kept.empty() ? 2 : 1)) {
      DeliveryResult out;
      out.message_ref = so_far.back().body;
      return out;
    }
    BuiltRequest out = request("post " + so_far.back().body);
    out.warning = "second";
    out.keep = Keepsake{so_far.back().body, context.now + std::chrono::hours(1)};
    return out;
  }

 private:
  static BuiltRequest request(const std::string& url) {
    HttpRequest out;
    out.url = url;
    return {out, ""};
  }
  bool in_circles_;
};

// Answers each request with its URL and its number.
struct CountingTransport final : Transport {
  void send(OutboundRequest request, Done done) override {
    urls.push_back(std::get<HttpRequest>(request).url);
    OutboundAnswer answer;
    answer.status = 200;
    answer.body = "t" + std::to_string(urls.size());
    done(std::move(answer));
  }
  void stop() override {}
  std::vector<std::string> urls;
};

struct SettableClock final : Clock {
  TimePoint now() override { return time; }
  TimePoint time = TimePoint(std::chrono::hours(24));
};

// One notification after another through a desk that serves one integration.
struct Desk {
  explicit Desk(std::shared_ptr<const Integration> integration) : id(integration->id()) {
    Problems problems;
    config->templates =
        std::make_shared<const NotificationTemplates>(NotificationTemplates::make({}, problems));
    config->integrations[id] = std::move(integration);
  }
  DeliveryResult deliver() {
    Notification notification;
    notification.integration = id;
    desk.take(std::move(notification));
    desk.wait_until_idle(std::chrono::seconds(10));
    return last.result;
  }

  IntegrationId id;
  std::shared_ptr<DeliveryConfig> config = std::make_shared<DeliveryConfig>();
  CountingTransport transport;
  SettableClock clock;
  Attempt last;
  DeliveryDesk desk{transport, clock, config, [](const std::string&, const DeliveryResult&) {},
                    [this](const Attempt& attempt) { last = attempt; }};
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

TEST_CASE("several requests are sent one after the other, and what is to be kept saves one next time") {
  Desk desk(std::make_shared<TokenIntegration>(false));
  CHECK(desk.deliver().message_ref == "t2");
  CHECK(desk.last.warning == "first; second");
  CHECK(desk.deliver().message_ref == "t3");
  CHECK(desk.transport.urls == std::vector<std::string>{"token", "post t1", "post t1"});
  desk.desk.configure(desk.config);  // a reload that leaves the integration as it is
  desk.deliver();
  CHECK(desk.transport.urls.back() == "post t1");
  desk.clock.time += std::chrono::hours(1);
  desk.deliver();
  CHECK(desk.transport.urls.at(4) == "token");
  desk.desk.configure(std::make_shared<DeliveryConfig>());
  desk.desk.configure(desk.config);
  desk.deliver();
  CHECK(desk.transport.urls.at(6) == "token");
}

TEST_CASE("a service that asks for one request after the other is left after ten") {
  Desk desk(std::make_shared<TokenIntegration>(true));
  CHECK(desk.deliver().outcome == Outcome::kFailed);
  CHECK(desk.transport.urls.size() == 10);
}

TEST_CASE("a message is worded before the gate opens, and sent when it does") {
  Desk desk(std::make_shared<TokenIntegration>(false));
  Notification notification;
  notification.integration = desk.id;
  const auto gate = std::make_shared<CommitGate>();
  desk.desk.take(std::move(notification), gate);
  CHECK(!desk.desk.wait_until_idle(std::chrono::milliseconds(20)));
  CHECK(desk.transport.urls.empty());
  gate->open();
  CHECK(desk.desk.wait_until_idle(std::chrono::seconds(10)));
  CHECK(desk.transport.urls.size() == 2);
}
