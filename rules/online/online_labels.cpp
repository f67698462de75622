// labels/conflict and alerts/external_labels: the labels of a rule beside those that the server adds.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/labels.h"
#include "core/nearest_name.h"
#include "rules/findings/template_uses.h"
#include "rules/online/online_families.h"

namespace tocsin {
namespace {

using Kind = Question::Kind;

constexpr FindingKind kKinds[] = {
    {
        "alerts/external_labels",
        Severity::kWarning,
        "a template shows an external label that the server does not have",
        R"($externalLabels holds global.external_labels of the Prometheus that evaluates the rule. What is not there is
shown as nothing.

    annotations: {summary: "{{ $externalLabels.clutser }} is down"}

Rules that Tocsin evaluates have its own external_labels, and are left alone.)",
    },
    {
        "labels/conflict",
        Severity::kWarning,
        "a label of the rule is also an external label of the server",
        R"(global.external_labels are added to what leaves Prometheus, where it does not have the label yet. The label of
the rule stays, so its alerts or series look as if they came from another server, and another copy of a pair of
Prometheus servers cannot be told apart from it. Give the label another name, or leave it out where the value is the
same. Rules that Tocsin evaluates have its own external_labels, and are left alone.)",
    },
};
constexpr const FindingKind& kExternal = kKinds[0];
constexpr const FindingKind& kConflict = kKinds[1];

void check_conflicts(const OnlineRule& online) {
  if (online.rule.rule.labels.empty()) return;
  const auto* config = online.inquiry.ask<ServerConfig>({Kind::kConfig, "", ""});
  if (config == nullptr) return;
  for (const auto& [name, value] : online.rule.rule.labels) {
    const auto external = config->external_labels.find(name);
    if (external == config->external_labels.end()) continue;
    const bool same = external->second == value;
    online.out.at_label(online.rule, kConflict, name,
                        same ? fmt::format("the server adds the label {}={} anyway", name, go_quote(value))
                             : fmt::format("the label {} hides the external label {}={} of the server", name,
                                           name, go_quote(external->second)),
                        same ? "leave it out" : "give it another name");
  }
}

void check_template(const OnlineRule& online, const CheckedTemplate& text, const TemplateUses& uses) {
  const auto* config = online.inquiry.ask<ServerConfig>({Kind::kConfig, "", ""});
  if (config == nullptr) return;
  std::vector<std::string> names;
  for (const auto& [name, value] : config->external_labels) names.push_back(name);
  for (const LabelUse& use : uses.external_labels) {
    if (config->external_labels.contains(use.name)) continue;
    if (std::ranges::find(uses.guarded_external, use.name) != uses.guarded_external.end()) continue;
    const std::string near = did_you_mean(use.name, names);
    online.out.at_text(online.rule, kExternal, text, use.begin, use.end,
                       fmt::format("the server has no external label {}: nothing is shown", use.name),
                       near.empty() ? "add it to global.external_labels, or leave it out here" : near);
  }
}

void check(const OnlineRule& online) {
  if (!online.evaluated_by_server) return;
  check_conflicts(online);
  for (const CheckedTemplate& text : online.rule.checked.templates) {
    const TemplateUses uses = template_uses(text.trees);
    if (!uses.external_labels.empty()) check_template(online, text, uses);
  }
}

}  // namespace

const OnlineCheck kOnlineLabels{kKinds, check};

}  // namespace tocsin
