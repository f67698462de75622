// alerts/comparison: an alert without a condition fires for whatever its expression finds.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "rules/findings/rule_families.h"
#include "rules/findings/value_range.h"
#include "rules/promql/visitor.h"

namespace tocsin {
namespace {

using namespace promql;

constexpr FindingKind kKinds[] = {{
    "alerts/comparison",
    Severity::kWarning,
    "the alert has no condition, so it fires for whatever its expression finds",
    R"(Every series that the expression of an alerting rule gives becomes an alert, whatever its value: 0 too.
`errors_total` as an expression fires as long as the series exists; so does a comparison with `bool`, which
answers 0 or 1 instead of leaving series out, and a comparison that always holds, such as `rate(x[5m]) >= 0`.

    wrong:  expr: http_errors
    wrong:  expr: http_errors > bool 10
    right:  expr: http_errors > 10

An alert that is to fire always, to show that alerting works, is written `vector(1)` and named Watchdog,
DeadMansSwitch or Heartbeat: then nothing is said.)",
}};
constexpr const FindingKind& kComparison = kKinds[0];

// Series that exist only while something is wrong.
bool is_condition_by_itself(const VectorSelector& selector) {
  const std::string_view name = metric_name(selector);
  return name == "ALERTS" || name == "ALERTS_FOR_STATE";
}

class ConditionSearch {
 public:
  ConditionSearch(const RuleUnderCheck& rule, FindingList& out) : rule_(rule), out_(out) {}

  void run() {
    for (const Expr* branch : branches()) judge(*branch, branches().size() > 1);
  }

 private:
  // The operands of `or` at the top: each of them alone makes the alert fire.
  const std::vector<const Expr*>& branches() {
    if (!branches_.empty()) return branches_;
    std::vector<const Expr*> open{rule_.view[0].expr};
    while (!open.empty()) {
      const Expr* expr = inside_parentheses(open.back());
      open.pop_back();
      const auto* binary = as<BinaryExpr>(expr);
      if (binary != nullptr && binary->op == BinaryOperator::kOr) {
        open.push_back(binary->right);
        open.push_back(binary->left);
      } else {
        branches_.push_back(expr);
      }
    }
    return branches_;
  }

  void judge(const Expr& branch, bool one_of_several) {
    if (const BinaryExpr* always = always_true(branch)) {
      out_.at_expression(rule_, kComparison, always->extent,
                         fmt::format("`{}` always holds, so the alert fires for whatever the left side finds",
                                     rule_.view.shown(*always)),
                         "compare with a number that the value can fall short of");
      return;
    }
    if (has_condition(branch)) return;
    const std::string prefix = one_of_several ? "this side of `or`" : "the expression";
    if (const BinaryExpr* with_bool = bool_comparison(branch)) {
      out_.at_expression(rule_, kComparison, with_bool->op_extent,
                         fmt::format("with `bool` {} gives 0 or 1 and always something, so the alert always "
                                     "fires",
                                     prefix),
                         "remove `bool`");
    } else if (always_gives(branch)) {
      if (is_heartbeat()) return;
      out_.at_expression(rule_, kComparison, branch.extent,
                         fmt::format("{} always gives a result, so the alert always fires", prefix),
                         "add a condition; an alert that shows that alerting works is best named Watchdog");
    } else {
      out_.at_expression(rule_, kComparison, branch.extent,
                         fmt::format("{} has no condition, so the alert fires as soon as it finds anything, "
                                     "whatever the value",
                                     prefix),
                         "compare with a number, for example `> 0`");
    }
  }

  bool is_heartbeat() const {
    std::string name;
    for (const char c : rule_.rule.name)
      name += static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    return std::ranges::any_of(
        std::initializer_list<std::string_view>{"watchdog", "deadman", "heartbeat", "alwaysfiring"},
        [&](std::string_view word) { return name.find(word) != std::string::npos; });
  }

  // Whether the value or another series decides if there is a result.
  bool has_condition(const Expr& root) const {
    std::vector<const Expr*> open{&root};
    while (!open.empty()) {
      const Expr* expr = inside_parentheses(open.back());
      open.pop_back();
      if (const auto* binary = as<BinaryExpr>(expr)) {
        if (is_comparison(binary->op) && !binary->return_bool) return true;
        if (binary->op == BinaryOperator::kUnless) return true;
        if (binary->op == BinaryOperator::kOr) {
          if (has_condition(*binary->left) && has_condition(*binary->right)) return true;
          continue;
        }
        open.push_back(binary->left);
        open.push_back(binary->right);
      } else if (const auto* call = as<Call>(expr)) {
        if (call->name == "absent" || call->name == "absent_over_time") return true;
        for (const Expr* argument : call->arguments) {
          if (argument->type != ValueType::kString) open.push_back(argument);
        }
      } else if (const auto* selector = as<VectorSelector>(expr)) {
        if (is_condition_by_itself(*selector)) return true;
      } else {
        for_each_child(*expr, [&](const Expr& child) { open.push_back(&child); });
      }
    }
    return false;
  }

  const BinaryExpr* bool_comparison(const Expr& branch) const {
    const auto* binary = as<BinaryExpr>(inside_parentheses(&branch));
    return binary != nullptr && binary->return_bool ? binary : nullptr;
  }

  // A comparison at the top that no value of its left side fails.
  const BinaryExpr* always_true(const Expr& branch) const {
    const auto* binary = as<BinaryExpr>(&branch);
    if (binary == nullptr || !is_comparison(binary->op) || binary->return_bool) return nullptr;
    if (compare(*binary) != Comparison::kHolds) return nullptr;
    const Expr& compared = binary->left->type == ValueType::kScalar ? *binary->right : *binary->left;
    return has_condition(compared) ? nullptr : binary;  // absent(x) == 1
  }

  static bool always_gives(const Expr& root) {
    const Expr* expr = inside_parentheses(&root);
    if (expr->type == ValueType::kScalar) return true;
    if (const auto* call = as<Call>(expr)) {
      if (call->arguments.empty() || call->name == "vector") return true;
      return std::ranges::all_of(call->arguments, [](const Expr* argument) {
        return argument->type == ValueType::kString || always_gives(*argument);
      });
    }
    if (const auto* binary = as<BinaryExpr>(expr))
      return binary->matching == nullptr && always_gives(*binary->left) && always_gives(*binary->right);
    if (const auto* unary = as<UnaryExpr>(expr)) return always_gives(*unary->expression);
    if (const auto* aggregation = as<Aggregation>(expr)) return always_gives(*aggregation->expression);
    return false;
  }

  const RuleUnderCheck& rule_;
  FindingList& out_;
  std::vector<const Expr*> branches_;
};

void check(const RuleUnderCheck& rule, FindingList& out) {
  if (rule.alerting() && !rule.view.empty()) ConditionSearch(rule, out).run();
}

}  // namespace

const RuleCheck kAlertComparison{kKinds, check};

}  // namespace tocsin
