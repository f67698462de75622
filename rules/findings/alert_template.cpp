// alerts/template: labels and annotations that show less than they seem to, or make a new alert each time.
#include <fmt/format.h>

#include <algorithm>

#include "core/labels.h"
#include "rules/findings/rule_families.h"
#include "rules/findings/template_uses.h"

namespace tocsin {
namespace {

using namespace promql;

constexpr FindingKind kKinds[] = {
    {
        "alerts/template",
        Severity::kWarning,
        "the template of a label or annotation reads what is not there, or makes a new alert each time",
        R"($labels holds the labels of the series that the expression gives, nothing else: not alertname, not the labels
that the rule itself sets, not what an aggregation has dropped. What is not there is shown as nothing.

    wrong:  expr: sum by (job) (errors) > 0        summary: "{{ $labels.instance }} has errors"
    right:  expr: sum by (job, instance) (errors) > 0

An alert is known by its labels. With the value among them it is another alert at each evaluation: `for` starts
anew, the old one resolves, and each is notified.

    wrong:  labels:      {value: "{{ $value }}"}
    right:  annotations: {value: "{{ $value | humanize }}"}

What stands in query "…" must be PromQL, and can only be read for the labels that it gives.)",
    },
    {
        "alerts/humanize",
        Severity::kNote,
        "the annotation shows a rate with all its digits",
        R"(rate(), irate() and deriv() give numbers such as 0.0033333333333333335, which nobody can read at night.

    summary: "{{ $value | humanize }} errors per second"
    summary: "{{ printf \"%.2f\" $value }} errors per second")",
    },
};
constexpr const FindingKind& kTemplate = kKinds[0];
constexpr const FindingKind& kHumanize = kKinds[1];

bool asks_for_alerts(const ExpressionView& view) {
  return std::ranges::any_of(view.nodes(), [](const ExpressionView::Node& node) {
    const auto* selector = as<VectorSelector>(node.expr);
    return selector != nullptr && metric_name(*selector).starts_with("ALERTS");
  });
}

// Why a label is not there, as a way out.
std::string way_out(const RuleUnderCheck& rule, const std::string& name) {
  if (rule.rule.labels.contains(name))
    return fmt::format(
        "the labels of the rule are not in $labels: write their text, or keep {} in the expression", name);
  for (const ExpressionView::Node& node : rule.view.nodes()) {
    const auto* aggregation = as<Aggregation>(node.expr);
    if (aggregation == nullptr) continue;
    if (aggregation->without) return fmt::format("leave {} out of without (…)", name);
    return fmt::format("add it to {} by ({}, …), or leave it out here", to_string(aggregation->op), name);
  }
  return "keep the label in the expression, or leave it out here";
}

void check_labels(const RuleUnderCheck& rule, const CheckedTemplate& text, const TemplateUses& uses,
                  FindingList& out) {
  std::vector<std::string_view> said;
  for (const LabelUse& use : uses.labels) {
    if (std::ranges::find(uses.guarded, use.name) != uses.guarded.end()) continue;
    if (std::ranges::find(said, use.name) != said.end()) continue;
    const Presence presence = rule.flows[0].of(use.name);
    const bool alertname =
        use.name == "alertname" && presence == Presence::kMay && !asks_for_alerts(rule.view);
    if (presence != Presence::kCannot && !alertname) continue;
    said.push_back(use.name);
    if (alertname || use.name == "alertname") {
      out.at_text(rule, kTemplate, text, use.begin, use.end, "$labels has no alertname: nothing is shown",
                  fmt::format("write {}", rule.rule.name));
    } else {
      out.at_text(rule, kTemplate, text, use.begin, use.end,
                  fmt::format("the result of the expression has no label {}: nothing is shown", use.name),
                  way_out(rule, use.name));
    }
  }
}

void check_query(const RuleUnderCheck& rule, const CheckedTemplate& text, const QueryUse& query,
                 FindingList& out) {
  const Parsed parsed = parse(query.expression, Dialect::newest_with_everything());
  if (!parsed.errors.empty()) {
    out.at_text(rule, kTemplate, text, query.begin, query.end,
                "query: " + to_string(parsed.errors.front(), query.expression), parsed.errors.front().hint);
    return;
  }
  const LabelFlow flow = label_flow(parsed.tree);
  for (const LabelUse& use : query.labels) {
    if (flow.of(use.name) != Presence::kCannot) continue;
    out.at_text(rule, kTemplate, text, use.begin, use.end,
                fmt::format("the result of query {} has no label {}", go_quote(query.expression), use.name),
                fmt::format("keep {} in the query", use.name));
  }
}

// The function that made the numbers of the alert small and long.
std::string_view rate_like(const Expr* expr) {
  for (;;) {
    expr = inside_parentheses(expr);
    if (const auto* call = as<Call>(expr)) {
      const bool is = call->name == "rate" || call->name == "irate" || call->name == "deriv";
      return is ? call->name : std::string_view();
    }
    if (const auto* aggregation = as<Aggregation>(expr)) {
      const bool counts = aggregation->op == AggregateOperator::kCount ||
                          aggregation->op == AggregateOperator::kCountValues ||
                          aggregation->op == AggregateOperator::kGroup;
      if (counts) return "";
      expr = aggregation->expression;
    } else if (const auto* binary = as<BinaryExpr>(expr)) {
      const bool compares = is_comparison(binary->op) || is_set_operator(binary->op);
      if (!compares || binary->return_bool) return "";
      expr = binary->left;
    } else {
      return "";
    }
  }
}

void check_values(const RuleUnderCheck& rule, const CheckedTemplate& text, const TemplateUses& uses,
                  FindingList& out) {
  for (const ValueUse& use : uses.values) {
    if (text.kind == TextKind::kLabel) {
      // The reader of 1.x files says it, with what has changed since.
      if (rule.checked.node.absent()) continue;
      out.at_text(rule, kTemplate, text, use.begin, use.end,
                  "each new value makes another alert, and `for` starts anew",
                  "move the value to an annotation");
    } else if (!use.formatted && !rule.view.empty()) {
      const std::string_view function = rate_like(rule.view[0].expr);
      if (function.empty()) continue;
      out.at_text(rule, kHumanize, text, use.begin, use.end,
                  fmt::format("{}() gives numbers with many digits", function),
                  "write {{ $value | humanize }}");
    }
  }
}

void check(const RuleUnderCheck& rule, FindingList& out) {
  if (!rule.alerting()) return;
  for (const CheckedTemplate& text : rule.checked.templates) {
    const TemplateUses uses = template_uses(text.trees);
    if (!rule.view.empty()) check_labels(rule, text, uses, out);
    check_values(rule, text, uses, out);
    for (const QueryUse& query : uses.queries) check_query(rule, text, query, out);
  }
}

}  // namespace

const RuleCheck kAlertTemplate{kKinds, check};

}  // namespace tocsin
