#include "app/route_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/duration.h"
#include "core/json.h"
#include "router/group.h"
#include "router/route_mute.h"

namespace tocsin {
namespace {

std::string grouping(const Route& route) {
  if (route.group_by_all) return "...";
  return fmt::format("{}", fmt::join(route.group_by, ","));
}

// What a node says: title first, then one text for each fact.
std::vector<std::string> facts_of(const Route& route, const Route* parent) {
  std::vector<std::string> facts;
  facts.push_back(route.matchers.empty() ? "default-route" : to_string(route.matchers));
  if (route.continues) facts.push_back("continue: true");
  facts.push_back("receiver: " + route.receiver);
  if (route.group_by_all || !route.group_by.empty()) {
    facts.push_back("grouping: [" + grouping(route) + "]");
  } else if (parent != nullptr && (parent->group_by_all || !parent->group_by.empty())) {
    facts.push_back("grouping: []");
  }
  const auto wait = [&](const char* name, Duration Route::*member) {
    if (parent != nullptr && parent->*member == route.*member) return;
    facts.push_back(fmt::format("{}: {}", name, format_prometheus_duration(route.*member)));
  };
  wait("group_wait", &Route::group_wait);
  wait("group_interval", &Route::group_interval);
  wait("repeat_interval", &Route::repeat_interval);
  const auto names = [&](const char* key, const std::vector<std::string>& values) {
    if (!values.empty()) facts.push_back(fmt::format("{}: [{}]", key, fmt::join(values, ",")));
  };
  names("mute_time_intervals", route.mute_time_intervals);
  names("active_time_intervals", route.active_time_intervals);
  return facts;
}

void add_tree(const Route& route, const Route* parent, const std::string& indent, std::string_view branch,
              std::string_view below, std::string& out) {
  out += indent;
  out += branch;
  out += fmt::format("{}\n", fmt::join(facts_of(route, parent), "  "));
  const std::string deeper = indent + std::string(below);
  for (std::size_t i = 0; i < route.routes.size(); ++i) {
    const bool last = i + 1 == route.routes.size();
    add_tree(route.routes[i], &route, deeper, last ? "└── " : "├── ", last ? "    " : "│   ", out);
  }
}

// Inside the quotes of DOT only the quote itself and the backslash are special; \l ends a line to the left.
std::string dot_escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\l";
    } else {
      out += c;
    }
  }
  return out;
}

void add_dot(const Route& route, const Route* parent, std::size_t& next, std::string& out) {
  const std::size_t number = next++;
  std::string label;
  for (const std::string& fact : facts_of(route, parent)) label += dot_escaped(fact) + "\\l";
  out += fmt::format("  r{} [label=\"{}\"];\n", number, label);
  for (const Route& child : route.routes) {
    const std::size_t child_number = next;
    add_dot(child, &route, next, out);
    out += fmt::format("  r{} -> r{}{};\n", number, child_number,
                       child.continues ? " [style=dashed, label=\"continue\"]" : "");
  }
}

std::string mute_text(const RoutedTo& to) {
  if (to.route->mute_time_intervals.empty() && to.route->active_time_intervals.empty()) return "at any time";
  const std::string until =
      to.mute_changes_at == kNever ? "" : " until " + format_rfc3339(to.mute_changes_at);
  if (to.muted_by.empty()) return "not muted" + until;
  return fmt::format("muted{} {}{}", to.outside_active ? " outside of" : " by", fmt::join(to.muted_by, ", "),
                     until);
}

void write_names(JsonWriter& json, std::string_view key, const std::vector<std::string>& names) {
  json.key(key).begin_array();
  for (const std::string& name : names) json.string(name);
  json.end_array();
}

}  // namespace

std::string route_tree_text(const Route& root) {
  std::string out = "Routing tree:\n.\n";
  add_tree(root, nullptr, "", "└── ", "    ", out);
  return out;
}

std::string route_tree_dot(const Route& root) {
  std::string out = "digraph routes {\n  rankdir=LR;\n  node [shape=box, fontname=\"monospace\"];\n";
  std::size_t next = 0;
  add_dot(root, nullptr, next, out);
  return out + "}\n";
}

std::vector<RoutedTo> route_alert(const RoutingConfig& config, const Labels& alert, TimePoint now) {
  std::vector<RoutedTo> all;
  for (const Route* route : config.root.match(alert)) {
    RoutedTo to;
    to.route = route;
    if (const ReceiverEntry* receiver = config.receiver(route->receiver)) {
      for (const IntegrationEntry& entry : receiver->integrations) {
        to.integrations.push_back(fmt::format("{}[{}]", entry.id.kind, entry.id.index));
      }
    }
    to.group_labels = route->group_labels(alert);
    to.group_key = group_key(*route, to.group_labels);
    TimeMuting muting = time_muting(*route, config.time_intervals, now);
    to.muted_by = std::move(muting.intervals);
    to.outside_active = muting.kind == MutedBy::kActiveTime;
    to.mute_changes_at = mute_changes_at(*route, config.time_intervals, now);
    all.push_back(std::move(to));
  }
  return all;
}

std::string receivers_text(const std::vector<RoutedTo>& routed) {
  std::string out;
  for (const RoutedTo& to : routed) out += (out.empty() ? "" : ",") + to.route->receiver;
  return out;
}

std::string routed_text(const std::vector<RoutedTo>& routed) {
  std::string out = receivers_text(routed) + "\n";
  for (const RoutedTo& to : routed) {
    const Route& route = *to.route;
    out += fmt::format("\nroute {}\n", route.id);
    out += fmt::format("  receiver:      {}{}\n", route.receiver,
                       to.integrations.empty() ? " (no integrations: nobody hears)"
                                               : fmt::format(" ({})", fmt::join(to.integrations, ", ")));
    out += fmt::format("  group labels:  {}\n", to.group_labels.to_string());
    out += fmt::format("  group key:     {}\n", to.group_key);
    out += fmt::format("  waits:         group_wait {}, group_interval {}, repeat_interval {}\n",
                       format_prometheus_duration(route.group_wait),
                       format_prometheus_duration(route.group_interval),
                       format_prometheus_duration(route.repeat_interval));
    out += fmt::format("  speaks:        {}\n", mute_text(to));
  }
  return out;
}

std::string routed_json(const std::vector<RoutedTo>& routed) {
  JsonWriter json;
  json.begin_object().key("receivers").begin_array();
  for (const RoutedTo& to : routed) json.string(to.route->receiver);
  json.end_array().key("routes").begin_array();
  for (const RoutedTo& to : routed) {
    const Route& route = *to.route;
    json.begin_object().field("id", route.id).field("receiver", route.receiver);
    write_names(json, "integrations", to.integrations);
    json.key("groupLabels").labels(to.group_labels).field("groupKey", to.group_key);
    json.field("groupWait", format_prometheus_duration(route.group_wait));
    json.field("groupInterval", format_prometheus_duration(route.group_interval));
    json.field("repeatInterval", format_prometheus_duration(route.repeat_interval));
    json.key("muted").boolean(!to.muted_by.empty());
    write_names(json, "mutedBy", to.muted_by);
    json.key("muteChangesAt");
    to.mute_changes_at == kNever ? json.null() : json.time(to.mute_changes_at);
    json.end_object();
  }
  return json.end_array().end_object().take() + "\n";
}

}  // namespace tocsin
