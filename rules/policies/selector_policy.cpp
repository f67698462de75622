// promql/selector: labels that selectors must have a matcher for.
#include <fmt/format.h>

#include <algorithm>

#include "core/labels.h"
#include "rules/policies/policy_report.h"
#include "rules/regex_shape.h"

namespace tocsin {

const FindingKind kSelectorKind{"promql/selector", Severity::kWarning,
                                "a selector has no matcher for a label that needs one (a check of `checks:`)",
                                R"(Somebody asked for it, in `checks:` of the configuration or of --policy:

    checks:
      - match: {kind: alerting}
        selectors:
          - {labels: [job]}                                # of every selector
          - {metric: 'kube_.+', labels: [cluster]}         # of such metrics
          - {function: 'absent.*', labels: [env]}          # in the arguments of such functions and aggregations

`metric` and `function` are patterns of the whole name. With `metric`, selectors that name no metric, or several, are
left alone. A matcher that every series matches, such as job=~".*", counts as none.

    wrong:  up == 0
    right:  up{job="api"} == 0

pint's promql/selector. `# tocsin disable promql/selector(job)` suppresses what is said of job.)"};

namespace {

using namespace promql;

bool is_in_function(const ExpressionView& view, std::size_t node, const Matcher& function) {
  for (auto up = view[node].parent; up != ExpressionView::kNone;
       up = view[static_cast<std::size_t>(up)].parent) {
    const Expr* expr = view[static_cast<std::size_t>(up)].expr;
    if (const auto* call = as<Call>(expr); call != nullptr && function.matches(call->name)) return true;
    const auto* aggregation = as<Aggregation>(expr);
    if (aggregation != nullptr && function.matches(promql::to_string(aggregation->op))) return true;
  }
  return false;
}

// Whether the matcher leaves out any series.
bool chooses(const LabelMatcher& matcher) {
  if (matcher.type != MatchType::kRegex) return true;
  const RegexShape shape = regex_shape(matcher.value);
  return !shape.known || shape.alternatives || shape.elements.empty() ||
         std::ranges::any_of(shape.elements, [](const RegexShape::Element& element) {
           return element.piece != RegexShape::Piece::kAnyStar;
         });
}

bool is_meant(const SelectorPolicy& policy, const ExpressionView& view, std::size_t node) {
  const auto& selector = static_cast<const VectorSelector&>(*view[node].expr);
  if (selector.may_be_empty) return false;  // of info(): it chooses among other series
  if (policy.metric) {
    const std::string_view metric = metric_name(selector);
    if (metric.empty() || !policy.metric->matches(metric)) return false;
  }
  return !policy.function || is_in_function(view, node, *policy.function);
}

}  // namespace

void check_selectors(const Policy& policy, PolicyReport& report) {
  if (policy.selectors.empty()) return;
  const ExpressionView& view = report.rule().view;
  for (std::size_t i = 0; i < view.size(); ++i) {
    const auto* selector = as<VectorSelector>(view[i].expr);
    if (selector == nullptr) continue;
    for (const SelectorPolicy& one : policy.selectors) {
      if (!is_meant(one, view, i)) continue;
      for (const std::string& label : one.labels) {
        const bool chosen = std::ranges::any_of(selector->matchers, [&](const LabelMatcher& matcher) {
          return matcher.name == label && chooses(matcher);
        });
        if (chosen) continue;
        report.at_expression(
            kSelectorKind, selector->extent, label,
            fmt::format("`{}` has no matcher for the label {}", view.shown(*selector), label),
            fmt::format("add {}=\"…\"", label));
      }
    }
  }
}

}  // namespace tocsin
