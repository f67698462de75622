#include "router/config_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

#include "core/duration.h"
#include "core/labels.h"
#include "router/matcher_values.h"

namespace tocsin {
namespace {

void place_route(const Route& route, const YamlNode& node, const PlacedRoute* parent, std::size_t index,
                 std::vector<std::unique_ptr<PlacedRoute>>& out) {
  out.push_back(std::make_unique<PlacedRoute>(
      PlacedRoute{&route, node, parent, parent == nullptr ? 0 : parent->depth + 1, index}));
  const PlacedRoute* self = out.back().get();
  for (const auto& [key, value] : node.entries()) {
    if (key.text() != "routes") continue;
    std::vector<YamlNode> children = value.items();
    std::erase_if(children, [](const YamlNode& child) { return child.null(); });  // as read_route does
    for (std::size_t i = 0; i < std::min(children.size(), route.routes.size()); ++i)
      place_route(route.routes[i], children[i], self, i, out);
  }
}

bool has(const YamlNode& mapping, std::string_view key) {
  return !mapping.child(key).null();
}

// A sink on purpose.
bool is_named_as_sink(std::string_view name) {
  std::string lower;
  for (const char c : name) lower += static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"null", "blackhole", "black-hole", "black_hole", "none", "drop",
                                              "void", "ignore", "noop", "nobody", "trash", "sink", "mute",
                                              "silent", "watchdog"},
      [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

class RoutingSearch {
 public:
  RoutingSearch(const RoutingConfig& routing, const YamlNode& configuration, Problems& problems)
      : routing_(routing), configuration_(configuration), problems_(problems) {}

  void run() {
    const auto routes = placed_routes(routing_.root, configuration_.child("route"));
    for (const auto& route : routes) {
      check_times(*route);
      if (route->parent == nullptr) continue;
      if (!check_reach(*route)) check_collision(*route);
      check_continue(*route);
      constexpr std::size_t kDeepest = 5;
      if (route->depth == kDeepest + 1)
        say("routes/deep", route->place(""), "this route is more than five levels below the root",
            "bring the matchers of several levels together into one route");
    }
    check_receivers(routes);
  }

 private:
  void say(std::string_view code, Position place, std::string message, std::string hint) {
    problems_.add({configuration_.file(), place, config_finding(code).severity, std::move(message),
                   std::move(hint), 0, std::string(code)});
  }

  void check_times(const PlacedRoute& route) {
    const bool own =
        route.parent == nullptr || has(route.node, "group_wait") || has(route.node, "group_interval");
    if (!own || route.route->group_wait <= route.route->group_interval) return;
    say("routes/group-wait", route.place(has(route.node, "group_wait") ? "group_wait" : "group_interval"),
        fmt::format("group_wait {} is longer than group_interval {}: a new incident is told later than an "
                    "addition to an old one",
                    format_prometheus_duration(route.route->group_wait),
                    format_prometheus_duration(route.route->group_interval)),
        "30s and 5m are usual");
  }

  static std::string described(const Route& route) {
    return fmt::format("{} to {}", to_string(route.matchers), route.receiver);
  }

  // True where a finding was made.
  bool check_reach(const PlacedRoute& route) {
    const Matchers above = route.parent->all_matchers();
    if (!may_overlap(above, route.route->matchers)) {
      say("routes/unreachable", route.place("matchers"),
          fmt::format("no alert reaches this route: what the routes above take never matches {}",
                      to_string(route.route->matchers)),
          "correct the matchers, or move the route up");
      return true;
    }
    Matchers all = above;
    all.insert(all.end(), route.route->matchers.begin(), route.route->matchers.end());
    for (std::size_t i = 0; i < route.index; ++i) {
      const Route& before = route.parent->route->routes[i];
      if (before.continues || !covers(before.matchers, all)) continue;
      say("routes/unreachable", route.place(""),
          before.matchers.empty()
              ? fmt::format(
                    "no alert reaches this route: the one to {} before it has no matchers and takes all",
                    before.receiver)
              : fmt::format("no alert reaches this route: the one before it, {}, takes all that would",
                            described(before)),
          "put the narrower route first, or add `continue: true` to the other");
      return true;
    }
    return false;
  }

  void check_collision(const PlacedRoute& route) {
    for (std::size_t i = 0; i < route.index; ++i) {
      const Route& before = route.parent->route->routes[i];
      const bool same = before.continues && before.matchers == route.route->matchers &&
                        before.receiver == route.route->receiver && before.routes.empty() &&
                        route.route->routes.empty() && before.group_by == route.route->group_by &&
                        before.mute_time_intervals == route.route->mute_time_intervals &&
                        before.active_time_intervals == route.route->active_time_intervals;
      if (!same) continue;
      say("routes/collision", route.place(""),
          fmt::format("this route takes the same alerts to {} as one before it: each is notified twice",
                      route.route->receiver),
          "remove one of the two");
      return;
    }
  }

  void check_continue(const PlacedRoute& route) {
    if (!route.route->continues) return;
    const auto& siblings = route.parent->route->routes;
    for (std::size_t i = route.index + 1; i < siblings.size(); ++i) {
      if (may_overlap(route.route->matchers, siblings[i].matchers)) return;
    }
    const bool last = route.index + 1 == siblings.size();
    say("routes/useless-continue", route.place("continue"),
        last ? "continue: true says nothing on the last route of its level"
             : "continue: true says nothing: no route behind it takes what this one takes",
        "remove it");
  }

  void check_receivers(const std::vector<std::unique_ptr<PlacedRoute>>& routes) {
    std::set<std::string_view> named, heard;
    for (const auto& route : routes) {
      named.insert(route->route->receiver);
      heard.insert(route->route->receiver);
    }
    for (const ReceiverEntry& receiver : routing_.receivers) {
      for (const IntegrationEntry& integration : receiver.integrations)
        named.insert(integration.fallback_receiver);
    }
    for (const YamlNode& node : configuration_.child("receivers").items()) {
      const std::string name = node.child("name").text();
      const ReceiverEntry* receiver = routing_.receiver(name);
      if (receiver == nullptr) continue;
      const Position place = node.child("name").position();
      if (!named.contains(name)) {
        say("receivers/unused", place, fmt::format("no route names the receiver {}", go_quote(name)),
            "name it in a route, or remove it");
      } else if (receiver->integrations.empty() && heard.contains(name) && !is_named_as_sink(name)) {
        say("receivers/empty", place,
            fmt::format("the receiver {} has no integrations: what reaches it is heard by nobody",
                        go_quote(name)),
            "add one, for example slack_configs; or call it null, where that is meant");
      }
    }
  }

  const RoutingConfig& routing_;
  const YamlNode& configuration_;
  Problems& problems_;
};

}  // namespace

Position PlacedRoute::place(std::string_view key) const {
  const YamlNode value = node.child(key);
  return value.absent() ? node.position() : value.position();
}

Matchers PlacedRoute::all_matchers() const {
  Matchers all;
  for (const PlacedRoute* at = this; at != nullptr; at = at->parent)
    all.insert(all.end(), at->route->matchers.begin(), at->route->matchers.end());
  return all;
}

std::vector<std::unique_ptr<PlacedRoute>> placed_routes(const Route& root, const YamlNode& node) {
  std::vector<std::unique_ptr<PlacedRoute>> out;
  place_route(root, node, nullptr, 0, out);
  return out;
}

bool covers(const Matchers& wide, const Matchers& narrow) {
  return std::ranges::all_of(wide, [&](const Matcher& wanted) {
    return std::ranges::any_of(narrow, [&](const Matcher& given) {
      if (given == wanted) return true;
      if (given.name() != wanted.name()) return false;
      const auto values = finite_values(given);
      return values &&
             std::ranges::all_of(*values, [&](const std::string& value) { return wanted.matches(value); });
    });
  });
}

void find_in_routing(const RoutingConfig& routing, const YamlNode& configuration, Problems& problems) {
  RoutingSearch(routing, configuration, problems).run();
}

}  // namespace tocsin
