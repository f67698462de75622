#include "app/cross_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/alert_kinds.h"
#include "app/receiver_template_labels.h"
#include "core/nearest_name.h"
#include "router/config_findings.h"
#include "router/matcher_values.h"

namespace tocsin {
namespace {

class CrossSearch {
 public:
  CrossSearch(const CheckedSources& sources, const Configuration& configuration, Problems& problems)
      : sources_(sources),
        routing_(*configuration.engine.routing),
        root_(sources.configuration->root),
        problems_(problems),
        routes_(placed_routes(routing_.root, root_.child("route"))),
        template_labels_(receiver_template_labels(root_.child("receivers"))) {
    const auto& groups = configuration.engine.evaluator->groups;
    if (!groups.empty()) external_ = groups.front()->external_labels;
    for (std::size_t i = 0; i < routes_.size(); ++i) index_[routes_[i]->route] = i;
  }

  void run() {
    collect_names();
    kinds_ = alert_kinds(sources_, names_, external_);
    if (std::ranges::none_of(kinds_, &AlertKind::of_rules)) return;
    for (AlertKind& alerts : kinds_) follow(alerts);
    check_rules();
    check_routes();
    check_inhibition();
    check_receivers();
  }

 private:
  void say(std::string_view code, Position place, std::string message, std::string hint) {
    problems_.add({root_.file(), place, cross_finding(code).severity, std::move(message), std::move(hint), 0,
                   std::string(code)});
  }

  // Labels that somebody asks for.
  void collect_names() {
    const auto add = [&](const Matchers& matchers) {
      for (const Matcher& matcher : matchers) names_.insert(matcher.name());
    };
    for (const auto& route : routes_) {
      add(route->route->matchers);
      names_.insert(route->route->group_by.begin(), route->route->group_by.end());
    }
    for (const InhibitRule& rule : routing_.inhibit_rules) {
      add(rule.source);
      add(rule.target);
      names_.insert(rule.equal.begin(), rule.equal.end());
    }
    for (const ReceiverTemplateLabel& label : template_labels_) names_.insert(label.name);
  }

  void follow(AlertKind& alerts) const {
    alerts.passes.assign(routes_.size(), false);
    alerts.arrives.assign(routes_.size(), false);
    follow(routing_.root, alerts);
  }
  void follow(const Route& route, AlertKind& alerts) const {
    const std::size_t index = index_.at(&route);
    alerts.passes[index] = true;
    bool surely_taken = false;
    for (const Route& next : route.routes) {
      const Taken taken = taken_by(next.matchers, alerts);
      if (taken == Taken::kNo) continue;
      follow(next, alerts);
      surely_taken = surely_taken || taken == Taken::kSurely;
      if (taken == Taken::kSurely && !next.continues) break;
    }
    if (!surely_taken) alerts.arrives[index] = true;
  }

  // Alerts that reach the root only.
  static bool only_default(const AlertKind& alerts) { return std::ranges::count(alerts.passes, true) == 1; }

  void check_rules() {
    const ReceiverEntry* receiver = routing_.receiver(routing_.root.receiver);
    const bool unheard = receiver != nullptr && receiver->integrations.empty();
    for (const AlertKind& alerts : kinds_) {
      if (!alerts.of_rules() || !only_default(alerts)) continue;
      if (unheard) {
        for (const auto& [file, rule] : alerts.rules)
          at_rule("routes/unheard", *file, *rule,
                  fmt::format("alert {}: no route takes it, and the receiver {} of the root tells nobody",
                              rule->rule->name, go_quote(routing_.root.receiver)),
                  "add a route for it");
      } else {
        check_values(alerts);
      }
    }
  }

