// What loads and goes wrong at night in routes, receivers and inhibition rules, seen without any alert:
// routes that nothing reaches, receivers that nobody hears, times that do not fit. What rules have to do with
// it is for app to say, which knows them.
#pragma once

#include <span>
#include <vector>

#include "core/finding.h"
#include "core/problem.h"
#include "core/yaml_reader.h"
#include "router/routing_config.h"

namespace tocsin {

// Those that the readers of routes and inhibition rules give as warnings too.
std::span<const FindingKind> config_finding_kinds();

// A route with its place in the file and in the tree.
struct PlacedRoute {
  const Route* route = nullptr;
  YamlNode node;
  const PlacedRoute* parent = nullptr;
  std::size_t depth = 0;  // of the root: 0
  std::size_t index = 0;  // among its siblings

  // Of the value of a key, or of the route.
  Position place(std::string_view key) const;
  // Its own matchers and those of all above it.
  Matchers all_matchers() const;
};

// Parents before children, in file order. `node` is the `route:` that the tree was read from; the list must
// not be copied, since children know their parents by address.
std::vector<std::unique_ptr<PlacedRoute>> placed_routes(const Route& root, const YamlNode& node);

// Whether each alert that matches `narrow` matches `wide` too, as far as it can be proven.
bool covers(const Matchers& wide, const Matchers& narrow);

// `configuration` is the mapping of the whole file. Only for what was read without errors.
void find_in_routing(const RoutingConfig&, const YamlNode& configuration, Problems&);

}  // namespace tocsin
