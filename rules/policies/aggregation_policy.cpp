// promql/aggregate: labels that the results of a rule must keep, or must not have. By what flows through the
// expression and not by how it is written: sum by (job) (x) * on (job) group_left (team) y has a team.
#include <fmt/format.h>

#include <algorithm>

#include "core/labels.h"
#include "rules/policies/policy_report.h"

namespace tocsin {

const FindingKind kAggregateKind{
    "promql/aggregate", Severity::kWarning,
    "a label is lost that results must keep, or is there and must not be (a check of `checks:`)",
    R"(Somebody asked for it, in `checks:` of the configuration or of --policy:

    checks:
      - match: {kind: recording}
        aggregate: {keep: [job], strip: [instance]}

What counts is what becomes of the label on its way through the expression: it is lost by an aggregation that does
not name it in by (…), or names it in without (…), or by an operator on (…) other labels; another series may bring it
back with group_left (job). A label that the rule itself sets is never missing, and never too much.

    wrong:  sum by (instance) (rate(errors_total[5m]))
    right:  sum by (job) (rate(errors_total[5m]))

pint's promql/aggregate. `# tocsin disable promql/aggregate(job:true)` suppresses what is said of keeping job,
(instance:false) of stripping instance.)"};

namespace {

using namespace promql;

bool names(std::span<const LabelName> labels, std::string_view label) {
  return std::ranges::find(labels, label, &LabelName::name) != labels.end();
}

bool keeps_series(AggregateOperator op) {
  return op == AggregateOperator::kTopK || op == AggregateOperator::kBottomK ||
         op == AggregateOperator::kLimitK || op == AggregateOperator::kLimitRatio;
}

// One label on its way from the result down to the selectors it comes from.
class LabelTrail {
 public:
  LabelTrail(std::string_view label, bool keep, PolicyReport& report)
      : label_(label), keep_(keep), report_(report), view_(report.rule().view), flows_(report.rule().flows) {}

  void follow() {
    if (view_.empty()) return;
    open_.push_back(0);
    while (!open_.empty()) {
      node_ = open_.back();
      open_.pop_back();
      const Expr& expr = *view_[node_].expr;
      const bool labelled = expr.type == ValueType::kVector || expr.type == ValueType::kMatrix;
      // Surely there, or surely not: there is nothing to find below.
      if (!labelled || of(node_) == (keep_ ? Presence::kSurely : Presence::kCannot)) continue;
      step(expr);
    }
  }

 private:
  void step(const Expr& expr) {
    if (const auto* aggregation = as<Aggregation>(&expr)) return step(*aggregation);
    if (const auto* binary = as<BinaryExpr>(&expr)) return step(*binary);
    if (const auto* call = as<Call>(&expr)) return step(*call);
    if (expr.kind == NodeKind::kSelector) {
      if (!keep_ && of(node_) == Presence::kSurely)
        say(expr, fmt::format("`{}` has the label {}", view_.shown(expr), label_), "aggregate it away");
      return;
    }
    go_to(child(0));
  }

  void step(const Aggregation& aggregation) {
    const std::size_t inner = child(aggregation.parameter == nullptr ? 0 : 1);
    if (keeps_series(aggregation.op)) return go_to(inner);
    if (!keep_) return say_kept(aggregation);
    if (of(node_) == Presence::kCannot && of(inner) != Presence::kCannot) return say_lost(aggregation);
    go_to(inner);
  }

  void step(const BinaryExpr& binary) {
    const std::size_t left = child(0), right = child(1);
    if (binary.left->type != ValueType::kVector) return go_to(right);
    if (binary.right->type != ValueType::kVector) return go_to(left);
    if (binary.op == BinaryOperator::kAnd || binary.op == BinaryOperator::kUnless) return go_to(left);
    const Matching* matching = binary.matching;
    if (matching != nullptr && matching->group != Matching::Group::kNone) {
      const bool from_right = matching->group == Matching::Group::kRight;
      if (!names(matching->include, label_)) return go_to(from_right ? right : left);
      if (keep_) return go_to(from_right ? left : right);
      return say_at(binary.op_extent,
                    fmt::format("`{}` brings the label {}", view_.text(binary.op_extent), label_),
                    fmt::format("take {} out of it", label_));
    }
    const bool drops = keep_ && matching != nullptr && binary.op != BinaryOperator::kOr &&
                       names(matching->labels, label_) != matching->on;
    if (drops && (of(left) != Presence::kCannot || of(right) != Presence::kCannot)) {
      return say_at(binary.op_extent,
                    fmt::format("`{}` loses the label {}", view_.text(binary.op_extent), label_),
                    matching->on ? fmt::format("name {} in on (…), or add group_left or group_right", label_)
                                 : fmt::format("take {} out of ignoring (…)", label_));
    }
    go_to(right);
    go_to(left);
  }

