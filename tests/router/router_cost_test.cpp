// What a step may cost: re-sent alerts touch no memory, and a step costs what is due, not what exists.
#include <doctest/doctest.h>

#include <cstdlib>
#include <new>

#include "tests/router/router_story.h"

namespace {
std::size_t allocations = 0;
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

using namespace tocsin;

namespace {

std::vector<Alert> posted_alerts(int count, double second) {
  std::vector<Alert> alerts;
  for (int i = 0; i < count; ++i) {
    Alert alert;
    alert.labels = Labels{{"alertname", "A"}, {"instance", std::to_string(i)}};
    alert.annotations = Labels{{"summary", "some text that is longer than a small string"}};
    alert.generator_url = "http://prometheus.example.org/graph?g0.expr=up";
    alert.starts_at = at(0);
    alert.updated_at = at(second);
    alert.ends_at = at(second + 300);
    alerts.push_back(std::move(alert));
  }
  return alerts;
}

}  // namespace

TEST_CASE("Alerts that are sent again unchanged cost no allocation and no record") {
  RoutingConfig config = plain_config();
  config.root.group_by_all = true;
  Router router(std::make_shared<RoutingConfig>(config));
  RouterOutput out;
  router.accept(posted_alerts(200, 0), at(0), out);
  router.advance(at(30), out);
  CHECK(out.deliveries.size() == 200);
  std::vector<Alert> again = posted_alerts(200, 60);
  RouterOutput quiet;
  std::size_t before = allocations;
  router.accept(again, at(60), quiet);
  std::size_t used = allocations - before;
  CHECK(used == 0);
  CHECK(quiet.records.empty());
  CHECK(quiet.notices.empty());
}

TEST_CASE("What a step changes several times is written down once, when the step is over") {
  RoutingConfig config = plain_config();
  config.root.group_wait = Duration::zero();
  Router router(std::make_shared<RoutingConfig>(config));
  RouterOutput out;
  router.accept(posted_alerts(1, 0), at(0), out);
  std::vector<Alert> edited = posted_alerts(1, 1);
  edited[0].annotations = Labels{{"summary", "edited"}};
  router.accept(edited, at(0), out);
  CHECK(out.records.empty());
  router.advance(at(0), out);
  REQUIRE(out.deliveries.size() == 1);
  std::map<std::string, int> written;
  for (const Record& record : out.records) ++written[record.bucket];
  CHECK(written == std::map<std::string, int>{{"alert", 1}, {"group", 1}, {"told", 1}});
}

TEST_CASE("A step in which nothing is due costs nothing, however many groups there are") {
  RoutingConfig config = plain_config();
  config.root.group_by_all = true;
  Router router(std::make_shared<RoutingConfig>(config));
  RouterOutput out;
  router.accept(posted_alerts(200, 0), at(0), out);
  router.advance(at(30), out);
  RouterOutput quiet;
  std::size_t before = allocations;
  router.advance(at(31), quiet);
  CHECK(router.next_deadline() == at(300));
  std::size_t used = allocations - before;
  CHECK(used == 0);
}
