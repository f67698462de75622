#include "rules/promql/type_checker.h"

#include <fmt/format.h>

#include <unordered_set>

#include "core/labels.h"
#include "rules/promql/regex_check.h"

namespace tocsin::promql {
namespace {

using enum ValueType;

class TypeChecker {
 public:
  explicit TypeChecker(const Tree& tree, std::vector<Mistake>& errors) : tree_(tree), errors_(errors) {}

  // Children stand before their parents in the list, so one pass over it will do.
  void check() {
    for (const Expr* node = tree_.first_made(); node != nullptr; node = node->next) {
      switch (node->kind) {
        case NodeKind::kSelector:
          check(*as<VectorSelector>(node));
          break;
        case NodeKind::kSubquery:
          check(*as<Subquery>(node));
          break;
        case NodeKind::kCall:
          check(*as<Call>(node));
          break;
        case NodeKind::kAggregation:
          check(*as<Aggregation>(node));
          break;
        case NodeKind::kBinary:
          check(*as<BinaryExpr>(node));
          break;
        case NodeKind::kUnary:
          check(*as<UnaryExpr>(node));
          break;
        default:
          break;
      }
    }
  }

 private:
  void error(Extent extent, std::string message, std::string hint = "") {
    add_mistake(errors_, {extent, std::move(message), std::move(hint)});
  }

  static bool is(const Expr& expr, ValueType type) { return expr.type == type || expr.type == kNone; }

  // What turns one type into the other.
  std::string hint_for(const Expr& expr, ValueType wanted) const {
    const std::string_view written = tree_.text(expr);
    const bool is_short = written.size() <= 40 && written.find('\n') == std::string_view::npos;
    if (wanted == kMatrix && expr.kind == NodeKind::kSelector)
      return is_short ? fmt::format("add a range: `{}[5m]`", written) : "add a range such as [5m]";
    if (wanted == kMatrix && expr.type == kVector)
      return "record the expression as a series, or use a subquery: (…)[1h:5m]";
    if (wanted == kVector && expr.type == kMatrix)
      return is_short ? fmt::format("a function such as rate makes one of it: `rate({})`", written)
                      : "a function such as rate makes one of it: rate(…)";
    if (wanted == kVector && expr.type == kScalar) return "vector(…) makes one of a number";
    if (wanted == kScalar && expr.type == kVector) return "scalar(…) makes one of a single series";
    if (wanted == kString) return "write the text in quotes";
    return "";
  }

  void expect(const Expr& expr, ValueType wanted, std::string_view where) {
    if (is(expr, wanted)) return;
    error(expr.extent,
          fmt::format("expected type {} in {}, got {}", to_string(wanted), where, to_string(expr.type)),
          hint_for(expr, wanted));
  }

  void check(const VectorSelector& selector) {
    if (!selector.name.empty()) {
      for (const LabelMatcher& matcher : selector.matchers) {
        if (matcher.name == "__name__")
          error(matcher.extent, fmt::format("metric name must not be set twice: {} or {}",
                                            go_quote(selector.name), go_quote(matcher.value)));
      }
      return;
    }
    if (selector.may_be_empty) return;
    for (const LabelMatcher& matcher : selector.matchers) {
      if (!matches_absent_label(matcher)) return;
    }
    error(selector.extent, "vector selector must contain at least one non-empty matcher",
          "name the metric, or match a label with a value that is not empty");
  }

  static bool matches_absent_label(const LabelMatcher& matcher) {
    switch (matcher.type) {
      case MatchType::kEqual:
        return matcher.value.empty();
      case MatchType::kNotEqual:
        return !matcher.value.empty();
      case MatchType::kRegex:
        return regex_matches_nothing(matcher.value);
      case MatchType::kNotRegex:
        return !regex_matches_nothing(matcher.value);
    }
    return false;
  }

  void check(const Subquery& subquery) {
    if (is(*subquery.expression, kVector)) return;
    constexpr std::string_view kInternal[] = {"none", "scalar", "vector", "matrix", "string"};
    error(subquery.extent, fmt::format("subquery is only allowed on instant vector, got {} instead",
                                       kInternal[static_cast<std::size_t>(subquery.expression->type)]));
  }

