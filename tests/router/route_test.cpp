#include "router/route.h"

#include <doctest/doctest.h>

#include "router/alert_order.h"
#include "tests/router/router_story.h"

using namespace tocsin;

namespace {

Route node(std::string receiver, Matchers matchers, std::vector<Route> routes = {}) {
  Route route;
  route.receiver = std::move(receiver);
  route.matchers = std::move(matchers);
  route.routes = std::move(routes);
  return route;
}

std::string receivers_of(const Route& root, const Labels& labels) {
  std::string out;
  for (const Route* route : root.match(labels)) out += (out.empty() ? "" : " ") + route->receiver;
  return out;
}

}  // namespace

TEST_CASE("An alert goes to the deepest routes that take it; only `continue` looks further") {
  Route critical = node("pager", {equals("severity", "critical")});
  Route database =
      node("dba", {equals("team", "db")}, {critical, node("night", {equals("severity", "night")})});
  Route audit = node("audit", {equals("team", "db")});
  audit.continues = true;
  Route root = node("default", {}, {audit, database, node("late", {equals("team", "db")})});
  name_routes(root);
  CHECK(receivers_of(root, Labels{{"team", "web"}}) == "default");
  CHECK(receivers_of(root, Labels{{"team", "db"}}) == "audit dba");
  CHECK(receivers_of(root, Labels{{"team", "db"}, {"severity", "critical"}}) == "audit pager");
  CHECK(receivers_of(root, Labels{}) == "default");
}

TEST_CASE("A child that continues and is the last still keeps the alert from its parent") {
  Route child = node("child", {equals("a", "1")});
  child.continues = true;
  Route root = node("default", {}, {child});
  name_routes(root);
  CHECK(receivers_of(root, Labels{{"a", "1"}}) == "child");
}

TEST_CASE("Keys and ids of routes are those of Alertmanager") {
  Route leaf = node("leaf", {equals("sev", "b"), equals("env", "x"), equals("env", "a")});
  Route root = node("default", {}, {node("first", {}), node("team", {equals("team", "x")}, {leaf})});
  name_routes(root);
  CHECK(root.key == "{}");
  CHECK(root.id == "{}");
  CHECK(root.routes[0].key == "{}/{}");
  CHECK(root.routes[0].id == "{}/{}/0");
  CHECK(root.routes[1].key == "{}/{team=\"x\"}");
  CHECK(root.routes[1].id == "{}/{team=\"x\"}/1");
  CHECK(root.routes[1].routes[0].key == "{}/{team=\"x\"}/{env=\"a\",env=\"x\",sev=\"b\"}");
  CHECK(root.routes[1].routes[0].id == "{}/{team=\"x\"}/1/{env=\"a\",env=\"x\",sev=\"b\"}/0");
  CHECK(all_routes(root).size() == 4);
}

TEST_CASE("Group labels are those of group_by that the alert has") {
  Route route;
  Labels alert{{"alertname", "A"}, {"cluster", "eu"}, {"pod", "p"}};
  CHECK(route.group_labels(alert) == Labels{});
  route.group_by = {"cluster", "zone"};
  CHECK(route.group_labels(alert) == Labels{{"cluster", "eu"}});
  route.group_by_all = true;
  CHECK(route.group_labels(alert) == alert);
}

TEST_CASE("Alerts are ordered by job, then instance, then label set") {
  const std::vector<Labels> ordered = {
      Labels{{"job", "a"}, {"instance", "1"}, {"x", "1"}},
      Labels{{"job", "a"}, {"instance", "2"}},
      Labels{{"job", "a"}},
      Labels{{"job", "b"}, {"instance", "0"}},
      Labels{{"instance", "0"}, {"z", "1"}},
      Labels{{"z", "1"}},
      Labels{{"a", "2"}, {"b", "1"}},
      Labels{{"a", "2"}, {"b", "2"}},
      Labels{{"a", "3"}, {"b", "1"}},
  };
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    for (std::size_t j = 0; j < ordered.size(); ++j) {
      CAPTURE(i);
      CAPTURE(j);
      CHECK(notified_before(ordered[i], ordered[j]) == (i < j));
    }
  }
  // Of two sets of the same size the one that lacks the first differing name is first.
  CHECK(notified_before(Labels{{"b", "1"}}, Labels{{"a", "1"}}));
}
