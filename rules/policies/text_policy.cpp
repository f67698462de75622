// alerts/annotation, rule/label and rule/reject: what the labels and annotations of a rule may be, and must
// be.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/labels.h"
#include "rules/policies/policy_report.h"

namespace tocsin {

const FindingKind kAnnotationKind{
    "alerts/annotation", Severity::kWarning,
    "an annotation is missing, forbidden, or not as asked for (a check of `checks:`)",
    R"(Somebody asked for it, in `checks:` of the configuration or of --policy:

    checks:
      - comment: Who is woken needs a runbook
        match: {kind: alerting, matchers: ['severity="critical"']}
        annotations:
          summary: {required: true}
          runbook_url: {required: true, pattern: 'https://runbooks\.example\.org/.+'}
          dashboard: {values: [main, database]}
          description: {forbidden: true}

An annotation of nothing but blanks is missing. Patterns and values are compared with what stands in the file; a
template is not filled in.

pint's alerts/annotation. `# tocsin disable alerts/annotation(summary)` suppresses what is said of summary.)"};

const FindingKind kLabelKind{"rule/label", Severity::kWarning,
                             "a label is missing, forbidden, or not as asked for (a check of `checks:`)",
                             R"(Somebody asked for it, in `checks:` of the configuration or of --policy:

    checks:
      - match: {kind: alerting}
        labels:
          severity: {required: true, values: [critical, warning, info]}
          team: {required: true, pattern: '[a-z-]+'}
          replica: {forbidden: true}

The labels of the group count. A label that every series of the expression surely has, as team in
up{team="db"} == 0, is there as well. Patterns and values are compared with what stands in the file; a template is not
filled in, so it must match as it is written.

pint's rule/label. `# tocsin disable rule/label(severity)` suppresses what is said of severity.)"};

const FindingKind kRejectKind{"rule/reject", Severity::kWarning,
                              "a label or annotation holds what must not be there (a check of `checks:`)",
                              R"(Somebody asked for it, in `checks:` of the configuration or of --policy:

    checks:
      - comment: URLs belong into annotations
        reject:
          - {pattern: 'https?://.*', in: [label_names, label_values]}
          - {pattern: '.*TODO.*'}       # in names and values of labels and annotations

The pattern must match the whole name or value, as it stands in the file.

pint's rule/reject.)"};

namespace {

using Texts = std::map<std::string, std::string>;

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// What a label or annotation is called in messages.
std::string_view word_for(TextKind kind) {
  return kind == TextKind::kLabel ? "label" : "annotation";
}

class TextCheck {
 public:
  TextCheck(TextKind kind, PolicyReport& report)
      : kind_(kind),
        finding_(kind == TextKind::kLabel ? kLabelKind : kAnnotationKind),
        texts_(kind == TextKind::kLabel ? report.rule().rule.labels : report.rule().rule.annotations),
        report_(report) {}

  void check(const TextPolicy& policy) const {
    const auto text = texts_.find(policy.name);
    if (text == texts_.end() || is_blank(text->second)) return check_missing(policy, text != texts_.end());
    if (policy.forbidden) return say(policy, "is not wanted here", fmt::format("remove it"));
    const std::string mistake = value_mistake(text->second, policy.pattern, policy.values);
    if (mistake.empty()) return;
    const bool is_template = text->second.find("{{") != std::string::npos;
    say(policy,
        is_template ? fmt::format("is a template, which as it is written {}", mistake)
                    : fmt::format("{} {}", go_quote(text->second), mistake),
        "");
  }

 private:
  void check_missing(const TextPolicy& policy, bool is_blank) const {
    if (kind_ == TextKind::kLabel && !is_blank && !report_.rule().flows.empty()) {
      const LabelFlow& flow = report_.rule().flows.front();
      if (flow.of(policy.name) == Presence::kSurely) return check_given(policy, flow.fixed(policy.name));
    }
    if (!policy.required) return;
    if (is_blank) return say(policy, "says nothing", "give it a value");
    report_.at_name(finding_, policy.name, fmt::format("the {} {} is missing", word_for(kind_), policy.name),
                    fmt::format("add it to {}s", word_for(kind_)));
  }

  // By the expression.
  void check_given(const TextPolicy& policy, const LabelFlow::Label* fixed) const {
    if (fixed == nullptr || policy.forbidden) return;
    const std::string mistake = value_mistake(fixed->value, policy.pattern, policy.values);
    if (mistake.empty()) return;
    report_.at_key(finding_, "expr", policy.name,
                   fmt::format("the label {}, which the expression gives, {} {}", policy.name,
                               go_quote(fixed->value), mistake),
                   "");
  }

  void say(const TextPolicy& policy, std::string_view what, std::string way_out) const {
    report_.at_text(finding_, kind_, policy.name, policy.name,
                    fmt::format("the {} {} {}", word_for(kind_), policy.name, what), std::move(way_out));
  }

  const TextKind kind_;
  const FindingKind& finding_;
  const Texts& texts_;
  PolicyReport& report_;
};

void check_rejected(const RejectPolicy& policy, TextKind kind, PolicyReport& report) {
  const Rule& rule = report.rule().rule;
  const bool labels = kind == TextKind::kLabel;
  const bool names = labels ? policy.label_names : policy.annotation_names;
  const bool values = labels ? policy.label_values : policy.annotation_values;
  for (const auto& [name, value] : labels ? rule.labels : rule.annotations) {
    const auto say = [&, &name = name](std::string_view what) {
      report.at_text(kRejectKind, kind, name, "",
                     fmt::format("the {} of the {} {} must not match `{}`", what, word_for(kind), name,
                                 policy.pattern.value()),
                     "");
    };
    if (names && policy.pattern.matches(name)) say("name");
    if (values && policy.pattern.matches(value)) say("value");
  }
}

}  // namespace

void check_texts(const Policy& policy, PolicyReport& report) {
  const TextCheck labels(TextKind::kLabel, report), annotations(TextKind::kAnnotation, report);
  for (const TextPolicy& one : policy.labels) labels.check(one);
  if (report.rule().alerting()) {
    for (const TextPolicy& one : policy.annotations) annotations.check(one);
  }
  for (const RejectPolicy& one : policy.reject) {
    check_rejected(one, TextKind::kLabel, report);
    check_rejected(one, TextKind::kAnnotation, report);
  }
}

}  // namespace tocsin