  void check(const Call& call) {
    if (call.function == nullptr) return;
    const Function& function = *call.function;
    const std::size_t count = call.arguments.size();
    const auto called = [&] {
      return fmt::format("argument(s) in call to {}, got {}", go_quote(function.name), count);
    };
    if (function.least == function.most) {
      if (count != function.least)
        error(call.extent, fmt::format("expected {} {}", function.least, called()));
    } else if (count < function.least) {
      error(call.extent, fmt::format("expected at least {} {}", function.least, called()));
    } else if (function.most != Function::kUnlimited && count > function.most) {
      error(call.extent, fmt::format("expected at most {} {}", function.most, called()));
    }
    if (function.name == "info" && count > 1) {
      const auto* labels = as<VectorSelector>(call.arguments[1]);
      if (labels == nullptr) {
        error(call.arguments[1]->extent, "expected label selectors only");
      } else if (!labels->name.empty()) {
        error(labels->extent, "expected label selectors only, got vector selector instead");
      }
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (i >= function.listed && function.least == function.most) break;  // too many: said already
      if (function.listed == 0) break;
      if (is(*call.arguments[i], function.argument(i))) continue;
      expect(*call.arguments[i], function.argument(i),
             fmt::format("call to function {}", go_quote(function.name)));
    }
  }

  void check(const Aggregation& aggregation) {
    if (aggregation.expression == nullptr) return;
    expect(*aggregation.expression, kVector, "aggregation expression");
    if (aggregation.parameter == nullptr) return;
    const bool text = aggregation.op == AggregateOperator::kCountValues;
    expect(*aggregation.parameter, text ? kString : kScalar, "aggregation parameter");
  }

  void check(const UnaryExpr& unary) {
    const ValueType type = unary.expression->type;
    if (type == kNone || type == kScalar || type == kVector) return;
    error(unary.extent,
          fmt::format("unary expression only allowed on expressions of type scalar or instant vector, got {}",
                      go_quote(to_string(type))));
  }

  void check(const BinaryExpr& binary) {
    const bool scalars = binary.left->type == kScalar && binary.right->type == kScalar;
    if (binary.return_bool && !is_comparison(binary.op))
      error(binary.op_extent, "bool modifier can only be used on comparison operators", "remove bool");
    if (is_comparison(binary.op) && !binary.return_bool && scalars)
      error(binary.op_extent, "comparisons between scalars must use BOOL modifier",
            fmt::format("write `{} bool`", to_string(binary.op)));
    if (binary.matching != nullptr) check_label_clauses(*binary.matching);
    check_operand(*binary.left);
    check_operand(*binary.right);
    check_matching(binary);
    const bool scalar = binary.left->type == kScalar || binary.right->type == kScalar;
    if (scalar && is_set_operator(binary.op))
      error(binary.extent,
            fmt::format("set operator {} not allowed in binary scalar expression", quoted(binary.op)),
            "vector(…) makes an instant vector of a number");
  }

  void check_label_clauses(const Matching& matching) {
    if (!matching.on || matching.include.empty()) return;
    std::unordered_set<std::string_view> labels;
    for (const LabelName& label : matching.labels) labels.insert(label.name);
    for (const LabelName& included : matching.include) {
      if (!labels.contains(included.name)) continue;
      error(included.extent,
            fmt::format("label {} must not occur in ON and GROUP clause at once", go_quote(included.name)),
            "remove it from one of them");
    }
  }

  void check_operand(const Expr& operand) {
    if (operand.type != kMatrix && operand.type != kString) return;
    error(operand.extent, "binary expression must contain only scalar and instant vector types",
          hint_for(operand, kVector));
  }

  void check_matching(const BinaryExpr& binary) {
    if (binary.matching == nullptr) return;
    const Matching& matching = *binary.matching;
    const bool fills = matching.fill_left.has_value() || matching.fill_right.has_value();
    if (!is(*binary.left, kVector) || !is(*binary.right, kVector)) {
      if (!matching.labels.empty())
        error(binary.op_extent, "vector matching only allowed between instant vectors",
              "a number matches every series");
      if (fills) error(binary.op_extent, "filling in missing series only allowed between instant vectors");
    } else if (is_set_operator(binary.op)) {
      if (matching.group != Matching::Group::kNone)
        error(binary.op_extent, fmt::format("no grouping allowed for {} operation", quoted(binary.op)),
              "set operators match many series with many by themselves");
      if (fills) error(binary.op_extent, "filling in missing series not allowed for set operators");
    }
  }

  static std::string quoted(BinaryOperator op) { return go_quote(to_string(op)); }

  const Tree& tree_;
  std::vector<Mistake>& errors_;
};

}  // namespace

void check_types(const Tree& tree, std::vector<Mistake>& errors) {
  TypeChecker(tree, errors).check();
}

}  // namespace tocsin::promql
