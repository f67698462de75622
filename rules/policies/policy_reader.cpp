#include "rules/policies/policy_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/labels.h"
#include "core/nearest_name.h"
#include "core/utf8.h"
#include "rules/policies/policy_scope.h"
#include "rules/promql/regex_check.h"

namespace tocsin {
namespace {

// Whether there were unknown keys: then it is not said as well that nothing is asked.
bool has_unknown_keys(YamlObject& object) {
  const std::size_t before = object.problems().all().size();
  object.refuse_unknown_keys();
  return object.problems().all().size() != before;
}

std::optional<Matcher> pattern_of(YamlObject& object, std::string_view key) {
  std::string text;
  if (!object.text(key, text)) return std::nullopt;
  if (text.empty()) {
    object.error(key, fmt::format("{} must not be empty", key), "leave it out to allow any text");
    return std::nullopt;
  }
  if (const auto mistake = promql::regex_mistake(text)) {
    object.error(key, fmt::format("{}: {}", key, *mistake));
    return std::nullopt;
  }
  auto pattern = Matcher::make("", MatchType::kRegex, text);
  if (pattern) return std::move(*pattern);
  object.error(key, fmt::format("{}: {}", key, pattern.error().message));
  return std::nullopt;
}

// Names of labels.
std::vector<std::string> names_of(YamlObject& object, std::string_view key) {
  std::vector<std::string> names;
  object.text_list(key, names);
  const std::vector<YamlNode> items = object.child(key).items();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!names[i].empty() && is_valid_utf8(names[i])) continue;
    object.problems().error(object.file(), items[i].position(),
                            fmt::format("{}: {} is not a label name", key, go_quote(names[i])));
  }
  return names;
}

// The word of the key; `first` where there is none, or one that is unknown.
std::string word_of(YamlObject& object, std::string_view key, std::string_view first,
                    std::string_view second) {
  std::string word;
  if (!object.text(key, word)) word.clear();
  if (object.is_one_of(key, word, {first, second}) || !object.has(key)) return word;
  const std::string hint = did_you_mean(word, {std::string(first), std::string(second)});
  object.error(key, fmt::format("{} must be {} or {}, not {}", key, first, second, go_quote(word)), hint);
  return "";
}

void read_matchers(YamlObject& object, Matchers& out) {
  Problems& problems = object.problems();
  std::vector<std::string> texts;
  if (!object.text_list("matchers", texts)) return;
  const std::vector<YamlNode> items = object.child("matchers").items();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    auto parsed = parse_matchers(texts[i]);
    if (!parsed) {
      problems.error(object.file(), items[i].position(),
                     fmt::format("matcher {}: {}", go_quote(texts[i]), parsed.error().message));
      continue;
    }
    if (!parsed->warning.empty()) problems.warning(object.file(), items[i].position(), parsed->warning);
    std::ranges::move(parsed->matchers, std::back_inserter(out));
  }
}

PolicyScope read_scope(const YamlNode& node, std::string_view what, Problems& problems) {
  PolicyScope scope;
  if (node.null()) return scope;
  YamlObject object(node, std::string(what), problems);
  const std::string kind = word_of(object, "kind", "alerting", "recording");
  if (!kind.empty()) scope.kind = kind == "alerting" ? Rule::Kind::kAlerting : Rule::Kind::kRecording;
  scope.name = pattern_of(object, "name");
  read_matchers(object, scope.labels);
  object.text_list("paths", scope.paths);
  const std::vector<YamlNode> items = object.child("paths").items();
  for (std::size_t i = 0; i < scope.paths.size(); ++i) {
    const auto good = check_path_pattern(scope.paths[i]);
    if (good) continue;
    problems.error(object.file(), items[i].position(),
                   fmt::format("path {}: {}", go_quote(scope.paths[i]), good.error().message),
                   "rules/*.yml is such files in a folder rules, prod/ all files below a folder prod");
  }
  object.refuse_unknown_keys();
  return scope;
}

