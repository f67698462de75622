// alerts/for and alerts/absent: how long an alert must be true before it fires.
#include <fmt/format.h>

#include "core/duration.h"
#include "rules/findings/absent_calls.h"
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

With --prometheus the scrape interval is known: a `for` of less than two of them is a finding as well.

absent() of what always gives something, such as `absent(sum(x) or vector(0))`, never fires at all.)",
    },
};
constexpr const FindingKind& kFor = kKinds[0];
constexpr const FindingKind& kAbsent = kKinds[1];

void check_defaults(const RuleUnderCheck& rule, FindingList& out) {
  for (const auto& [name, value] : rule.checked.node.entries()) {
    const std::string key = name.text();
    const bool zero = (key == "for" && rule.rule.hold_for == Duration::zero()) ||
                      (key == "keep_firing_for" && rule.rule.keep_firing_for == Duration::zero());
    if (zero && !value.null())
      out.at_key(rule, kFor, key, fmt::format("{} of 0s is what holds without it", key), "remove the line");
  }
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

// Whether it can make the alert by itself: at the top, or in a branch of `or`.
bool is_at_top(const ExpressionView& view, std::size_t node) {
  for (auto parent = view[node].parent; parent != ExpressionView::kNone;
       parent = view[static_cast<std::size_t>(parent)].parent) {
    const Expr* above = view[static_cast<std::size_t>(parent)].expr;
    const auto* binary = as<BinaryExpr>(above);
    const bool passes =
        above->kind == NodeKind::kParenthesis ||
        (binary != nullptr && (binary->op == BinaryOperator::kOr || is_comparison(binary->op)));
    if (!passes) return false;
  }
  return true;
}

bool is_pointless(const Call& call) {
  return !call.arguments.empty() && always_gives(*call.arguments[0]);
}

void check_absent(const RuleUnderCheck& rule, FindingList& out) {
  for (const ExpressionView::Node& node : rule.view.nodes()) {
    if (!is_absent(node.expr)) continue;
    const auto& call = static_cast<const Call&>(*node.expr);
    if (!is_pointless(call)) continue;
    out.at_expression(
        rule, kAbsent, call.extent,
        fmt::format("`{}` never gives anything: what it asks for always exists", rule.view.shown(call)),
        "leave out the part that always gives a result");
  }
  if (rule.rule.hold_for != Duration::zero()) return;
  for (const Call* call : absent_calls(rule)) {
    out.at_expression(rule, kAbsent, call->extent,
                      "absent() without `for` fires whenever Prometheus restarts, until the first scrape",
                      "add a `for` of at least two scrapes, for example 5m");
  }
}

void check(const RuleUnderCheck& rule, FindingList& out) {
  if (!rule.alerting()) return;
  check_defaults(rule, out);
  check_interval(rule, out);
  check_absent(rule, out);
}

}  // namespace

std::vector<const Call*> absent_calls(const RuleUnderCheck& rule) {
  std::vector<const Call*> calls;
  for (std::size_t i = 0; i < rule.view.size(); ++i) {
    if (!is_absent(rule.view[i].expr)) continue;
    const auto* call = static_cast<const Call*>(rule.view[i].expr);
    if (!is_pointless(*call) && is_at_top(rule.view, i)) calls.push_back(call);
  }
  return calls;
}

const RuleCheck kAlertFor{kKinds, check};

}  // namespace tocsin
