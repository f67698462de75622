// rule/for, rule/name, rule/owner and rule/report: what is asked of a rule as a whole.
#include <fmt/format.h>

#include "core/duration.h"
#include "core/labels.h"
#include "rules/policies/policy_report.h"

namespace tocsin {

const FindingKind kForKind{
    "rule/for", Severity::kWarning,
    "`for` or `keep_firing_for` is shorter or longer than asked for (a check of `checks:`)",
    R"(Somebody asked for it, in `checks:` of the configuration or of --policy:

    checks:
      - match: {kind: alerting, matchers: ['severity="critical"']}
        for: {min: 1m, max: 15m}
        keep_firing_for: {max: 1h}

An alert without the key has 0s of it.

pint's rule/for.)"};

const FindingKind kNameKind{"rule/name", Severity::kWarning,
                            "the name of a rule is not as asked for (a check of `checks:`)",
                            R"(Somebody asked for it, in `checks:` of the configuration or of --policy:

    checks:
      - comment: level:metric:operations
        match: {kind: recording}
        rule_name: '[a-z_]+:[a-z_]+:[a-z0-9_]+'

The pattern must match the whole name.

pint's rule/name.)"};

const FindingKind kOwnerKind{"rule/owner", Severity::kWarning, "nobody owns a rule (a check of `checks:`)",
                             R"(Somebody asked for it, in `checks:` of the configuration or of --policy:

    checks:
      - owner: {label: team, values: [db, web]}   # or a pattern; `owner: {}` takes any owner, said in a comment

An owner is said by a comment in or right above the rule, else by the label (where the policy names one), else by a
comment for the file:

    # tocsin file/owner web
    groups:
    - name: disks
      rules:
      # tocsin rule/owner db
      - alert: DiskFull

# pint rule/owner and # pint file/owner are understood as well. pint's rule/owner, which its --require-owner asks for.)"};

const FindingKind kReportKind{
    "rule/report", Severity::kWarning, "a rule that should not be there (a check of `checks:`)",
    R"(Somebody asked for it, in `checks:` of the configuration or of --policy: every rule that matches is reported.

    checks:
      - comment: This server evaluates alerts only
        match: {kind: recording, paths: [alerts/]}
        report: true

pint's rule/report.)"};

namespace {

void check_length(const DurationPolicy& policy, std::string_view key, Duration length, PolicyReport& report) {
  const auto say = [&](std::string_view wrong, Duration limit, std::string_view way_out) {
    report.at_key(kForKind, key, std::string(key),
                  length == Duration::zero()
                      ? fmt::format("there is no {}", key)
                      : fmt::format("{} {} is {}", key, format_prometheus_duration(length), wrong),
                  fmt::format("{} {} is asked for", way_out, format_prometheus_duration(limit)));
  };
  if (policy.min && length < *policy.min) say("too short", *policy.min, "at least");
  if (policy.max && length > *policy.max) say("too long", *policy.max, "at most");
}

void check_owner(const OwnerPolicy& policy, PolicyReport& report) {
  std::string owner = report.owner().of_rule;
  bool by_label = false;
  if (owner.empty() && !policy.label.empty()) {
    const auto& labels = report.rule().rule.labels;
    if (const auto label = labels.find(policy.label); label != labels.end()) owner = label->second;
    by_label = !owner.empty();
  }
  if (owner.empty()) owner = report.owner().of_file;
  if (owner.empty()) {
    report.at_name(
        kOwnerKind, "", "it has no owner",
        fmt::format("write # tocsin rule/owner NAME above it, or file/owner for the file{}",
                    policy.label.empty() ? "" : fmt::format(", or set the label {}", policy.label)));
    return;
  }
  const std::string mistake = value_mistake(owner, policy.pattern, policy.values);
  if (mistake.empty()) return;
  std::string message = fmt::format("its owner {} {}", go_quote(owner), mistake);
  if (by_label) {
    report.at_text(kOwnerKind, TextKind::kLabel, policy.label, "", std::move(message), "");
  } else {
    report.at_name(kOwnerKind, "", std::move(message), "");
  }
}

}  // namespace

void check_rule(const Policy& policy, PolicyReport& report) {
  const Rule& rule = report.rule().rule;
  if (report.rule().alerting()) {
    if (policy.hold_for) check_length(*policy.hold_for, "for", rule.hold_for, report);
    if (policy.keep_firing_for)
      check_length(*policy.keep_firing_for, "keep_firing_for", rule.keep_firing_for, report);
  }
  if (policy.rule_name && !policy.rule_name->matches(rule.name))
    report.at_name(kNameKind, "", fmt::format("its name does not match `{}`", policy.rule_name->value()), "");
  if (policy.owner) check_owner(*policy.owner, report);
  if (policy.report) report.at_name(kReportKind, "", "such a rule should not be there", "");
}

}  // namespace tocsin
