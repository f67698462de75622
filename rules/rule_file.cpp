#include "rules/rule_file.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <utility>

#include "core/labels.h"
#include "core/yaml_reader.h"
#include "core/yaml_text.h"
#include "rules/checked_rule_file.h"
#include "rules/expression_check.h"
#include "rules/foreign_keys.h"
#include "rules/legacy_reader.h"
#include "rules/legacy_rules.h"
#include "rules/template_check.h"

namespace tocsin {
namespace {

using TextMap = std::map<std::string, std::string>;

// Where a rule is, in Prometheus' words: group "G", rule 2, "NAME".
std::string rule_place(const std::string& group, int number, const std::string& name) {
  return fmt::format("group {}, rule {}, {}: ", go_quote(group), number, go_quote(name));
}

// Keys of other products get their own message; they are marked as known so that they are not reported twice.
void refuse_foreign_keys(YamlObject& object, const YamlNode& node, RuleFilePart part, std::string_view what) {
  for (const auto& [key, value] : node.entries()) {
    const std::string name = key.text();
    std::string hint = foreign_key_hint(part, name);
    if (hint.empty()) continue;
    object.child(name);
    object.problems().error(object.file(), key.position(),
                            fmt::format("field {} not found in {}", name, what), std::move(hint));
  }
}

// Reads a mapping of labels or annotations and keeps the place of each value for later messages.
class PlacedMap {
 public:
  PlacedMap(YamlObject& object, std::string_view key) {
    object.text_map(key, values_);
    for (const auto& [name, value] : object.child(key).entries())
      places_[name.text()] = {name.position(), value.position()};
  }
  const TextMap& values() const { return values_; }
  bool empty() const { return values_.empty(); }
  Position name_place(const std::string& name) const {
    return places_.contains(name) ? places_.at(name).first : Position{};
  }
  Position value_place(const std::string& name) const {
    return places_.contains(name) ? places_.at(name).second : Position{};
  }

 private:
  TextMap values_;
  std::map<std::string, std::pair<Position, Position>> places_;
};

class RuleFileReader {
 public:
  // `kept`, where it is not null, gets what the checks want.
  RuleFileReader(std::string file, const YamlText& source, const promql::Dialect& dialect, Problems& problems,
                 std::vector<CheckedGroup>* kept = nullptr)
      : file_(std::move(file)), source_(source), dialect_(dialect), problems_(problems), kept_(kept) {}

  std::vector<RuleGroup> read(const YamlNode& root) {
    std::vector<RuleGroup> groups;
    if (root.null()) return groups;  // an empty file is a file without groups
    YamlObject object(root, "rule file", problems_);
    for (const YamlNode& node : object.list("groups")) {
      if (!node.null()) groups.push_back(read_group(node));
    }
    object.refuse_unknown_keys();
    return groups;
  }

 private:
  RuleGroup read_group(const YamlNode& node) {
    RuleGroup group;
    if (kept_ != nullptr) kept_->emplace_back().node = node;
    group.file = file_;
    group.position = node.position();
    YamlObject object(node, "rule group", problems_);
    refuse_foreign_keys(object, node, RuleFilePart::kGroup, "rule group");
    object.text("name", group.name);
    check_group_name(object, group.name);
    Duration interval{};
    if (object.prometheus_duration("interval", interval) && interval != Duration::zero())
      group.interval = interval;
    Duration query_offset{};
    if (object.prometheus_duration("query_offset", query_offset)) group.query_offset = query_offset;
    object.integer("limit", group.limit);
    const PlacedMap labels(object, "labels");
    check_label_names(labels, fmt::format("group {}: ", go_quote(group.name)));
    int number = 0;
    bool any_alert = false;
    for (const YamlNode& rule : object.list("rules")) {
      if (rule.null()) continue;
      group.rules.push_back(read_rule(rule, group.name, ++number, labels.values()));
      any_alert = any_alert || group.rules.back().kind == Rule::Kind::kAlerting;
    }
    if (any_alert) check_group_templates(labels, group.name);
    object.refuse_unknown_keys();
    return group;
  }

  void check_group_name(YamlObject& object, const std::string& name) {
    if (name.empty()) {
      object.error("name", "Groupname must not be empty",
                   "give the group a name that is unique in this file");
    } else if (!group_names_.insert(name).second) {
      object.error("name", fmt::format("groupname: {} is repeated in the same file", go_quote(name)),
                   "rename one of the groups, or move its rules into the other");
    }
  }

