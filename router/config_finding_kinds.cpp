// The kinds of router/config_findings.h, with what `tocsin check --explain` says of them.
#include "router/config_findings.h"

#include <cstdlib>

#include "core/check.h"

namespace tocsin {
namespace {

constexpr FindingKind kKinds[] = {
    {
        "inhibition/cycle",
        Severity::kWarning,
        "inhibition rules that can keep alerts quiet in a circle",
        R"(Where A inhibits B and B inhibits A, both fire and nobody hears of either. Write the matchers so that no target
of one rule can be a source of the next.)",
    },
    {
        "inhibition/no-equal",
        Severity::kWarning,
        "an inhibition rule without equal labels: one source anywhere keeps every target quiet",
        R"(Without `equal` a critical alert of one cluster silences the warnings of all others.

    inhibit_rules:
    - source_matchers: [severity="critical"]
      target_matchers: [severity="warning"]
      equal: [cluster, alertname])",
    },
    {
        "inhibition/no-matchers",
        Severity::kWarning,
        "an inhibition rule for which every alert is a source, or a target",
        "A side without matchers takes every alert. Name what is meant with source_matchers and "
        "target_matchers.",
    },
    {
        "inhibition/same-matchers",
        Severity::kWarning,
        "an inhibition rule that never inhibits anything: its two sides are the same",
        R"(An alert that matches both sides is never inhibited by another that does too, so that alerts cannot silence
each other. A rule whose sides are the same therefore does nothing.)",
    },
    {
        "receivers/empty",
        Severity::kNote,
        "a receiver without integrations: what reaches it is heard by nobody",
        R"(A receiver that has nothing but a name takes alerts and tells no one. Where that is meant, call it null,
blackhole, none or drop, and nothing is said.)",
    },
    {
        "receivers/unused",
        Severity::kNote,
        "a receiver that no route names",
        "Nothing is ever sent to it. Name it in a route, or remove it.",
    },
    {
        "routes/collision",
        Severity::kWarning,
        "two routes beside each other take the same alerts to the same receiver",
        R"(With `continue: true` the first passes its alerts on, and the second sends them to the same receiver again:
each is notified twice. Remove one of the two.)",
    },
    {
        "routes/deep",
        Severity::kNote,
        "a route more than five levels below the root",
        R"(A deep tree is hard to foresee at night: what a route does depends on all above it. Often the matchers of
several levels fit into one route. `tocsin route` shows where an alert goes.)",
    },
    {
        "routes/group-wait",
        Severity::kWarning,
        "group_wait is longer than group_interval",
        R"(group_wait is how long the first alert of a group waits for others, group_interval how long those wait that
come later. With the first longer, a new incident is told later than an addition to an old one.

    usual:  group_wait: 30s    group_interval: 5m)",
    },
    {
        "routes/repeat-interval",
        Severity::kWarning,
        "repeat_interval is shorter than group_interval",
        "A group speaks only every group_interval, so that repeats come no sooner than that.",
    },
    {
        "routes/unreachable",
        Severity::kWarning,
        "a route that no alert reaches",
        R"(An alert goes to the first route that matches, and further only with `continue: true` there. What a route before
takes already, and what the route above never passes on, does not arrive.

    wrong:  routes:
            - receiver: team
              matchers: [team="db"]
            - receiver: pager
              matchers: [team="db", severity="critical"]    the first has taken it
    right:  the narrower route first)",
    },
    {
        "routes/useless-continue",
        Severity::kNote,
        "continue: true with nothing to go on to",
        "No route behind this one can take an alert that this one takes, so `continue` says nothing. Remove "
        "it.",
    },
};

}  // namespace

std::span<const FindingKind> config_finding_kinds() {
  return kKinds;
}

const FindingKind& config_finding(std::string_view code) {
  for (const FindingKind& known : kKinds) {
    if (known.code == code) return known;
  }
  TOCSIN_CHECK(false, "a finding is of a kind in the table");
  std::abort();
}

}  // namespace tocsin
