// What the engine makes of news about the store: alerts that nobody outside can end.
#include "app/store_alerts.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "app/engine.h"

using namespace tocsin;
using namespace std::chrono_literals;

namespace {

const TimePoint kStart = TimePoint(std::chrono::seconds(1'700'000'000));

EngineConfig plain_config() {
  auto routing = std::make_shared<RoutingConfig>();
  routing->root.receiver = "team";
  name_routes(routing->root);
  routing->receivers = {{"team", {{{"team", "slack", 0}, true, "x"}}}};
  return {std::make_shared<const EvaluatorConfig>(), routing};
}

std::unique_ptr<Engine> engine_at(TimePoint now, std::span<const Record> stored,
                                  std::vector<Record>& records) {
  Step step;
  auto engine = Engine::start(plain_config(), stored, now, step);
  records = std::move(step.records);
  return engine;
}

bool fires(const Engine& engine, std::string_view name, TimePoint now) {
  const auto alerts = engine.router().alerts(now);
  return std::any_of(alerts.begin(), alerts.end(), [&](const AlertView& view) {
    return view.alert.labels.value("alertname") == name && !view.alert.resolved_at(now);
  });
}

}  // namespace

TEST_CASE("a store that fails is an alert until it works again") {
  std::vector<Record> records;
  const auto engine = engine_at(kStart, {}, records);
  engine->handle(StoreCondition{"database or disk is full"}, kStart);
  CHECK(fires(*engine, "StorageFailing", kStart));
  const Step told = engine->handle(Tick{}, kStart + 30s);
  REQUIRE(told.deliveries.size() == 1);
  CHECK(told.deliveries[0].alerts.at(0).annotations.value("description") == "database or disk is full");

  Alert forged = told.deliveries[0].alerts.at(0);
  forged.origin = AlertOrigin::kExternal;
  forged.ends_at = kStart + 31s;
  engine->handle(AlertsPosted{{forged}}, kStart + 31s);
  CHECK(fires(*engine, "StorageFailing", kStart + 31s));

  engine->handle(StoreCondition{}, kStart + 60s);
  CHECK_FALSE(fires(*engine, "StorageFailing", kStart + 60s));
  CHECK(engine->handle(StoreCondition{}, kStart + 61s).records.empty());
}

TEST_CASE("a state that was lost is an alert for an hour, also over a restart") {
  std::vector<Record> records;
  auto engine = engine_at(kStart, {}, records);
  for (const Record& record : engine->handle(StoreReset{"tocsin.db is damaged"}, kStart).records) {
    records.push_back(record);
  }
  CHECK(fires(*engine, "StorageWasReset", kStart + 59min));
  std::vector<Record> ignored;
  engine = engine_at(kStart + 10min, records, ignored);
  CHECK(fires(*engine, "StorageWasReset", kStart + 10min));
  engine->handle(Tick{}, kStart + 1h);
  CHECK_FALSE(fires(*engine, "StorageWasReset", kStart + 1h));
}
