// The kinds of app/cross_findings.h, with what `tocsin check --explain` says of them.
#include "app/cross_findings.h"

#include <cstdlib>

#include "core/check.h"

namespace tocsin {
namespace {

constexpr FindingKind kKinds[] = {
    {
        "inhibition/equal",
        Severity::kWarning,
        "an inhibition rule compares labels that the alerts of rules cannot have",
        R"(`equal` names labels that must have one value on both sides; an absent label counts as empty. Where the targets
always have the label and the sources never can, nothing is ever inhibited. Where neither can have it, it says
nothing, and the rule inhibits more than it seems to.

    rules:          sum by (cluster) (…)        no namespace is left
    inhibit_rules:  equal: [namespace]          always "" = "": every target is inhibited)",
    },
    {
        "inhibition/no-rule",
        Severity::kNote,
        "no rule makes an alert that this inhibition rule speaks of",
        R"(No alert of a rule can match the source side, or the target side, so the inhibition never acts on them.
Mostly a label is written differently in rules and here. Alerts that are posted from outside may match all the same.)",
    },
    {
        "receivers/group-label",
        Severity::kWarning,
        "a receiver's text shows a group label by which nothing is grouped",
        R"(.GroupLabels holds the labels of group_by of the route, and nothing else: what is not grouped by is shown as
nothing.

    wrong:  group_by: [alertname]   title: '{{ .GroupLabels.cluster }}'
    right:  group_by: [alertname, cluster], or {{ .CommonLabels.cluster }})",
    },
    {
        "receivers/no-label",
        Severity::kNote,
        "a receiver's text shows a label that no rule carries",
        R"(.CommonLabels holds the labels that all alerts of the notification share. No rule whose alerts reach this
receiver can have the label, so nothing is shown. Add it to the rules, or use .CommonAnnotations.)",
    },
    {
        "receivers/no-rule",
        Severity::kNote,
        "a receiver that the alerts of no rule reach",
        R"(Routes name it, but no alert of a rule can get there: a label or value of the routes' matchers is not one that
rules carry. Alerts that are posted from outside may reach it.)",
    },
    {
        "routes/default",
        Severity::kNote,
        "alerts that no route was made for, and that go where everything else goes",
        R"(The routes of this tree look at a label that the rule has with a value for which there is no route, so that its
alerts fall through to the receiver of the root. Mostly one of the two is mistyped.

    rules:   labels: {team: databases}
    routes:  - matchers: [team="database"])",
    },
    {
        "routes/group-by",
        Severity::kNote,
        "alerts are grouped by a label that no rule carries",
        R"(No rule whose alerts reach this route can have the label, so grouping by it changes nothing. Mostly the label has
another name, or an aggregation in the rules has dropped it.)",
    },
    {
        "routes/no-rule",
        Severity::kNote,
        "a route that the alerts of no rule reach",
        R"(No rule can make an alert with the labels that the route wants. Mostly a label is written differently in rules
and routes, or its rules have gone. Alerts that are posted from outside may reach it.)",
    },
    {
        "routes/unheard",
        Severity::kWarning,
        "an alert that only reaches a receiver without integrations",
        R"(No route takes the alert, and the receiver of the root tells nobody: it fires and nobody hears. Add a route for
it, or send it on purpose to a route of its own.)",
    },
};

}  // namespace

std::span<const FindingKind> cross_finding_kinds() {
  return kKinds;
}

const FindingKind& cross_finding(std::string_view code) {
  for (const FindingKind& known : kKinds) {
    if (known.code == code) return known;
  }
  TOCSIN_CHECK(false, "a finding is of a kind in the table");
  std::abort();
}

}  // namespace tocsin
