#include "app/alert_kinds.h"

#include <algorithm>

namespace tocsin {
namespace {

// Alerts of Tocsin about itself, with all that they can have besides external labels.
constexpr std::string_view kOwnAlerts[] = {"NotificationTemplateFailing", "PrometheusUnreachable",
                                           "ReceiverFailing", "StorageFailing", "StorageWasReset"};
constexpr std::string_view kOwnLabels[] = {"integration", "prometheus", "receiver", "severity"};

class KindCollector {
 public:
  KindCollector(const std::set<std::string>& names, const Labels& external)
      : names_(names), external_(external) {}

  void add_rule(const CheckedRuleFile& file, const CheckedRule& rule) {
    const RuleLabels labels(rule, label_flow(rule.tree), external_);
    add([&](std::string_view name) { return labels.of(name); }).rules.emplace_back(&file, &rule);
    // What says that the rule cannot be evaluated has the rule's own labels.
    const RuleLabels own(rule, LabelFlow::nothing(), external_);
    add([&](std::string_view name) {
      if (name == "alertname") return fixed("RuleEvaluationFailing");
      if (name == "rule" || name == "rule_group") return KnownLabel{Presence::kSurely, false, {}};
      return own.of(name);
    });
  }

  void add_own() {
    for (const std::string_view alertname : kOwnAlerts) {
      add([&](std::string_view name) {
        if (name == "alertname") return fixed(alertname);
        if (std::ranges::find(kOwnLabels, name) != std::end(kOwnLabels)) return KnownLabel{};
        if (external_.has(name)) return KnownLabel{Presence::kMay, true, external_.value(name)};
        return KnownLabel{Presence::kCannot, false, {}};
      });
    }
  }

  std::vector<AlertKind> take() { return std::move(kinds_); }

 private:
  static KnownLabel fixed(std::string_view value) { return {Presence::kSurely, true, value}; }

  AlertKind& add(const std::function<KnownLabel(std::string_view)>& label_of) {
    std::string key;
    found_.clear();
    for (const std::string& name : names_) {
      const KnownLabel label = label_of(name);
      found_.push_back(label);
      key += static_cast<char>('0' + static_cast<int>(label.presence) * 2 + (label.fixed ? 1 : 0));
      if (label.fixed) key += label.value;
      key += '\n';
    }
    const auto [known, is_new] = by_key_.try_emplace(std::move(key), kinds_.size());
    if (is_new) {
      AlertKind& kind = kinds_.emplace_back();
      std::size_t i = 0;
      for (const std::string& name : names_) kind.labels[name] = found_[i++];
    }
    return kinds_[known->second];
  }

  const std::set<std::string>& names_;
  const Labels& external_;
  std::vector<AlertKind> kinds_;
  std::unordered_map<std::string, std::size_t> by_key_;
  std::vector<KnownLabel> found_;
};

}  // namespace

KnownLabel AlertKind::of(std::string_view name) const {
  const auto found = labels.find(name);
  return found == labels.end() ? KnownLabel{} : found->second;
}

std::vector<AlertKind> alert_kinds(const CheckedSources& sources, const std::set<std::string>& names,
                                   const Labels& external) {
  KindCollector kinds(names, external);
  for (const CheckedRuleFile& file : sources.rule_files) {
    for (const CheckedGroup& group : file.groups) {
      for (const CheckedRule& rule : group.rules) {
        if (rule.rule->kind == Rule::Kind::kAlerting) kinds.add_rule(file, rule);
      }
    }
  }
  kinds.add_own();
  return kinds.take();
}

Taken taken_by(const Matchers& matchers, const AlertKind& alerts) {
  Taken taken = Taken::kSurely;
  for (const Matcher& matcher : matchers) {
    taken = std::min(taken, taken_by(matcher, alerts.of(matcher.name())));
    if (taken == Taken::kNo) break;
  }
  return taken;
}

}  // namespace tocsin
