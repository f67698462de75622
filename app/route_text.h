// The routing tree as text and as DOT, and what a label set comes to in it: the words of `tocsin route`. It
// decides nothing: Route does.
#pragma once

#include <string>
#include <vector>

#include "core/labels.h"
#include "core/time.h"
#include "router/routing_config.h"

namespace tocsin {

// As amtool prints it, with what else a node says; waits only where they differ from the parent's.
std::string route_tree_text(const Route& root);
// For Graphviz: `tocsin route show --dot | dot -Tsvg`.
std::string route_tree_dot(const Route& root);

// One route that takes an alert, and what becomes of it there.
struct RoutedTo {
  const Route* route = nullptr;
  std::vector<std::string> integrations;  // slack[0]
  Labels group_labels;
  std::string group_key;
  std::vector<std::string> muted_by;  // time intervals; empty: not muted
  bool outside_active = false;        // muted because none of its active intervals holds
  TimePoint mute_changes_at = kNever;
};

std::vector<RoutedTo> route_alert(const RoutingConfig&, const Labels& alert, TimePoint now);

// Names as amtool prints them, in order, with commas.
std::string receivers_text(const std::vector<RoutedTo>&);
std::string routed_text(const std::vector<RoutedTo>&);
std::string routed_json(const std::vector<RoutedTo>&);

}  // namespace tocsin