// labels and annotations: what is asked of each, by its name.
std::vector<TextPolicy> read_texts(YamlObject& check, std::string_view key, std::string_view what) {
  std::vector<TextPolicy> policies;
  const YamlNode node = check.child(key);
  if (node.kind() == YamlNode::Kind::kScalar || node.kind() == YamlNode::Kind::kList)
    check.error(
        key, fmt::format("{} must be a mapping", key),
        fmt::format("write what is asked of each {} behind its name, as NAME: {{required: true}}", what));
  for (const auto& [name, value] : node.entries()) {
    TextPolicy policy;
    policy.name = name.text();
    YamlObject object(value, std::string(what), check.problems());
    object.boolean("required", policy.required);
    object.boolean("forbidden", policy.forbidden);
    policy.pattern = pattern_of(object, "pattern");
    object.text_list("values", policy.values);
    const bool unknown = has_unknown_keys(object);
    const bool constrained = object.has("pattern") || !policy.values.empty();
    const auto refuse = [&, &name = name](std::string message, std::string hint) {
      check.problems().error(check.file(), name.position(),
                             fmt::format("{} {}: {}", what, go_quote(policy.name), message), std::move(hint));
    };
    if (policy.name.empty() || !is_valid_utf8(policy.name)) refuse("this is not a name", "");
    if (policy.forbidden && (policy.required || constrained)) {
      refuse("what is forbidden can have no value", "leave out either forbidden or the rest");
    } else if (!policy.required && !policy.forbidden && !constrained && !unknown) {
      refuse("nothing is asked of it", "write required, forbidden, pattern or values");
    }
    policies.push_back(std::move(policy));
  }
  return policies;
}

std::vector<SelectorPolicy> read_selectors(YamlObject& check) {
  std::vector<SelectorPolicy> policies;
  for (const YamlNode& item : check.list("selectors")) {
    SelectorPolicy policy;
    YamlObject object(item, "selector", check.problems());
    policy.metric = pattern_of(object, "metric");
    policy.function = pattern_of(object, "function");
    policy.labels = names_of(object, "labels");
    if (policy.labels.empty())
      object.error("labels", "a selector needs labels: those that it must have a matcher for");
    object.refuse_unknown_keys();
    policies.push_back(std::move(policy));
  }
  return policies;
}

std::optional<DurationPolicy> read_limits(YamlObject& check, std::string_view key) {
  const YamlNode node = check.child(key);
  if (node.null()) return std::nullopt;
  DurationPolicy policy;
  YamlObject object(node, std::string(key), check.problems());
  Duration length{};
  if (object.prometheus_duration("min", length)) policy.min = length;
  if (object.prometheus_duration("max", length)) policy.max = length;
  const bool unknown = has_unknown_keys(object);
  if (policy.min && policy.max && *policy.min > *policy.max)
    object.error("min", fmt::format("{}: min is longer than max", key));
  if (!unknown && !object.has("min") && !object.has("max"))
    check.error(key, fmt::format("{} asks for nothing", key), "write min, max or both");
  return policy;
}

std::optional<OwnerPolicy> read_owner(YamlObject& check) {
  const YamlNode node = check.child("owner");
  if (node.absent()) return std::nullopt;
  OwnerPolicy policy;
  YamlObject object(node, "owner", check.problems());
  object.text("label", policy.label);
  policy.pattern = pattern_of(object, "pattern");
  object.text_list("values", policy.values);
  object.refuse_unknown_keys();
  return policy;
}

std::vector<RejectPolicy> read_rejects(YamlObject& check) {
  constexpr std::array<std::pair<std::string_view, bool RejectPolicy::*>, 4> kPlaces{{
      {"label_names", &RejectPolicy::label_names},
      {"label_values", &RejectPolicy::label_values},
      {"annotation_names", &RejectPolicy::annotation_names},
      {"annotation_values", &RejectPolicy::annotation_values},
  }};
  std::vector<RejectPolicy> policies;
  for (const YamlNode& item : check.list("reject")) {
    YamlObject object(item, "reject", check.problems());
    std::optional<Matcher> pattern = pattern_of(object, "pattern");
    if (!object.has("pattern")) object.error("pattern", "reject needs a pattern: what no text may match");
    std::vector<std::string> places;
    object.text_list("in", places);
    const std::vector<YamlNode> nodes = object.child("in").items();
    object.refuse_unknown_keys();
    RejectPolicy policy{pattern ? std::move(*pattern) : Matcher()};
    for (std::size_t i = 0; i < places.size(); ++i) {
      const auto place = std::ranges::find(kPlaces, places[i], &decltype(kPlaces)::value_type::first);
      if (place != kPlaces.end()) {
        policy.*place->second = true;
        continue;
      }
      std::vector<std::string> known;
      for (const auto& [name, member] : kPlaces) known.emplace_back(name);
      check.problems().error(check.file(), nodes[i].position(),
                             fmt::format("in: {} is none of {}", go_quote(places[i]), fmt::join(known, ", ")),
                             did_you_mean(places[i], known));
    }
    if (places.empty()) {
      for (const auto& [name, member] : kPlaces) policy.*member = true;
    }
    policies.push_back(std::move(policy));
  }
  return policies;
}