  Rule read_rule(const YamlNode& node, const std::string& group, int number, const TextMap& group_labels) {
    Rule rule;
    rule.position = node.position();
    CheckedRule* kept = kept_ == nullptr ? nullptr : &kept_->back().rules.emplace_back();
    if (kept != nullptr) kept->node = node;
    YamlObject object(node, "rule", problems_);
    refuse_foreign_keys(object, node, RuleFilePart::kRule, "rule");
    std::string record, alert;
    object.text("record", record);
    object.text("alert", alert);
    rule.kind = record.empty() || !alert.empty() ? Rule::Kind::kAlerting : Rule::Kind::kRecording;
    rule.name = alert.empty() ? record : alert;
    const std::string place = rule_place(group, number, rule.name);
    check_kind(object, record, alert, place);
    object.text("expr", rule.expression);
    if (rule.expression.empty()) {
      object.error("expr", place + "field 'expr' must be set in rule",
                   "write the PromQL expression into expr");
    } else {
      promql::Tree tree = check_expression(object.child("expr"), source_, place, dialect_, problems_);
      if (kept != nullptr) kept->tree = std::move(tree);
    }
    object.prometheus_duration("for", rule.hold_for);
    object.prometheus_duration("keep_firing_for", rule.keep_firing_for);
    const PlacedMap labels(object, "labels");
    const PlacedMap annotations(object, "annotations");
    if (!record.empty()) check_recording(object, rule, record, annotations, place);
    check_label_names(labels, place);
    check_annotation_names(annotations, place);
    if (!alert.empty()) check_templates(alert, labels, annotations, place, kept);
    object.refuse_unknown_keys();
    rule.labels = labels.values();
    rule.labels.insert(group_labels.begin(), group_labels.end());  // the rule's own win
    rule.annotations = annotations.values();
    return rule;
  }

  void check_kind(YamlObject& object, const std::string& record, const std::string& alert,
                  const std::string& place) {
    if (!record.empty() && !alert.empty()) {
      object.error("alert", place + "only one of 'record' and 'alert' must be set", "make two rules of it");
    } else if (record.empty() && alert.empty()) {
      object.error(object.has("record") ? "record" : "alert",
                   place + "one of 'record' or 'alert' must be set",
                   "write `alert: NAME` for an alerting rule, `record: NAME` for a recording rule");
    }
  }

  void check_recording(YamlObject& object, const Rule& rule, const std::string& name,
                       const PlacedMap& annotations, const std::string& place) {
    const std::string only_alerts = "it belongs to alerting rules: remove it";
    if (!annotations.empty())
      object.error("annotations", place + "invalid field 'annotations' in recording rule", only_alerts);
    if (rule.hold_for != Duration::zero())
      object.error("for", place + "invalid field 'for' in recording rule", only_alerts);
    if (rule.keep_firing_for != Duration::zero()) {
      object.error("keep_firing_for", place + "invalid field 'keep_firing_for' in recording rule",
                   only_alerts);
    }
    if (!is_valid_utf8(name))
      object.error("record", place + "invalid recording rule name: " + name, "names are UTF-8");
    if (name.find_first_of("{}") != std::string::npos) {
      object.error("record",
                   place + "braces present in the recording rule name; should it be in expr?: " + name,
                   "write the name of the new series without labels; labels go under `labels`");
    }
  }

  void check_label_names(const PlacedMap& labels, const std::string& place) {
    for (const auto& [name, value] : labels.values()) {
      if (name.empty() || name == "__name__" || !is_valid_utf8(name)) {
        error(labels.name_place(name), place + "invalid label name: " + name,
              name == "__name__" ? "the metric name of an alert cannot be set"
                                 : "a label name is non-empty UTF-8");
      }
      if (!is_valid_utf8(value))
        error(labels.value_place(name), place + "invalid label value: " + name, "label values are UTF-8");
    }
  }

  void check_annotation_names(const PlacedMap& annotations, const std::string& place) {
    for (const auto& [name, value] : annotations.values()) {
      if (name.empty() || !is_valid_utf8(name)) {
        error(annotations.name_place(name), place + "invalid annotation name: " + name,
              "an annotation name is non-empty UTF-8");
      }
    }
  }

