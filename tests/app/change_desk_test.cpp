// The change desk: attempts, what came of them, and a program that ends meanwhile.
#include "app/change_desk.h"

#include <doctest/doctest.h>

#include "tests/app/shell_support.h"

using namespace tocsin;
using namespace tocsin::test;
using namespace std::chrono_literals;
using ToldOutcome = ChangeTold::Outcome;

namespace {

const IntegrationId kDuty{"duty", "pagerduty", 0};
const TimePoint kNow = TimePoint(1'700'000'000s);

struct FixedClock final : Clock {
  TimePoint now() override { return kNow; }
  Duration ahead() override { return 10min; }
};

// Answers as it is told, one after the other; the last for ever.
struct ScriptedTransport final : Transport {
  explicit ScriptedTransport(std::vector<int> script) : statuses(std::move(script)) {}
  void send(OutboundRequest request, Done done) override {
    bodies.push_back(std::get<HttpRequest>(request).body);
    OutboundAnswer answer;
    answer.status = statuses[std::min(bodies.size(), statuses.size()) - 1];
    done(std::move(answer));
  }
  void stop() override {}
  std::vector<int> statuses;
  std::vector<std::string> bodies;
};

class Listener final : public Integration {
 public:
  explicit Listener(bool wants) : Integration(kDuty, "fingerprint"), wants_(wants) {}
  bool wants_resolved() const override { return true; }
  std::vector<TemplateField> template_fields() const override { return {}; }
  Result<BuiltRequest> build(const Notification&, const BuildContext&) const override {
    return BuiltRequest{};
  }
  DeliveryResult read(const Notification&, const OutboundAnswer&) const override { return {}; }
  bool wants_changes() const override { return wants_; }
  Result<HttpRequest> tell_change(const RulesChanged& changed, const BuildContext&) const override {
    HttpRequest request;
    request.body = changed.host + " " + std::to_string((kNow - changed.at) / 1min);
    return request;
  }
  DeliveryResult read_change(const OutboundAnswer& answer, TimePoint) const override {
    DeliveryResult out;
    if (answer.status >= 500) out.outcome = DeliveryResult::Outcome::kFailed;
    if (answer.status >= 400 && answer.status < 500) out.outcome = DeliveryResult::Outcome::kRejected;
    out.message = std::to_string(answer.status);
    return out;
  }

 private:
  bool wants_;
};

struct Reported {
  ToldOutcome outcome;
  std::string error;
};

// What is reported of one change, which happened `ago`.
Reported tell(ScriptedTransport& transport, Duration ago = 0s, bool wants = true) {
  FixedClock clock;
  Problems problems;
  const auto config = std::make_shared<DeliveryConfig>();
  config->templates =
      std::make_shared<const NotificationTemplates>(NotificationTemplates::make({}, problems));
  config->integrations[kDuty] = std::make_shared<Listener>(wants);
  Reported out{};
  Counter reported;
  ChangeDesk desk(transport, clock, "here", config,
                  [&](const ChangeNews& news, ToldOutcome outcome, const std::string& error) {
                    CHECK(news.id == "7");
                    out = {outcome, error};
                    reported.add();
                  },
                  {0s, 0s});
  desk.take({"7", kDuty, {kNow - ago, "", {}}});
  reported.wait_for(1);
  return out;
}

}  // namespace

TEST_CASE("a change is told with the machine's time and name, and again after a failure") {
  ScriptedTransport transport({503, 202});
  const Reported told = tell(transport);
  CHECK(told.outcome == ToldOutcome::kSettled);
  CHECK(told.error == "");
  CHECK(transport.bodies == std::vector<std::string>{"here 10", "here 10"});
}

TEST_CASE("what no attempt achieved stays owed, and what was refused does not") {
  ScriptedTransport failing({503}), refusing({400});
  CHECK(tell(failing).outcome == ToldOutcome::kOwed);
  CHECK(failing.bodies.size() == 3);
  const Reported refused = tell(refusing);
  CHECK(refused.outcome == ToldOutcome::kSettled);
  CHECK(refused.error == "400");
  CHECK(refusing.bodies.size() == 1);
}

TEST_CASE("a change of the day before, or one that nobody wants to hear of any more, is not told") {
  ScriptedTransport transport({202});
  const Reported old = tell(transport, 25h);
  CHECK(old.outcome == ToldOutcome::kSettled);
  CHECK(old.error == "the change is more than a day old");
  const Reported unwanted = tell(transport, 0s, false);
  CHECK(unwanted.outcome == ToldOutcome::kSettled);
  CHECK(unwanted.error != "");
  CHECK(transport.bodies.empty());
  CHECK(tell(transport, 23h).error == "");
}

TEST_CASE("a program that ends between two attempts says nothing of a change: it stays owed") {
  FixedClock clock;
  Problems problems;
  ScriptedTransport transport({503});
  const auto config = std::make_shared<DeliveryConfig>();
  config->templates =
      std::make_shared<const NotificationTemplates>(NotificationTemplates::make({}, problems));
  config->integrations[kDuty] = std::make_shared<Listener>(true);
  Counter reported;
  ChangeDesk desk(transport, clock, "here", config, [&](const auto&, auto, const auto&) { reported.add(); },
                  {24h});
  desk.close();
  desk.take({"7", kDuty, {kNow, "", {}}});
  desk.stop();
  CHECK(reported.count() == 0);
}