  void step(const Call& call) {
    if (call.name == "absent" || call.name == "absent_over_time") {
      if (!keep_) say(call, fmt::format("`{}` has the label {}", view_.shown(call), label_), "");
      return;
    }
    const bool writes =
        (call.name == "label_replace" || call.name == "label_join") && call.arguments.size() > 1;
    const auto* target = writes ? as<StringLiteral>(inside_parentheses(call.arguments[1])) : nullptr;
    if (target != nullptr && target->value == label_) {
      if (!keep_) say(call, fmt::format("{} writes the label {}", call.name, label_), "");
      return;
    }
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
      const ValueType type = call.arguments[i]->type;
      if (type == ValueType::kVector || type == ValueType::kMatrix) return go_to(child(i));
    }
  }

  void say_lost(const Aggregation& aggregation) {
    std::string way_out = fmt::format("take {} out of without ({})", label_, grouping_of(aggregation, ""));
    if (!aggregation.without) way_out = fmt::format("write by ({})", grouping_of(aggregation, label_));
    say(aggregation,
        fmt::format("`{}` loses the label {}, which must be kept", view_.shown(aggregation), label_),
        std::move(way_out));
  }

  void say_kept(const Aggregation& aggregation) {
    std::string way_out = fmt::format("take {} out of by ({})", label_, grouping_of(aggregation, ""));
    if (aggregation.without) way_out = fmt::format("write without ({})", grouping_of(aggregation, label_));
    if (!aggregation.without && !names(aggregation.grouping, label_))  // count_values
      way_out = "give it another name";
    say(aggregation,
        fmt::format("`{}` keeps the label {}, which must be stripped", view_.shown(aggregation), label_),
        std::move(way_out));
  }

  static std::string grouping_of(const Aggregation& aggregation, std::string_view added) {
    std::string text;
    for (const LabelName& label : aggregation.grouping) {
      if (!text.empty()) text += ", ";
      text += label.name;
    }
    if (added.empty()) return text;
    return text.empty() ? std::string(added) : fmt::format("{}, {}", text, added);
  }

  void say(const Expr& expr, std::string message, std::string way_out) {
    say_at(expr.extent, std::move(message), std::move(way_out));
  }
  void say_at(Extent extent, std::string message, std::string way_out) {
    report_.at_expression(kAggregateKind, extent, fmt::format("{}:{}", label_, keep_), std::move(message),
                          std::move(way_out));
  }

  Presence of(std::size_t node) const { return flows_[node].of(label_); }
  void go_to(std::size_t node) { open_.push_back(node); }
  std::size_t child(std::size_t number) const {
    auto index = view_[node_].first_child;
    for (; number > 0; --number) index = view_[static_cast<std::size_t>(index)].next_sibling;
    return static_cast<std::size_t>(index);
  }

  const std::string_view label_;
  const bool keep_;
  PolicyReport& report_;
  const ExpressionView& view_;
  const std::vector<LabelFlow>& flows_;
  std::size_t node_ = 0;
  std::vector<std::size_t> open_;
};

void check_label(const std::string& label, bool keep, PolicyReport& report) {
  const auto& set = report.rule().rule.labels;
  const auto own = set.find(label);
  if (own == set.end()) return LabelTrail(label, keep, report).follow();
  if (keep && own->second.empty())
    report.at_text(kAggregateKind, TextKind::kLabel, label, fmt::format("{}:{}", label, keep),
                   fmt::format("the rule takes the label {} away, which must be kept", label),
                   "remove it from labels");
}

}  // namespace

void check_aggregations(const Policy& policy, PolicyReport& report) {
  for (const std::string& label : policy.keep) check_label(label, true, report);
  for (const std::string& label : policy.strip) check_label(label, false, report);
}

}  // namespace tocsin
