// promql/impossible: expressions, or parts of them, that can never give anything.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/labels.h"
#include "core/matcher.h"
#include "rules/findings/rule_families.h"
#include "rules/findings/value_range.h"

namespace tocsin {
namespace {

using namespace promql;

constexpr FindingKind kKinds[] = {{
    "promql/impossible",
    Severity::kWarning,
    "a part of the expression can never give anything",
    R"(The labels or numbers in the expression rule its result out: the alert never fires, and nobody notices.

    foo{job="a", job=~"b.*"}              no series has both
    sum by (cluster) (sum(foo))           the inner sum has dropped cluster
    foo{job="a"} unless sum(bar)          left has a job, right has no label: they never match
    count(up{job="api"}) == 0             count() of nothing is nothing, not 0: use absent()
    rate(errors_total[5m]) < 0            a rate is never negative
    x > 90 and x < 10                     no number is both
    histogram_quantile(99, …)             quantiles are between 0 and 1: 0.99)",
}};
constexpr const FindingKind& kImpossible = kKinds[0];

class ImpossibleSearch {
 public:
  ImpossibleSearch(const RuleUnderCheck& rule, FindingList& out) : rule_(rule), out_(out) {}

  void run() {
    for (std::size_t i = 0; i < rule_.view.size(); ++i) {
      const Expr* expr = rule_.view[i].expr;
      switch (expr->kind) {
        case NodeKind::kSelector:
          check(*static_cast<const VectorSelector*>(expr));
          break;
        case NodeKind::kAggregation:
          check(*static_cast<const Aggregation*>(expr), i);
          break;
        case NodeKind::kBinary:
          check(*static_cast<const BinaryExpr*>(expr));
          break;
        case NodeKind::kCall:
          check(*static_cast<const Call*>(expr));
          break;
        default:
          break;
      }
    }
  }

 private:
  void say(Extent extent, std::string message, std::string hint) {
    out_.at_expression(rule_, kImpossible, extent, std::move(message), std::move(hint));
  }

  void check(const VectorSelector& selector) {
    const auto& matchers = selector.matchers;
    for (const LabelMatcher& fixed : matchers) {
      if (fixed.type != MatchType::kEqual) continue;
      for (const LabelMatcher& other : matchers) {
        if (&other == &fixed || other.name != fixed.name) continue;
        if (other.type == MatchType::kEqual && (other.value == fixed.value || &other < &fixed)) continue;
        const auto matcher = Matcher::make(std::string(other.name), other.type, std::string(other.value));
        if (!matcher || matcher->matches(fixed.value)) continue;
        say(other.extent,
            fmt::format("no series matches {} and {}", rule_.view.text(fixed.extent),
                        rule_.view.text(other.extent)),
            "remove one of the two");
      }
    }
    for (const LabelMatcher& matcher : matchers) {
      if (matcher.type != MatchType::kNotRegex || matcher.value != ".*") continue;
      say(matcher.extent, fmt::format("{} matches nothing, ever", rule_.view.text(matcher.extent)),
          fmt::format("write {}=\"\" for series without the label", matcher.name));
    }
  }

  const LabelFlow& flow_of_child(std::size_t node, std::size_t number) const {
    auto index = rule_.view[node].first_child;
    for (; number > 0; --number) index = rule_.view[static_cast<std::size_t>(index)].next_sibling;
    return rule_.flows[static_cast<std::size_t>(index)];
  }

  void check(const Aggregation& aggregation, std::size_t node) {
    if (aggregation.parameter != nullptr && aggregation.op == AggregateOperator::kQuantile)
      check_quantile(*aggregation.parameter);
    if (aggregation.without) return;
    const LabelFlow& inner = flow_of_child(node, aggregation.parameter == nullptr ? 0 : 1);
    for (const LabelName& label : aggregation.grouping) {
      if (label.name.empty() || label.name == "__name__" || inner.of(label.name) != Presence::kCannot)
        continue;
      say(label.extent, fmt::format("what is aggregated by {} cannot have that label any more", label.name),
          fmt::format("keep {} in what stands inside, or leave it out here", label.name));
    }
  }

