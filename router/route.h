// A Route is a node of the routing tree: which alerts it takes, who hears of them, how they are grouped and
// when the groups speak. What a node inherits is already filled in, so a Route is read without its parent. It
// holds no state: groups do. Owned by RoutingConfig; never changed after it was read.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/matcher.h"
#include "core/problem.h"
#include "core/time.h"
#include "core/yaml_reader.h"

namespace tocsin {

struct Route {
  std::string receiver;
  std::vector<std::string> group_by;  // sorted; empty: one group for all alerts of the route
  bool group_by_all = false;          // `['...']`: every label
  Duration group_wait = std::chrono::seconds(30);
  Duration group_interval = std::chrono::minutes(5);
  Duration repeat_interval = std::chrono::hours(4);
  Matchers matchers;  // all must match; sorted by name, value, operator
  bool continues = false;
  // Names of time intervals: in which the route is quiet, and (where there are any) in which alone it speaks.
  // Not inherited; quiet wins.
  std::vector<std::string> mute_time_intervals;
  std::vector<std::string> active_time_intervals;
  std::map<std::string, std::string> labels;  // of the route, for templates; values are templates themselves
  std::vector<Route> routes;

  // Set by name_routes. The key feeds the outward deduplication ids and is byte-equal to Alertmanager's:
  // `{}/{team="x"}`. It is not unique: siblings may have the same matchers. The id is: `{}/{team="x"}/0`; it
  // names groups inside.
  std::string key;
  std::string id;

  // The routes that take an alert, depth first: a child that matches takes it from its parent, and from its
  // later siblings too unless it says `continue`. Never empty when asked of a root.
  std::vector<const Route*> match(const Labels&) const;

  // Those of group_by that the alert has; absent ones are left out.
  Labels group_labels(const Labels& alert) const;
};

// Sorts matchers and group_by and fills in key and id of the whole tree.
void name_routes(Route& root);

// Every node, parents before children, in file order.
std::vector<const Route*> all_routes(const Route& root);

// Decodes a `route:` block with everything that Alertmanager's loader refuses (config/config.go); all problems
// are collected, and the tree is usable only if there are none. `receivers` and `time_intervals` are the names
// that exist.
Route read_route(const YamlNode&, const std::vector<std::string>& receivers,
                 const std::vector<std::string>& time_intervals, MatcherDialect, Problems&);

}  // namespace tocsin
