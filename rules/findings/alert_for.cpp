// alerts/for and alerts/absent: how long an alert must be true before it fires.
#include <fmt/format.h>

#include "core/duration.h"
#include "rules/findings/rule_families.h"

namespace tocsin {
namespace {

using namespace promql;

constexpr FindingKind kKinds[] = {
    {
        "alerts/for",
        Severity::kNote,
        "`for` or `keep_firing_for` says nothing, or less than it seems to",
        R"(`for: 0s` and `keep_firing_for: 0s` are what holds without them: the line can go.

A `for` that is shorter than the interval at which its group is evaluated cannot be kept: whether the alert
is still true is known at the next evaluation only. With an interval of 1m, `for: 10s` waits one minute.

    wrong:  interval: 1m … for: 10s
    right:  for: 2m, which asks for three evaluations in a row)",
    },
    {
        "alerts/absent",
        Severity::kWarning,
        "absent() without `for` fires when Prometheus restarts",
        R"(absent() gives a result whenever no series is found, and after a restart of Prometheus none is found until
the targets have been scraped for the first time. An alert on it without `for`, or with one of less than two
scrapes, fires at each restart.

    wrong:  expr: absent(up{job="api"})
    right:  expr: absent(up{job="api"})
            for: 5m

absent() of what always gives something, such as `absent(sum(x) or vector(0))`, never fires at all.)",
    },
};
constexpr const FindingKind& kFor = kKinds[0];
constexpr const FindingKind& kAbsent = kKinds[1];

bool has_key(const YamlNode& mapping, std::string_view key) {
  for (const auto& [name, value] : mapping.entries()) {
    if (name.text() == key && !value.null()) return true;
  }
  return false;
}

void check_default(const RuleUnderCheck& rule, std::string_view key, Duration value, FindingList& out) {
  if (value != Duration::zero() || !has_key(rule.checked.node, key)) return;
  out.at_key(rule, kFor, key, fmt::format("{} of 0s is what holds without it", key), "remove the line");
}

void check_interval(const RuleUnderCheck& rule, FindingList& out) {
  const Duration hold = rule.rule.hold_for;
  if (!rule.interval || hold == Duration::zero() || hold >= *rule.interval) return;
  const std::string interval = format_prometheus_duration(*rule.interval);
  out.at_key(rule, kFor, "for",
             fmt::format("for {} is shorter than the evaluation interval: it is as good as {}",
                         format_prometheus_duration(hold), interval),
             fmt::format("write a `for` of at least two evaluations, {}",
                         format_prometheus_duration(*rule.interval * 2)));
}

bool is_absent(const Expr* expr) {
  const auto* call = as<Call>(expr);
  return call != nullptr && call->name == "absent";
}

// Whether the expression gives something whatever the data.
bool always_gives(const Expr& root) {
  const Expr* expr = inside_parentheses(&root);
  if (const auto* call = as<Call>(expr)) return call->name == "vector" || call->arguments.empty();
  const auto* binary = as<BinaryExpr>(expr);
  return binary != nullptr && binary->op == BinaryOperator::kOr &&
         (always_gives(*binary->right) || (binary->left->depth < 50 && always_gives(*binary->left)));
}

void check_absent(const RuleUnderCheck& rule, FindingList& out) {
  for (std::size_t i = 0; i < rule.view.size(); ++i) {
    const Expr* expr = rule.view[i].expr;
    if (!is_absent(expr)) continue;
    const auto& call = static_cast<const Call&>(*expr);
    if (!call.arguments.empty() && always_gives(*call.arguments[0])) {
      out.at_expression(
          rule, kAbsent, call.extent,
          fmt::format("`{}` never gives anything: what it asks for always exists", rule.view.shown(call)),
          "leave out the part that always gives a result");
      continue;
    }
    // Only where it can make the alert by itself: at the top, or in a branch of `or`.
    bool at_top = true;
    for (auto parent = rule.view[i].parent; parent != ExpressionView::kNone && at_top;
         parent = rule.view[static_cast<std::size_t>(parent)].parent) {
      const Expr* above = rule.view[static_cast<std::size_t>(parent)].expr;
      const auto* binary = as<BinaryExpr>(above);
      at_top = above->kind == NodeKind::kParenthesis ||
               (binary != nullptr && (binary->op == BinaryOperator::kOr || is_comparison(binary->op)));
    }
    if (at_top && rule.rule.hold_for == Duration::zero()) {
      out.at_expression(rule, kAbsent, call.extent,
                        "absent() without `for` fires whenever Prometheus restarts, until the first scrape",
                        "add a `for` of at least two scrapes, for example 5m");
    }
  }
}

void check(const RuleUnderCheck& rule, FindingList& out) {
  if (!rule.alerting()) return;
  check_default(rule, "for", rule.rule.hold_for, out);
  check_default(rule, "keep_firing_for", rule.rule.keep_firing_for, out);
  check_interval(rule, out);
  check_absent(rule, out);
}

}  // namespace

const RuleCheck kAlertFor{kKinds, check};

}  // namespace tocsin
