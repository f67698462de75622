#include "rules/label_flow.h"

#include <algorithm>
#include <array>

#include "rules/expression_view.h"
#include "rules/promql/visitor.h"
#include "rules/regex_shape.h"

namespace tocsin {
namespace {

using namespace promql;

constexpr std::string_view kName = "__name__";

// Functions that leave the metric name as it is; all others drop it.
constexpr std::array<std::string_view, 9> kKeepName{
    "first_over_time", "info", "label_join",    "label_replace",
    "last_over_time",  "sort", "sort_by_label", "sort_by_label_desc",
    "sort_desc"};

bool keeps_series(AggregateOperator op) {
  return op == AggregateOperator::kTopK || op == AggregateOperator::kBottomK ||
         op == AggregateOperator::kLimitK || op == AggregateOperator::kLimitRatio;
}

std::string_view text_of(const Expr* expr) {
  const auto* literal = as<StringLiteral>(inside_parentheses(expr));
  return literal == nullptr ? "" : literal->value;
}

LabelFlow flow_of_selector(const VectorSelector& selector) {
  LabelFlow flow = LabelFlow::anything();
  if (!selector.name.empty()) flow.set(kName, selector.name);
  for (const LabelMatcher& matcher : selector.matchers) {
    switch (matcher.type) {
      case MatchType::kEqual:
        if (matcher.value.empty()) {
          flow.set(matcher.name, Presence::kCannot);
        } else {
          flow.set(matcher.name, matcher.value);
        }
        break;
      case MatchType::kNotEqual:
        if (matcher.value.empty() && flow.of(matcher.name) == Presence::kMay)
          flow.set(matcher.name, Presence::kSurely);
        break;
      case MatchType::kRegex:
        if (flow.of(matcher.name) == Presence::kMay && !matches_absent_label(matcher.value))
          flow.set(matcher.name, Presence::kSurely);
        break;
      case MatchType::kNotRegex:
        if (matcher.value == ".+") {
          flow.set(matcher.name, Presence::kCannot);
        } else if (flow.of(matcher.name) == Presence::kMay && matches_absent_label(matcher.value)) {
          flow.set(matcher.name, Presence::kSurely);
        }
        break;
    }
  }
  return flow;
}

// absent() makes a series of the labels that its selector fixes by one matcher each.
LabelFlow flow_of_absent(const Expr* argument) {
  LabelFlow flow = LabelFlow::nothing();
  argument = inside_parentheses(argument);
  if (const auto* range = as<RangeSelector>(argument)) argument = range->selector;
  const auto* selector = as<VectorSelector>(argument);
  if (selector == nullptr) return flow;
  for (const LabelMatcher& matcher : selector->matchers) {
    if (matcher.name == kName) continue;
    const auto same = std::ranges::count_if(
        selector->matchers, [&](const LabelMatcher& other) { return other.name == matcher.name; });
    if (same == 1 && matcher.type == MatchType::kEqual && !matcher.value.empty())
      flow.set(matcher.name, matcher.value);
  }
  return flow;
}

class FlowMaker {
 public:
  explicit FlowMaker(const ExpressionView& view) : view_(view) {}

  std::vector<LabelFlow> make() {
    flows_.assign(view_.size(), LabelFlow::nothing());
    for (std::size_t i = view_.size(); i-- > 0;) {  // children stand behind their parents
      const Expr& expr = *view_[i].expr;
      if (expr.type == ValueType::kScalar || expr.type == ValueType::kString) continue;
      node_ = i;
      flows_[i] = visit(expr, *this);
    }
    return std::move(flows_);
  }

  LabelFlow operator()(const VectorSelector& selector) const { return flow_of_selector(selector); }
  LabelFlow operator()(const RangeSelector&) const { return child(0); }
  LabelFlow operator()(const Subquery&) const { return child(0); }
  LabelFlow operator()(const Parenthesis&) const { return child(0); }
  LabelFlow operator()(const NumberLiteral&) const { return LabelFlow::nothing(); }
  LabelFlow operator()(const StringLiteral&) const { return LabelFlow::nothing(); }
  LabelFlow operator()(const DurationExpr&) const { return LabelFlow::nothing(); }
  LabelFlow operator()(const UnaryExpr& unary) const {
    LabelFlow flow = child(0);
    if (unary.negative) flow.set(kName, Presence::kCannot);
    return flow;
  }

  LabelFlow operator()(const Aggregation& aggregation) const {
    const LabelFlow& inner = child(aggregation.parameter == nullptr ? 0 : 1);
    if (keeps_series(aggregation.op)) return inner;
    LabelFlow flow = LabelFlow::nothing();
    if (aggregation.without) {
      flow = inner;
      flow.set(kName, Presence::kCannot);
      for (const LabelName& label : aggregation.grouping) flow.set(label.name, Presence::kCannot);
    } else {
      for (const LabelName& label : aggregation.grouping) copy(inner, label.name, flow);
    }
    if (aggregation.op == AggregateOperator::kCountValues) {
      if (const std::string_view label = text_of(aggregation.parameter); !label.empty())
        flow.set(label, Presence::kSurely);
    }
    return flow;
  }

