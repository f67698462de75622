// read_route: a `route:` block of the configuration becomes a Route tree.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/nearest_name.h"
#include "router/matcher_reader.h"
#include "router/route.h"

namespace tocsin {

namespace {

struct Reader {
  const std::vector<std::string>& receivers;
  const std::vector<std::string>& time_intervals;
  MatcherDialect dialect;
  Problems& problems;

  Route read(const YamlNode& node, const Route* parent);
  void read_receiver(YamlObject&, const Route* parent, Route&);
  void read_group_by(YamlObject&, Route&);
  void read_times(YamlObject&, const Route* parent, Route&);
  void refuse_on_root(YamlObject&);
  void read_intervals(YamlObject&, std::string_view key, std::vector<std::string>&);
  void read_labels(YamlObject&, Route&);
  void read_children(YamlObject&, Route&);
};

bool empty_block(const YamlNode& node) {
  if (node.kind() == YamlNode::Kind::kList) return node.items().empty();
  if (node.kind() == YamlNode::Kind::kMapping) return node.entries().empty();
  return node.null();
}

// What a child inherits unless it says otherwise; matchers, continue, time intervals and children are its
// own.
Route inherited(const Route* parent) {
  Route route;
  if (parent == nullptr) return route;
  route.receiver = parent->receiver;
  route.group_by = parent->group_by;
  route.group_by_all = parent->group_by_all;
  route.group_wait = parent->group_wait;
  route.group_interval = parent->group_interval;
  route.repeat_interval = parent->repeat_interval;
  route.labels = parent->labels;
  return route;
}

// The anchors are part of the text, as in Alertmanager (config.Regexp): it goes into group keys.
void read_match_re(YamlObject& object, Matchers& out) {
  Matchers matchers;
  read_match(object, "match_re", MatchType::kRegex, matchers);
  for (const Matcher& matcher : matchers) {
    out.push_back(*Matcher::make(matcher.name(), MatchType::kRegex, "^(?:" + matcher.value() + ")$"));
  }
}

Route Reader::read(const YamlNode& node, const Route* parent) {
  Route route = inherited(parent);
  YamlObject object(node, "route", problems);
  if (parent == nullptr) refuse_on_root(object);
  read_receiver(object, parent, route);
  read_group_by(object, route);
  read_times(object, parent, route);
  read_match(object, "match", MatchType::kEqual, route.matchers);
  read_match_re(object, route.matchers);
  read_matchers(object, "matchers", dialect, route.matchers);
  object.boolean("continue", route.continues);
  read_intervals(object, "mute_time_intervals", route.mute_time_intervals);
  read_intervals(object, "active_time_intervals", route.active_time_intervals);
  read_labels(object, route);
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
  for (std::string_view key : {"mute_time_intervals", "active_time_intervals"}) {
    if (empty_block(object.child(key))) continue;
    object.error(key, fmt::format("the root route hears what no other takes, so it must not have {}", key),
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
    } else if (!is_label_name(name, dialect)) {
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
  problems.add({object.file(), object.position_of(key), Severity::kWarning,
                "repeat_interval is shorter than group_interval: repeats come every group_interval",
                "a group speaks only every group_interval", 0, "routes/repeat-interval"});
}

void Reader::read_intervals(YamlObject& object, std::string_view key, std::vector<std::string>& names) {
  for (const YamlNode& item : object.list(key)) {
    const std::string name = item.text();
    if (std::ranges::find(time_intervals, name) != time_intervals.end()) {
      names.push_back(name);
      continue;
    }
    std::string hint = did_you_mean(name, time_intervals);
    problems.error(item.file(), item.position(), fmt::format("there is no time interval {}", go_quote(name)),
                   hint.empty() ? "define it under `time_intervals`" : hint);
  }
}

void Reader::read_labels(YamlObject& object, Route& route) {
  std::map<std::string, std::string> own;
  if (!object.text_map("labels", own)) return;
  for (auto& [name, text] : own) {
    if (!is_label_name(name, dialect)) {
      object.error("labels", fmt::format("{} is not a label name", go_quote(name)));
    } else {
      route.labels[name] = std::move(text);
    }
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

Route read_route(const YamlNode& node, const std::vector<std::string>& receivers,
                 const std::vector<std::string>& time_intervals, MatcherDialect dialect, Problems& problems) {
  if (node.null()) {
    problems.error(node.file(), node.position(), "there is no route",
                   "add `route:` with at least a receiver");
    return {};
  }
  Route root = Reader{receivers, time_intervals, dialect, problems}.read(node, nullptr);
  name_routes(root);
  return root;
}

}  // namespace tocsin