  // A label by whose values the root's children part alerts, with a value that none of them wants.
  void check_values(const AlertKind& alerts) {
    for (const std::string& name : names_) {
      const KnownLabel label = alerts.of(name);
      if (name == "alertname" || name == "severity" || label.presence != Presence::kSurely || !label.fixed)
        continue;
      std::set<std::string> wanted;
      bool only_values = true;
      for (const Route& route : routing_.root.routes) {
        for (const Matcher& matcher : route.matchers) {
          if (matcher.name() != name) continue;
          const auto values = finite_values(matcher);
          only_values = only_values && values.has_value();
          if (values) wanted.insert(values->begin(), values->end());
        }
      }
      if (!only_values || wanted.empty() || wanted.contains(std::string(label.value))) continue;
      const std::string hint =
          did_you_mean(label.value, std::vector<std::string>(wanted.begin(), wanted.end()));
      // One value beside many routes may well be meant for the default; a near one hardly is.
      if (wanted.size() < 2 && hint.empty()) continue;
      for (const auto& [file, rule] : alerts.rules)
        at_rule("routes/default", *file, *rule,
                fmt::format("alert {}: there is no route for {}={}, so it goes to the default receiver {}",
                            rule->rule->name, name, go_quote(label.value), go_quote(routing_.root.receiver)),
                hint.empty() ? "add a route for it, or correct the label" : hint);
      return;
    }
  }

  void at_rule(std::string_view code, const CheckedRuleFile& file, const CheckedRule& rule,
               std::string message, std::string hint) {
    const Place place = file.place(rule, "alert");
    problems_.add({file.file(), place.position, cross_finding(code).severity, std::move(message),
                   std::move(hint), place.length, std::string(code)});
  }

  bool any(auto&& condition) const { return std::ranges::any_of(kinds_, condition); }

  void check_routes() {
    for (std::size_t i = 0; i < routes_.size(); ++i) {
      const PlacedRoute& route = *routes_[i];
      if (route.parent == nullptr) {
        check_group_by(i);
      } else if (any([&](const AlertKind& alerts) { return alerts.passes[i]; })) {
        check_group_by(i);
      } else if (any([&](const AlertKind& alerts) {
                   return alerts.passes[index_.at(route.parent->route)];
                 })) {
        // What hangs below a route that nothing reaches is not told as well.
        say("routes/no-rule", route.place(""),
            fmt::format("the alerts of no rule reach this route: none can match {}",
                        to_string(route.route->matchers)),
            nearest_value(route));
      }
    }
  }

  // A value of rules that is near to the one that the route wants.
  std::string nearest_value(const PlacedRoute& route) const {
    for (const Matcher& matcher : route.route->matchers) {
      if (matcher.type() != MatchType::kEqual) continue;
      std::set<std::string> values;
      for (const AlertKind& alerts : kinds_) {
        const KnownLabel label = alerts.of(matcher.name());
        if (alerts.of_rules() && label.fixed) values.emplace(label.value);
      }
      if (values.contains(matcher.value())) continue;
      std::string hint =
          did_you_mean(matcher.value(), std::vector<std::string>(values.begin(), values.end()));
      if (!hint.empty()) return hint;
    }
    return "correct the matchers, unless its alerts are posted from outside";
  }

  void check_group_by(std::size_t index) {
    const PlacedRoute& route = *routes_[index];
    const bool own = route.parent == nullptr || !route.node.child("group_by").null();
    if (!own || route.route->group_by_all) return;
    for (const std::string& label : route.route->group_by) {
      bool reached = false, carried = false;
      for (const AlertKind& alerts : kinds_) {
        if (!alerts.of_rules() || !alerts.passes[index]) continue;
        reached = true;
        carried = carried || alerts.of(label).presence != Presence::kCannot;
      }
      if (!reached || carried) continue;
      say("routes/group-by", route.place("group_by"),
          fmt::format("alerts are grouped by {}, which no rule that reaches this route can have", label),
          "remove it, or keep the label in the rules");
    }
  }

  void check_inhibition() {
    for (const InhibitRule& rule : routing_.inhibit_rules) {
      if (!can_inhibit(rule)) continue;
      std::vector<const AlertKind*> sources, targets;
      for (const AlertKind& alerts : kinds_) {
        if (taken_by(rule.source, alerts) != Taken::kNo) sources.push_back(&alerts);
        if (taken_by(rule.target, alerts) != Taken::kNo) targets.push_back(&alerts);
      }
      if (sources.empty() || targets.empty()) {
        const bool source = sources.empty();
        say("inhibition/no-rule", rule.position,
            fmt::format(
                "no rule makes an alert that could be a {} of the inhibition rule {}: none can match {}",
                source ? "source" : "target", describe(rule), to_string(source ? rule.source : rule.target)),
            "correct the matchers, unless such alerts are posted from outside");
        continue;
      }
      for (const std::string& label : rule.equal) check_equal(rule, label, sources, targets);
    }
  }