  LabelFlow operator()(const Call& call) const {
    if (call.name == "absent" || call.name == "absent_over_time")
      return flow_of_absent(call.arguments.empty() ? nullptr : call.arguments[0]);
    // The one argument that has series; vector(1) and hour() have none.
    std::size_t series = call.arguments.size();
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
      const ValueType type = call.arguments[i]->type;
      if (type == ValueType::kVector || type == ValueType::kMatrix) {
        series = i;
        break;
      }
    }
    if (series == call.arguments.size()) return LabelFlow::nothing();
    LabelFlow flow = child(series);
    if (std::ranges::find(kKeepName, call.name) == kKeepName.end()) flow.set(kName, Presence::kCannot);
    if (call.name == "label_replace") replace_label(call, flow);
    if (call.name == "label_join") join_labels(call, flow);
    if (call.name == "histogram_quantile" || call.name == "histogram_quantiles" ||
        call.name == "histogram_fraction") {
      flow.set("le", Presence::kCannot);
    }
    if (call.name == "histogram_quantiles" && call.arguments.size() > 1)
      flow.set(text_of(call.arguments[1]), Presence::kSurely);
    if (call.name == "info") add_info(flow);
    return flow;
  }

  LabelFlow operator()(const BinaryExpr& binary) const {
    const LabelFlow& left = child(0);
    const LabelFlow& right = child(1);
    const bool drops_name = !is_set_operator(binary.op) && (!is_comparison(binary.op) || binary.return_bool);
    LabelFlow flow = LabelFlow::nothing();
    if (binary.left->type != ValueType::kVector) {
      flow = right;
    } else if (binary.right->type != ValueType::kVector) {
      flow = left;
    } else if (binary.op == BinaryOperator::kOr) {
      return LabelFlow::either(left, right);
    } else if (binary.op == BinaryOperator::kUnless) {
      return left;
    } else if (binary.matching != nullptr && (binary.matching->fill_left || binary.matching->fill_right)) {
      flow = LabelFlow::either(left, right);
    } else {
      flow = matched(binary, left, right);
    }
    if (drops_name) flow.set(kName, Presence::kCannot);
    return flow;
  }

 private:
  const LabelFlow& child(std::size_t number) const {
    auto index = view_[node_].first_child;
    for (; number > 0; --number) index = view_[static_cast<std::size_t>(index)].next_sibling;
    return flows_[static_cast<std::size_t>(index)];
  }

  static void copy(const LabelFlow& from, std::string_view name, LabelFlow& to) {
    if (const LabelFlow::Label* fixed = from.fixed(name)) {
      to.set(*fixed);
    } else {
      to.set(name, from.of(name));
    }
  }

  // The labels by which the two sides are matched are the same on both, so what one side says of them holds
  // for the other.
  static LabelFlow matched(const BinaryExpr& binary, const LabelFlow& left, const LabelFlow& right) {
    const Matching* matching = binary.matching;
    const bool set = is_set_operator(binary.op);
    const bool from_right = matching != nullptr && matching->group == Matching::Group::kRight;
    const bool many = set || (matching != nullptr && matching->group != Matching::Group::kNone);
    const LabelFlow& base = from_right ? right : left;
    const LabelFlow& other = from_right ? left : right;
    LabelFlow flow = base;
    if (matching != nullptr && matching->on) {
      if (!many) flow = LabelFlow::nothing();
      for (const LabelName& label : matching->labels) flow.set(base.both(other, label.name));
    } else {
      const auto ignored = [&](std::string_view name) {
        if (name == kName) return true;
        return matching != nullptr && std::ranges::any_of(matching->labels, [&](const LabelName& label) {
                 return label.name == name;
               });
      };
      const auto meet = [&](const std::vector<LabelFlow::Label>& labels) {
        for (const LabelFlow::Label& label : labels) {
          if (!ignored(label.name)) flow.set(base.both(other, label.name));
        }
      };
      // Ignored labels that no side names must not fall under what the other side says of all others.
      if (matching != nullptr) {
        for (const LabelName& label : matching->labels) {
          if (many) {
            copy(base, label.name, flow);
          } else {
            flow.set(label.name, Presence::kCannot);
          }
        }
      }
      copy(base, kName, flow);
      meet(base.labels());
      meet(other.labels());
      if (other.closed()) flow.set_others(Presence::kCannot);
    }
    if (matching != nullptr) {
      for (const LabelName& label : matching->include) copy(other, label.name, flow);
    }
    return flow;
  }

