// read_route: a `route:` block of the configuration becomes a Route tree.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "router/route.h"

namespace tocsin {

namespace {

struct Reader {
  const std::vector<std::string>& receivers;
  MatcherDialect dialect;
  Problems& problems;

  Route read(const YamlNode& node, const Route* parent);
  void read_receiver(YamlObject&, const Route* parent, Route&);
  void read_group_by(YamlObject&, Route&);
  void read_times(YamlObject&, const Route* parent, Route&);
  void read_matchers(YamlObject&, Route&);
  void read_match(YamlObject&, std::string_view key, MatchType, Route&);
  void refuse_on_root(YamlObject&);
  void refuse_unsupported(YamlObject&);
  void read_children(YamlObject&, Route&);
};

bool empty_block(const YamlNode& node) {
  if (node.kind() == YamlNode::Kind::kList) return node.items().empty();
  if (node.kind() == YamlNode::Kind::kMapping) return node.entries().empty();
  return node.null();
}

// What a child inherits unless it says otherwise; matchers, continue and children are its own.
Route inherited(const Route* parent) {
  Route route;
  if (parent == nullptr) return route;
  route.receiver = parent->receiver;
  route.group_by = parent->group_by;
  route.group_by_all = parent->group_by_all;
  route.group_wait = parent->group_wait;
  route.group_interval = parent->group_interval;
  route.repeat_interval = parent->repeat_interval;
  return route;
}

Route Reader::read(const YamlNode& node, const Route* parent) {
  Route route = inherited(parent);
  YamlObject object(node, "route", problems);
  if (parent == nullptr) refuse_on_root(object);
  read_receiver(object, parent, route);
  read_group_by(object, route);
  read_times(object, parent, route);
  read_match(object, "match", MatchType::kEqual, route);
  read_match(object, "match_re", MatchType::kRegex, route);
  read_matchers(object, route);
  object.boolean("continue", route.continues);
  refuse_unsupported(object);
  read_children(object, route);
  object.refuse_unknown_keys();
  return route;
}

void Reader::refuse_on_root(YamlObject& object) {
  for (std::string_view key : {"match", "match_re", "matchers"}) {
    if (empty_block(object.child(key))) continue;
    object.error(key, fmt::format("the root route takes every alert, so it must not have {}", key),
                 "move them to a route under `routes`");
  }
  bool continues = false;
  if (object.boolean("continue", continues) && continues) {
    object.error("continue", "the root route must not have continue: it has no siblings", "remove the line");
  }
}

void Reader::read_receiver(YamlObject& object, const Route* parent, Route& route) {
  std::string name;
  object.text("receiver", name);
  if (name.empty()) {
    if (parent == nullptr) {
      object.error("receiver", "the root route must name a receiver",
                   "add `receiver: NAME`; it hears what no other route takes");
    }
    return;
  }
  route.receiver = name;
  if (std::ranges::find(receivers, name) == receivers.end()) {
    object.error("receiver", fmt::format("there is no receiver {}", go_quote(name)),
                 "define it under `receivers`");
  }
}

void Reader::read_group_by(YamlObject& object, Route& route) {
  YamlNode node = object.child("group_by");
  if (node.null()) return;
  std::vector<std::string> names;
  if (!object.text_list("group_by", names)) return;
  route.group_by.clear();
  route.group_by_all = false;
  std::set<std::string> seen;
  for (const std::string& name : names) {
    if (name == "...") {
      route.group_by_all = true;
    } else if (dialect == MatcherDialect::kClassic ? !is_legacy_label_name(name)
                                                   : name.empty() || !is_valid_utf8(name)) {
      object.error("group_by", fmt::format("{} is not a label name", go_quote(name)));
    } else if (seen.insert(name).second) {
      route.group_by.push_back(name);
    } else {
      object.error("group_by", fmt::format("label {} is named twice in group_by", go_quote(name)),
                   "remove one");
    }
  }
  if (!route.group_by_all || names.size() == 1) return;
  object.error("group_by", "'...' means every label, so it must stand alone in group_by",
               "keep either '...' or the names");
}

void Reader::read_times(YamlObject& object, const Route* parent, Route& route) {
  object.prometheus_duration("group_wait", route.group_wait);
  for (auto [key, target] : {std::pair{"group_interval", &route.group_interval},
                             std::pair{"repeat_interval", &route.repeat_interval}}) {
    Duration value = *target;
    object.prometheus_duration(key, value);
    if (value == Duration::zero()) {
      object.error(key, fmt::format("{} must not be zero", key), "say how long to wait, for example 5m");
    } else {
      *target = value;
    }
  }
  bool own = parent == nullptr || object.has("group_interval") || object.has("repeat_interval");
  if (!own || route.repeat_interval >= route.group_interval) return;
  std::string_view key = object.has("repeat_interval") ? "repeat_interval" : "group_interval";
  problems.warning(object.file(), object.position_of(key),
                   "repeat_interval is shorter than group_interval: repeats come every group_interval",
                   "a group speaks only every group_interval");
}

void Reader::read_match(YamlObject& object, std::string_view key, MatchType type, Route& route) {
  std::map<std::string, std::string> pairs;
  if (!object.text_map(key, pairs)) return;
  for (const auto& [name, value] : pairs) {
    if (!is_legacy_label_name(name)) {
      object.error(key, fmt::format("{} is not a label name that {} can hold", go_quote(name), key),
                   "`matchers` take any name");
      continue;
    }
    Result<Matcher> matcher = Matcher::make(name, type, value);
    if (matcher) {
      route.matchers.push_back(std::move(*matcher));
    } else {
      object.error(key, fmt::format("{}: {}", name, matcher.error().message));
    }
  }
}

void Reader::read_matchers(YamlObject& object, Route& route) {
  for (const YamlNode& item : object.list("matchers")) {
    if (item.kind() != YamlNode::Kind::kScalar) {
      problems.error(item.file(), item.position(), "a matcher is a text", "write it as '- name=\"value\"'");
      continue;
    }
    Result<ParsedMatchers> parsed = parse_matchers(item.text(), dialect);
    if (!parsed) {
      problems.error(item.file(), item.position(),
                     fmt::format("matcher {}: {}", go_quote(item.text()), parsed.error().message));
      continue;
    }
    if (!parsed->warning.empty()) problems.warning(item.file(), item.position(), parsed->warning);
    for (Matcher& matcher : parsed->matchers) route.matchers.push_back(std::move(matcher));
  }
}

// Better a clear no than a route that is silently always on.
void Reader::refuse_unsupported(YamlObject& object) {
  for (std::string_view key : {"mute_time_intervals", "active_time_intervals", "labels"}) {
    if (empty_block(object.child(key))) continue;
    object.error(key, fmt::format("{} of a route is not supported yet", key), "remove it for now");
  }
}

void Reader::read_children(YamlObject& object, Route& route) {
  for (const YamlNode& item : object.list("routes")) {
    if (item.null()) {
      problems.error(item.file(), item.position(), "an empty route", "fill it in or remove the line");
    } else {
      route.routes.push_back(read(item, &route));
    }
  }
}

}  // namespace

Route read_route(const YamlNode& node, const std::vector<std::string>& receivers, MatcherDialect dialect,
                 Problems& problems) {
  if (node.null()) {
    problems.error(node.file(), node.position(), "there is no route",
                   "add `route:` with at least a receiver");
    return {};
  }
  Route root = Reader{receivers, dialect, problems}.read(node, nullptr);
  name_routes(root);
  return root;
}

}  // namespace tocsin