  void check_equal(const InhibitRule& rule, const std::string& label,
                   const std::vector<const AlertKind*>& sources,
                   const std::vector<const AlertKind*>& targets) {
    const auto every = [&](const std::vector<const AlertKind*>& side, Presence presence) {
      return std::ranges::all_of(
          side, [&](const AlertKind* alerts) { return alerts->of(label).presence == presence; });
    };
    const bool no_source = every(sources, Presence::kCannot), no_target = every(targets, Presence::kCannot);
    if (no_source && no_target) {
      say("inhibition/equal", rule.position,
          fmt::format(
              "the inhibition rule {} compares {}, which no source and no target among the rules can have: "
              "it says nothing",
              describe(rule), label),
          "compare a label that both have, or keep this one in the rules");
    } else if ((no_source && every(targets, Presence::kSurely)) ||
               (no_target && every(sources, Presence::kSurely))) {
      say("inhibition/equal", rule.position,
          fmt::format(
              "the inhibition rule {} never inhibits alerts of rules: its {} always have {}, its {} cannot",
              describe(rule), no_source ? "targets" : "sources", label, no_source ? "sources" : "targets"),
          "compare a label that both have, or keep this one in the rules");
    }
  }

  void check_receivers() {
    for (const YamlNode& node : root_.child("receivers").items()) {
      const std::string name = node.child("name").text();
      std::vector<std::size_t> routes;
      for (std::size_t i = 0; i < routes_.size(); ++i) {
        if (routes_[i]->route->receiver == name) routes.push_back(i);
      }
      if (routes.empty()) continue;
      const auto reaches = [&](const AlertKind& alerts) {
        return std::ranges::any_of(routes, [&](std::size_t route) { return alerts.arrives[route]; });
      };
      if (!any(reaches) && name != routing_.root.receiver) {
        say("receivers/no-rule", node.child("name").position(),
            fmt::format("the alerts of no rule reach the receiver {}", go_quote(name)),
            "correct the matchers of its routes, unless its alerts are posted from outside");
      }
      check_texts(name, routes, reaches);
    }
  }

  void check_texts(const std::string& receiver, const std::vector<std::size_t>& routes, auto&& reaches) {
    for (const ReceiverTemplateLabel& label : template_labels_) {
      if (label.receiver != receiver) continue;
      if (label.of_group) {
        const bool grouped = std::ranges::any_of(routes, [&](std::size_t index) {
          const Route& route = *routes_[index]->route;
          return route.group_by_all || std::ranges::find(route.group_by, label.name) != route.group_by.end();
        });
        if (grouped || is_fallback(receiver)) continue;
        say("receivers/group-label", label.position,
            fmt::format(".GroupLabels.{} is always empty: no route to {} groups by it", label.name,
                        go_quote(receiver)),
            fmt::format("add it to group_by, or write .CommonLabels.{}", label.name));
        continue;
      }
      bool reached = false, carried = false;
      for (const AlertKind& alerts : kinds_) {
        if (!reaches(alerts)) continue;
        reached = reached || alerts.of_rules();
        carried = carried || (alerts.of_rules() && alerts.of(label.name).presence != Presence::kCannot);
      }
      if (!reached || carried || is_fallback(receiver)) continue;
      say("receivers/no-label", label.position,
          fmt::format(".CommonLabels.{} is always empty for alerts of rules: none that reach {} can have it",
                      label.name, go_quote(receiver)),
          "keep the label in the rules, or leave it out here");
    }
  }

  // Hears for others too, with their groups.
  bool is_fallback(const std::string& receiver) const {
    for (const ReceiverEntry& entry : routing_.receivers) {
      for (const IntegrationEntry& integration : entry.integrations) {
        if (integration.fallback_receiver == receiver) return true;
      }
    }
    return false;
  }

  const CheckedSources& sources_;
  const RoutingConfig& routing_;
  const YamlNode& root_;
  Problems& problems_;
  Labels external_;
  std::vector<std::unique_ptr<PlacedRoute>> routes_;
  std::vector<ReceiverTemplateLabel> template_labels_;
  std::unordered_map<const Route*, std::size_t> index_;
  std::set<std::string> names_;
  std::vector<AlertKind> kinds_;
};

}  // namespace

void find_across(const CheckedSources& sources, const Configuration& configuration, Problems& problems) {
  if (sources.configuration) CrossSearch(sources, configuration, problems).run();
}

}  // namespace tocsin