  static void replace_label(const Call& call, LabelFlow& flow) {
    if (call.arguments.size() < 5) return;
    const std::string_view target = text_of(call.arguments[1]), value = text_of(call.arguments[2]),
                           source = text_of(call.arguments[3]), regex = text_of(call.arguments[4]);
    const Presence presence = source.empty() ? Presence::kCannot : flow.of(source);
    const bool absent = presence == Presence::kCannot;
    if (absent && !matches_absent_label(regex)) return;  // never matches
    const bool always = absent || regex == ".*" || regex == "(.*)" ||
                        (presence == Presence::kSurely && (regex == ".+" || regex == "(.+)"));
    const bool plain = value.find('$') == std::string_view::npos;
    const bool copies = presence == Presence::kSurely && (value == "$1" || value == "${1}") &&
                        (regex == "(.*)" || regex == "(.+)");
    if (always && plain) {
      if (value.empty()) {
        flow.set(target, Presence::kCannot);
      } else {
        flow.set(target, value);
      }
    } else if (copies || (plain && !value.empty() && flow.of(target) == Presence::kSurely)) {
      flow.set(target, Presence::kSurely);
    } else if (!plain || !value.empty() || flow.of(target) != Presence::kCannot) {
      flow.set(target, Presence::kMay);
    }
  }

  static void join_labels(const Call& call, LabelFlow& flow) {
    if (call.arguments.size() < 3) return;
    const std::string_view target = text_of(call.arguments[1]);
    const std::string_view separator = text_of(call.arguments[2]);
    Presence presence =
        !separator.empty() && call.arguments.size() > 4 ? Presence::kSurely : Presence::kCannot;
    for (std::size_t i = 3; i < call.arguments.size(); ++i)
      presence = std::max(presence, flow.of(text_of(call.arguments[i])));
    flow.set(target, presence);
  }

  // info() may add any label.
  static void add_info(LabelFlow& flow) {
    LabelFlow added = LabelFlow::anything();
    for (const LabelFlow::Label& label : flow.labels()) {
      if (label.presence == Presence::kSurely) added.set(label);
    }
    flow = added;
  }

  const ExpressionView& view_;
  std::vector<LabelFlow> flows_;
  std::size_t node_ = 0;
};

}  // namespace

const LabelFlow::Label* LabelFlow::find(std::string_view name) const {
  for (const Label& label : labels_) {
    if (label.name == name) return &label;
  }
  return nullptr;
}

Presence LabelFlow::of(std::string_view name) const {
  const Label* found = find(name);
  return found == nullptr ? others_ : found->presence;
}

const LabelFlow::Label* LabelFlow::fixed(std::string_view name) const {
  const Label* found = find(name);
  return found != nullptr && found->fixed ? found : nullptr;
}

LabelFlow::Label LabelFlow::label(std::string_view name) const {
  const Label* found = find(name);
  return found == nullptr ? Label{name, others_, false, {}} : *found;
}

void LabelFlow::set(const Label& label) {
  for (Label& known : labels_) {
    if (known.name == label.name) {
      known = label;
      return;
    }
  }
  labels_.push_back(label);
}

void LabelFlow::set(std::string_view name, Presence presence) {
  set(Label{name, presence, false, {}});
}

void LabelFlow::set(std::string_view name, std::string_view value, Presence presence) {
  set(Label{name, presence, true, value});
}

LabelFlow LabelFlow::either(const LabelFlow& a, const LabelFlow& b) {
  LabelFlow flow(std::max(a.others_, b.others_));
  const auto join = [&](const LabelFlow& from) {
    for (const Label& named : from.labels_) {
      const Label x = a.label(named.name), y = b.label(named.name);
      if (x.presence == Presence::kCannot || y.presence == Presence::kCannot) {
        Label one = x.presence == Presence::kCannot ? y : x;
        if (one.presence == Presence::kSurely) one.presence = Presence::kMay;
        flow.set(one);
        continue;
      }
      const bool fixed = x.fixed && y.fixed && x.value == y.value;
      flow.set({named.name, std::min(x.presence, y.presence), fixed, fixed ? x.value : std::string_view{}});
    }
  };
  join(a);
  join(b);
  return flow;
}

LabelFlow::Label LabelFlow::both(const LabelFlow& other, std::string_view name) const {
  const Label a = label(name), b = other.label(name);
  if (a.presence == Presence::kCannot || b.presence == Presence::kCannot)
    return {name, Presence::kCannot, false, {}};
  const Label& said = a.fixed ? a : b;
  return {name, std::max(a.presence, b.presence), said.fixed, said.value};
}

std::vector<LabelFlow> label_flows(const ExpressionView& view) {
  return FlowMaker(view).make();
}

LabelFlow label_flow(const promql::Tree& tree) {
  const ExpressionView view(tree);
  if (view.empty()) return LabelFlow::anything();
  return label_flows(view).front();
}

}  // namespace tocsin