  void check_templates(const std::string& alert, const PlacedMap& labels, const PlacedMap& annotations,
                       const std::string& place, CheckedRule* kept) {
    const auto check = [&](TextKind kind, std::string_view word, const PlacedMap& map) {
      for (const auto& [name, text] : map.values()) {
        auto parsed = parse_rule_template(alert, text);
        if (!parsed) {
          error(map.value_place(name),
                fmt::format("{}{} {}: {}", place, word, go_quote(name), parsed.error().message),
                parsed.error().hint);
        } else if (kept != nullptr && !parsed->empty()) {
          kept->templates.push_back({kind, name, std::move(*parsed)});
        }
      }
    };
    check(TextKind::kLabel, "label", labels);
    check(TextKind::kAnnotation, "annotation", annotations);
  }

  // Prometheus does not look at the templates of group labels when it loads: each alert then carries the
  // error text. So it is no error here, but worth knowing.
  void check_group_templates(const PlacedMap& labels, const std::string& group) {
    for (const auto& [name, text] : labels.values()) {
      auto parsed = parse_rule_template(group, text);
      if (!parsed) {
        const TemplateMistake& mistake = parsed.error();
        problems_.warning(
            file_, labels.value_place(name),
            fmt::format("group {}: label {}: {}", go_quote(group), go_quote(name), mistake.message),
            mistake.hint.empty() ? "alerts of this group will carry the error text as label" : mistake.hint);
      } else if (kept_ != nullptr && !parsed->empty()) {
        kept_->back().templates.push_back({TextKind::kLabel, name, std::move(*parsed)});
      }
    }
  }

  void error(Position position, std::string message, std::string hint) {
    problems_.error(file_, position, std::move(message), std::move(hint));
  }

  std::string file_;
  const YamlText& source_;
  const promql::Dialect& dialect_;
  Problems& problems_;
  std::vector<CheckedGroup>* kept_;
  std::set<std::string> group_names_;
};

// The rules of a 1.x file are parsed once more: their reader has only seen them in the words of 1.x.
void keep_legacy(LegacyRuleFile read, const promql::Dialect& dialect, CheckedRuleFile& kept) {
  CheckedGroup& group = kept.groups.emplace_back();
  for (std::size_t i = 0; i < read.group.rules.size(); ++i) {
    const Rule& rule = read.group.rules[i];
    CheckedRule& checked = group.rules.emplace_back();
    checked.tree = std::move(promql::parse(rule.expression, dialect).tree);
    checked.extents = std::move(read.extents[i]);
    if (rule.kind != Rule::Kind::kAlerting) continue;
    const auto keep = [&](TextKind kind, const TextMap& texts) {
      for (const auto& [name, text] : texts) {
        if (auto parsed = parse_rule_template(rule.name, text); parsed && !parsed->empty())
          checked.templates.push_back({kind, name, std::move(*parsed)});
      }
    };
    keep(TextKind::kLabel, rule.labels);
    keep(TextKind::kAnnotation, rule.annotations);
  }
  group.group = std::make_shared<const RuleGroup>(std::move(read.group));
}

}  // namespace

std::vector<RuleGroup> read_rule_file(std::string_view text, std::string file, Problems& problems,
                                      const promql::Dialect& dialect) {
  if (find_legacy_statement(text).has_value()) {
    std::vector<RuleGroup> groups;
    groups.push_back(read_legacy_rules(text, std::move(file), problems, dialect).group);
    return groups;
  }
  const YamlDocument document = YamlDocument::parse(text, file, problems);
  const YamlText source(text);
  return RuleFileReader(std::move(file), source, dialect, problems).read(document.root());
}

void read_rule_file_sample(const YamlNode& root) {
  Problems problems;
  const YamlText source("");
  const promql::Dialect dialect = promql::Dialect::any();
  RuleFileReader("sample", source, dialect, problems).read(root);
}

CheckedRuleFile read_checked_rule_file(std::string text, std::string file, Problems& problems,
                                       const promql::Dialect& dialect) {
  CheckedRuleFile kept(file, std::move(text));
  const std::string_view whole = kept.text();
  if (find_legacy_statement(whole).has_value()) {
    keep_legacy(read_legacy_rules(whole, std::move(file), problems, dialect), dialect, kept);
  } else {
    const YamlDocument document = YamlDocument::parse(whole, file, problems);
    std::vector<RuleGroup> groups =
        RuleFileReader(std::move(file), kept.source(), dialect, problems, &kept.groups).read(document.root());
    for (std::size_t i = 0; i < groups.size(); ++i)
      kept.groups[i].group = std::make_shared<const RuleGroup>(std::move(groups[i]));
  }
  for (CheckedGroup& group : kept.groups) {
    for (std::size_t i = 0; i < group.rules.size(); ++i) group.rules[i].rule = &group.group->rules[i];
  }
  return kept;
}

}  // namespace tocsin
