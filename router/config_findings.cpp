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

constexpr FindingKind kKinds[] = {
    {
        "inhibition/cycle",
        Severity::kWarning,
        "inhibition rules that can keep alerts quiet in a circle",
        R"(Where A inhibits B and B inhibits A, both fire and nobody hears of either. Write the matchers so that no target
of one rule can be a source of the next.)",
    },
    {
        "inhibition/no-equal",
        Severity::kWarning,
        "an inhibition rule without equal labels: one source anywhere keeps every target quiet",
        R"(Without `equal` a critical alert of one cluster silences the warnings of all others.

    inhibit_rules:
    - source_matchers: [severity="critical"]
      target_matchers: [severity="warning"]
      equal: [cluster, alertname])",
    },
    {
        "inhibition/no-matchers",
        Severity::kWarning,
        "an inhibition rule for which every alert is a source, or a target",
        "A side without matchers takes every alert. Name what is meant with source_matchers and "
        "target_matchers.",
    },
    {
        "inhibition/same-matchers",
        Severity::kWarning,
        "an inhibition rule that never inhibits anything: its two sides are the same",
        R"(An alert that matches both sides is never inhibited by another that does too, so that alerts cannot silence
each other. A rule whose sides are the same therefore does nothing.)",
    },
    {
        "receivers/empty",
        Severity::kNote,
        "a receiver without integrations: what reaches it is heard by nobody",
        R"(A receiver that has nothing but a name takes alerts and tells no one. Where that is meant, call it null,
blackhole, none or drop, and nothing is said.)",
    },
    {
        "receivers/unused",
        Severity::kNote,
        "a receiver that no route names",
        "Nothing is ever sent to it. Name it in a route, or remove it.",
    },
    {
        "routes/collision",
        Severity::kWarning,
        "two routes beside each other take the same alerts to the same receiver",
        R"(With `continue: true` the first passes its alerts on, and the second sends them to the same receiver again:
each is notified twice. Remove one of the two.)",
    },
    {
        "routes/deep",
        Severity::kNote,
        "a route more than five levels below the root",
        R"(A deep tree is hard to foresee at night: what a route does depends on all above it. Often the matchers of
several levels fit into one route. `tocsin route` shows where an alert goes.)",
    },
    {
        "routes/group-wait",
        Severity::kWarning,
        "group_wait is longer than group_interval",
        R"(group_wait is how long the first alert of a group waits for others, group_interval how long those wait that
come later. With the first longer, a new incident is told later than an addition to an old one.

    usual:  group_wait: 30s    group_interval: 5m)",
    },
    {
        "routes/repeat-interval",
        Severity::kWarning,
        "repeat_interval is shorter than group_interval",
        "A group speaks only every group_interval, so that repeats come no sooner than that.",
    },
    {
        "routes/unreachable",
        Severity::kWarning,
        "a route that no alert reaches",
        R"(An alert goes to the first route that matches, and further only with `continue: true` there. What a route before
takes already, and what the route above never passes on, does not arrive.

    wrong:  routes:
            - receiver: team
              matchers: [team="db"]
            - receiver: pager
              matchers: [team="db", severity="critical"]    the first has taken it
    right:  the narrower route first)",
    },
    {
        "routes/useless-continue",
        Severity::kNote,
        "continue: true with nothing to go on to",
        "No route behind this one can take an alert that this one takes, so `continue` says nothing. Remove "
        "it.",
    },
};

const FindingKind& kind(std::string_view code) {
  for (const FindingKind& known : kKinds) {
    if (known.code == code) return known;
  }
  return kKinds[0];
}

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

YamlNode child(const YamlNode& mapping, std::string_view key) {
  for (const auto& [name, value] : mapping.entries()) {
    if (name.text() == key) return value;
  }
  return {};
}

bool has(const YamlNode& mapping, std::string_view key) {
  return !child(mapping, key).null();
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
    const auto routes = placed_routes(routing_.root, child(configuration_, "route"));
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
    problems_.add({configuration_.file(), place, kind(code).severity, std::move(message), std::move(hint), 0,
                   std::string(code)});
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
    for (const YamlNode& node : child(configuration_, "receivers").items()) {
      const std::string name = child(node, "name").text();
      const ReceiverEntry* receiver = routing_.receiver(name);
      if (receiver == nullptr) continue;
      const Position place = child(node, "name").position();
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

std::span<const FindingKind> config_finding_kinds() {
  return kKinds;
}

Position PlacedRoute::place(std::string_view key) const {
  const YamlNode value = child(node, key);
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
