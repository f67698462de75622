// The change desk: attempts, what came of them, and a program that ends meanwhile.
#include "app/change_desk.h"

#include <doctest/doctest.h>

#include <map>
#include <mutex>
#include <utility>

#include "tests/app/shell_support.h"

using namespace tocsin;
using namespace tocsin::test;
using namespace std::chrono_literals;
using ToldOutcome = ChangeTold::Outcome;

namespace {

const IntegrationId kDuty{"duty", "pagerduty", 0}, kOther{"other", "pagerduty", 0};
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

// Keeps what it is given, by the service that it is for, until the test answers.
struct KeepingTransport final : Transport {
  void send(OutboundRequest request, Done done) override {
    const auto& http = std::get<HttpRequest>(request);
    {
      const std::lock_guard lock(mutex);
      bodies.push_back(http.body);
      kept[http.url] = std::move(done);
    }
    sent.add();
  }
  void answer(const std::string& url, int status) {
    Done done;
    {
      const std::lock_guard lock(mutex);
      done = std::exchange(kept.at(url), nullptr);
    }
    OutboundAnswer answer;
    answer.status = status;
    done(std::move(answer));
  }
  void stop() override {}
  std::mutex mutex;
  std::map<std::string, Done> kept;
  std::vector<std::string> bodies;
  Counter sent;
};

class Listener final : public Integration {
 public:
  explicit Listener(bool wants, const IntegrationId& id = kDuty)
      : Integration(id, "fingerprint"), wants_(wants) {}
  bool wants_resolved() const override { return true; }
  std::vector<TemplateField> template_fields() const override { return {}; }
  Result<BuiltRequest> build(const Notification&, const BuildContext&) const override {
    return BuiltRequest{};
  }
  DeliveryResult read(const Notification&, const OutboundAnswer&) const override { return {}; }
  bool wants_changes() const override { return wants_; }
  Result<HttpRequest> tell_change(const RulesChanged& changed, const BuildContext&) const override {
    HttpRequest request;
    request.url = id().receiver;
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

std::shared_ptr<DeliveryConfig> config_with(std::shared_ptr<const Integration> listener) {
  Problems problems;
  auto config = std::make_shared<DeliveryConfig>();
  config->templates =
      std::make_shared<const NotificationTemplates>(NotificationTemplates::make({}, problems));
  config->integrations[listener->id()] = std::move(listener);
  return config;
}

// What is reported of one change, which happened `ago`.
Reported tell(ScriptedTransport& transport, Duration ago = 0s, bool wants = true) {
  FixedClock clock;
  const auto config = config_with(std::make_shared<Listener>(wants));
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
  ScriptedTransport transport({503});
  const auto config = config_with(std::make_shared<Listener>(true));
  Counter reported;
  ChangeDesk desk(transport, clock, "here", config, [&](const auto&, auto, const auto&) { reported.add(); },
                  {24h});
  desk.close();
  desk.take({"7", kDuty, {kNow, "", {}}});
  desk.stop();
  CHECK(reported.count() == 0);
}

namespace {

// Two services, and the news that were reported, in order.
struct TwoServices {
  explicit TwoServices(Duration pause = 0s) : desk(transport, clock, "here", config(), note(), {pause}) {}
  static std::shared_ptr<const DeliveryConfig> config() {
    const auto both = config_with(std::make_shared<Listener>(true, kDuty));
    both->integrations[kOther] = std::make_shared<Listener>(true, kOther);
    return both;
  }
  ChangeDesk::Report note() {
    return [this](const ChangeNews& news, ToldOutcome, const std::string&) {
      {
        const std::lock_guard lock(mutex);
        ids.push_back(news.id);
      }
      reported.add();
    };
  }
  std::vector<std::string> reported_ids() {
    const std::lock_guard lock(mutex);
    return ids;
  }
  void take(const std::string& id, const IntegrationId& to) { desk.take({id, to, {kNow, "", {}}}); }

  FixedClock clock;
  KeepingTransport transport;
  std::mutex mutex;
  std::vector<std::string> ids;
  Counter reported;
  ChangeDesk desk;
};

}  // namespace

TEST_CASE("a service that never answers holds up its own news, and nobody else's") {
  TwoServices two;
  two.take("1", kDuty);
  two.take("2", kDuty);
  two.transport.sent.wait_for(1);
  two.take("3", kOther);
  two.transport.sent.wait_for(2);
  two.transport.answer("other", 202);
  two.reported.wait_for(1);
  two.take("4", kOther);
  two.transport.sent.wait_for(3);
  two.transport.answer("other", 202);
  two.reported.wait_for(2);
  CHECK(two.reported_ids() == std::vector<std::string>{"3", "4"});
  // Once it does, its next news follow.
  two.transport.answer("duty", 202);
  two.transport.sent.wait_for(4);
  two.transport.answer("duty", 202);
  two.reported.wait_for(4);
  CHECK(two.reported_ids() == std::vector<std::string>{"3", "4", "1", "2"});
}

TEST_CASE("a service that is tried again later holds up nobody else") {
  TwoServices two(24h);
  two.take("1", kDuty);
  two.transport.sent.wait_for(1);
  two.transport.answer("duty", 503);
  two.take("2", kOther);
  two.transport.sent.wait_for(2);
  two.transport.answer("other", 202);
  two.reported.wait_for(1);
  CHECK(two.reported_ids() == std::vector<std::string>{"2"});
  two.desk.stop();
  CHECK(two.reported_ids() == std::vector<std::string>{"2"});
}
