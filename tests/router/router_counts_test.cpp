// Counts say what the views say.
#include "router/router_counts.h"

#include <doctest/doctest.h>

#include "tests/router/router_story.h"

using namespace tocsin;

namespace {

RouterCounts counted_from_views(const Router& router, TimePoint now) {
  RouterCounts counts;
  for (const AlertView& view : router.alerts(now)) {
    switch (view.status) {
      case AlertStatus::kUnprocessed:
        ++counts.unprocessed;
        break;
      case AlertStatus::kActive:
        ++counts.active;
        break;
      case AlertStatus::kSuppressed:
        ++counts.suppressed;
        break;
      case AlertStatus::kResolved:
        ++counts.resolved;
        break;
    }
  }
  counts.groups = router.groups(now).size();
  return counts;
}

// Two routes: the second takes again what the first took, where it is labelled so.
RoutingConfig two_routes() {
  RoutingConfig config = plain_config();
  Route route;
  route.receiver = "team";
  route.continues = true;
  config.root.routes = {route, route};
  config.root.routes[1].matchers = {equals("twice", "yes")};
  name_routes(config.root);
  InhibitRule rule;
  rule.source = {equals("alertname", "Source")};
  rule.target = {equals("alertname", "Once")};
  config.inhibit_rules = {rule};
  return config;
}

}  // namespace

TEST_CASE("counts say of alerts what the views say, and count one in two groups once") {
  RouterStory story(two_routes());
  const auto counts = [&] {
    const RouterCounts counted = story.router().counts(at(story.now()));
    CHECK(counted == counted_from_views(story.router(), at(story.now())));
    return counted;
  };
  CHECK(counts() == RouterCounts{});
  story.fires("Once", 0);
  story.fires(Labels{{"alertname", "Twice"}, {"twice", "yes"}}, 0);
  CHECK(counts() == RouterCounts{.unprocessed = 2, .groups = 2});
  story.run_until(40);
  CHECK(counts() == RouterCounts{.active = 2, .groups = 2});
  const std::string silence = story.silences(equals("twice", "yes"), 50, 5000);
  CHECK(counts() == RouterCounts{.active = 1, .suppressed = 1, .groups = 2});
  story.expires(silence, 60);
  story.fires("Source", 61);
  CHECK(counts().suppressed == 1);
  story.resolves("Source", 62);
  story.resolves("Once", 70);
  CHECK(counts().resolved == 2);
  story.reloads(plain_config(), 80);
  counts();
  story.restarts(90);
  counts();
  story.run_until(2000);
  CHECK(counts().active == 1);
}