void read_aggregate(YamlObject& check, Policy& out) {
  const YamlNode node = check.child("aggregate");
  if (node.null()) return;
  YamlObject object(node, "aggregate", check.problems());
  out.keep = names_of(object, "keep");
  out.strip = names_of(object, "strip");
  if (!has_unknown_keys(object) && out.keep.empty() && out.strip.empty())
    check.error("aggregate", "aggregate asks for nothing",
                "write keep, strip or both, each a list of labels");
  for (const std::string& label : out.keep) {
    if (std::ranges::find(out.strip, label) != out.strip.end())
      object.error("strip", fmt::format("label {} cannot be kept and stripped", go_quote(label)));
  }
}

// Keys of which a recording rule has none.
constexpr std::string_view kOfAlerts[] = {"annotations", "for", "keep_firing_for"};
constexpr std::string_view kDemands[] = {"aggregate",       "annotations", "labels", "selectors", "for",
                                         "keep_firing_for", "rule_name",   "owner",  "reject",    "report"};

bool says(YamlObject& check, std::string_view key) {
  return key == "owner" ? !check.child(key).absent() : check.has(key);
}

Policy read_policy(const YamlNode& node, Problems& problems) {
  Policy policy;
  YamlObject check(node, "check", problems);
  check.text("comment", policy.comment);
  if (word_of(check, "severity", "warning", "note") == "note") policy.severity = Severity::kNote;
  policy.match = read_scope(check.child("match"), "match", problems);
  if (const YamlNode ignore = check.child("ignore"); !ignore.null()) {
    policy.ignore = read_scope(ignore, "ignore", problems);
    if (ignore.entries().empty())
      check.error("ignore", "ignore names nothing: every rule would be ignored", "remove it");
  }
  read_aggregate(check, policy);
  policy.annotations = read_texts(check, "annotations", "annotation");
  policy.labels = read_texts(check, "labels", "label");
  policy.selectors = read_selectors(check);
  policy.hold_for = read_limits(check, "for");
  policy.keep_firing_for = read_limits(check, "keep_firing_for");
  policy.rule_name = pattern_of(check, "rule_name");
  policy.owner = read_owner(check);
  policy.reject = read_rejects(check);
  check.boolean("report", policy.report);
  const bool unknown = has_unknown_keys(check);
  if (!unknown && (node.kind() == YamlNode::Kind::kMapping || node.null())) {
    if (std::ranges::none_of(kDemands, [&](std::string_view key) { return says(check, key); }))
      problems.error(check.file(), check.position(), "this check asks for nothing",
                     fmt::format("write one of {}", fmt::join(kDemands, ", ")));
  }
  if (policy.match.kind == Rule::Kind::kRecording) {
    for (const std::string_view key : kOfAlerts) {
      if (check.has(key))
        check.error(key,
                    fmt::format("a recording rule has no {}: match must not ask for recording rules", key));
    }
  }
  return policy;
}

}  // namespace

std::vector<Policy> read_policies(const YamlNode& checks, Problems& problems) {
  std::vector<Policy> policies;
  if (checks.null()) return policies;
  if (checks.kind() != YamlNode::Kind::kList) {
    problems.error(checks.file(), checks.position(), "checks must be a list", "begin each check with \"- \"");
    return policies;
  }
  for (const YamlNode& check : checks.items()) {
    Problems own;
    Policy policy = read_policy(check, own);
    // One that is half understood would speak of rules that it does not mean.
    if (!own.has_errors()) policies.push_back(std::move(policy));
    problems.append(own);
  }
  return policies;
}

}  // namespace tocsin
