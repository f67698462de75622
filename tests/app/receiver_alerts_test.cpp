// What the engine makes of news about receivers: alerts that are routed like all others.
#include "app/receiver_alerts.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "app/engine.h"

using namespace tocsin;
using namespace std::chrono_literals;

namespace {

const TimePoint kStart = TimePoint(std::chrono::seconds(1'700'000'000));

// All alerts to "team", but news about receivers to "ops".
EngineConfig with_ops(const std::string& fingerprint = "x") {
  auto routing = std::make_shared<RoutingConfig>();
  routing->root.receiver = "team";
  routing->root.group_by = {"alertname"};
  routing->root.group_wait = 0s;
  Route ops;
  ops.receiver = "ops";
  ops.group_wait = 0s;
  ops.matchers.push_back(*Matcher::make("alertname", MatchType::kRegex, "ReceiverFailing|Notification.*"));
  routing->root.routes.push_back(ops);
  name_routes(routing->root);
  routing->receivers = {{"team", {{{"team", "slack", 0}, true, fingerprint}}},
                        {"ops", {{{"ops", "email", 0}, true, "y"}}}};
  return {std::make_shared<const EvaluatorConfig>(), routing};
}

Alert firing(const std::string& name) {
  Alert alert;
  alert.labels = Labels{{"alertname", name}};
  alert.starts_at = kStart;
  return alert;
}

DeliveryResult refused() {
  DeliveryResult result;
  result.outcome = DeliveryResult::Outcome::kRejected;
  result.status = 404;
  result.message = "no_service";
  return result;
}

// An engine whose answers and records are kept.
struct Run {
  explicit Run(EngineConfig config = with_ops()) { start(std::move(config), kStart); }

  void start(EngineConfig config, TimePoint now) {
    std::vector<Record> stored;
    for (const auto& [name, value] : records) stored.push_back({name.first, name.second, value});
    Step first;
    engine = Engine::start(std::move(config), stored, now, first);
    take(std::move(first));
  }
  void handle(Event event, TimePoint now) { take(engine->handle(std::move(event), now)); }
  void take(Step step) {
    for (Record& record : step.records) {
      if (record.value)
        records[{record.bucket, record.key}] = *record.value;
      else
        records.erase({record.bucket, record.key});
    }
    for (Notification& sent : step.deliveries) deliveries.push_back(std::move(sent));
  }
  std::size_t told(const std::string& receiver, const std::string& name) const {
    return static_cast<std::size_t>(std::ranges::count_if(deliveries, [&](const Notification& sent) {
      return sent.integration.receiver == receiver && sent.alerts.at(0).labels.value("alertname") == name;
    }));
  }
  const Alert* alert(const std::string& name, TimePoint now) {
    found = engine->router().alerts(now);
    for (const AlertView& view : found) {
      if (view.alert.labels.value("alertname") == name && !view.alert.resolved_at(now)) return &view.alert;
    }
    return nullptr;
  }
  // Three groups, all of them refused.
  void refuse_three() {
    handle(AlertsPosted{{firing("A"), firing("B"), firing("C")}}, kStart);
    const auto sent = deliveries;
    for (const Notification& one : sent) handle(DeliveryFinished{one.id, refused()}, kStart + 1s);
  }

  std::map<std::pair<std::string, std::string>, std::string> records;
  std::vector<Notification> deliveries;
  std::vector<AlertView> found;
  std::unique_ptr<Engine> engine;
};

}  // namespace

TEST_CASE("a receiver that refuses everybody is an alert, until something arrives") {
  Run run;
  run.refuse_three();
  const Alert* alert = run.alert("ReceiverFailing", kStart + 1s);
  REQUIRE(alert != nullptr);
  CHECK(alert->labels.value("integration") == "team/slack[0]");
  CHECK(alert->labels.value("receiver") == "team");
  CHECK(alert->annotations.value("description") == "no_service");
  CHECK(run.told("ops", "ReceiverFailing") == 1);

  run.deliveries.clear();
  run.handle(Tick{}, kStart + 31s);  // the probe
  REQUIRE(run.told("team", "A") + run.told("team", "B") + run.told("team", "C") == 1);
  DeliveryResult ok;
  ok.status = 200;
  run.handle(DeliveryFinished{run.deliveries.back().id, ok}, kStart + 32s);
  CHECK(run.alert("ReceiverFailing", kStart + 32s) == nullptr);
}

TEST_CASE("a receiver that fails goes on failing over a restart, and a changed one starts anew") {
  Run run;
  run.refuse_three();
  run.start(with_ops(), kStart + 5s);
  CHECK(run.alert("ReceiverFailing", kStart + 5s) != nullptr);
  run.handle(ConfigLoaded{with_ops("another url")}, kStart + 6s);
  CHECK(run.alert("ReceiverFailing", kStart + 6s) == nullptr);

  Run again;
  again.refuse_three();
  again.start(with_ops("another url"), kStart + 5s);
  CHECK(again.alert("ReceiverFailing", kStart + 5s) == nullptr);
}

TEST_CASE("a template that fails is an alert for an hour after the last time, told once") {
  Run run;
  run.handle(AlertsPosted{{firing("A")}}, kStart);
  DeliveryResult plain;
  plain.status = 200;
  plain.template_error = "the template of text failed: no such function";
  run.handle(DeliveryFinished{run.deliveries.at(0).id, plain}, kStart + 1s);
  const Alert* alert = run.alert("NotificationTemplateFailing", kStart + 1s);
  REQUIRE(alert != nullptr);
  CHECK(alert->annotations.value("description") == plain.template_error);
  CHECK(run.told("ops", "NotificationTemplateFailing") == 1);

  // Its own page may fail in the same way: that is no news, and no circle.
  run.handle(DeliveryFinished{run.deliveries.back().id, plain}, kStart + 2s);
  const std::size_t before = run.deliveries.size();
  run.handle(Tick{}, kStart + 40min);
  CHECK(run.deliveries.size() == before + (run.told("ops", "NotificationTemplateFailing") - 1));
  run.handle(Tick{}, kStart + 62min);
  CHECK(run.alert("NotificationTemplateFailing", kStart + 62min) == nullptr);
}