  void check_quantile(const Expr& parameter) {
    double number = 0;
    if (!constant_value(parameter, number) || (number >= 0 && number <= 1)) return;
    say(parameter.extent, "a quantile is between 0 and 1: beyond, the result is infinite",
        number > 1 && number <= 100 ? fmt::format("write {}", number / 100) : "for example 0.99");
  }

  void check(const Call& call) {
    const bool first = call.name == "histogram_quantile" || call.name == "quantile_over_time";
    if (first && !call.arguments.empty()) check_quantile(*call.arguments[0]);
  }

  void check(const BinaryExpr& binary) {
    if (is_comparison(binary.op)) {
      if (compare(binary) == Comparison::kFails) {
        say_never(binary);
      } else if (!binary.return_bool) {
        check_chain(binary);
      }
    } else if (binary.op == BinaryOperator::kAnd && binary.matching == nullptr) {
      check_both(binary);
    }
  }

  void say_never(const BinaryExpr& binary) {
    double number = 0;
    const bool constant_right = constant_value(*binary.right, number);
    const Expr* side = inside_parentheses(constant_right ? binary.left : binary.right);
    const auto* aggregation = as<Aggregation>(side);
    const bool counts = aggregation != nullptr && aggregation->op == AggregateOperator::kCount;
    say(binary.extent, fmt::format("`{}` never holds", rule_.view.shown(binary)),
        counts ? "count() of nothing gives nothing, not 0: use absent(), or `count(…) or vector(0)`"
               : "the values on one side never come near the number on the other");
  }

  // x > 90 < 10: the inner comparison has left only what the outer leaves out.
  void check_chain(const BinaryExpr& outer) {
    double outer_number = 0, inner_number = 0;
    const auto* inner = as<BinaryExpr>(inside_parentheses(outer.left));
    if (inner == nullptr || !is_comparison(inner->op) || inner->return_bool) return;
    if (!constant_value(*outer.right, outer_number) || !constant_value(*inner->right, inner_number)) return;
    if (overlap(outer.op, outer_number, inner->op, inner_number)) return;
    say(outer.extent, fmt::format("no number passes both comparisons of `{}`", rule_.view.shown(outer)),
        "one of the two thresholds or operators is wrong");
  }

  static bool overlap(BinaryOperator a, double a_number, BinaryOperator b, double b_number) {
    const ValueRange x = values_that_satisfy(a, a_number), y = values_that_satisfy(b, b_number);
    return std::max(x.low, y.low) <= std::min(x.high, y.high);
  }

  void check_both(const BinaryExpr& binary) {
    const auto* left = as<BinaryExpr>(inside_parentheses(binary.left));
    const auto* right = as<BinaryExpr>(inside_parentheses(binary.right));
    if (left == nullptr || right == nullptr) return;
    for (const BinaryExpr* side : {left, right}) {
      if (!is_comparison(side->op) || side->return_bool) return;
    }
    double a = 0, b = 0;
    if (!constant_value(*left->right, a) || !constant_value(*right->right, b)) return;
    if (rule_.view.shown(*left->left) != rule_.view.shown(*right->left)) return;
    if (overlap(left->op, a, right->op, b)) return;
    say(binary.extent, fmt::format("`{}` never holds: no number is on both sides", rule_.view.shown(binary)),
        "write `or`, or correct one of the thresholds");
  }

  const RuleUnderCheck& rule_;
  FindingList& out_;
};

void check(const RuleUnderCheck& rule, FindingList& out) {
  ImpossibleSearch(rule, out).run();
}

}  // namespace

const RuleCheck kPromqlImpossible{kKinds, check};

}  // namespace tocsin
