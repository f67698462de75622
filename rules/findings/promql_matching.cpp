// promql/vector_matching: two sides of an operator that never find each other, by the labels they can have.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/labels.h"
#include "rules/findings/rule_families.h"

namespace tocsin {
namespace {

using namespace promql;

constexpr FindingKind kKinds[] = {{
    "promql/vector_matching",
    Severity::kWarning,
    "the two sides of an operator never match",
    R"(Series of the two sides meet where the labels by which they are matched are equal: all labels, or those of
on(…), or all but those of ignoring(…). Where one side has a label that the other cannot have, they never do, and the
result is empty (with `unless`: everything).

    wrong:  errors{job="api"} / sum(requests)             left has a job, right has nothing
    right:  sum(errors{job="api"}) / sum(requests)
    right:  errors{job="api"} / on() group_left sum(requests)

    wrong:  a * on (pod) group_left (team) sum by (pod) (b)   team is not there on the right
    right:  a * on (pod) group_left (team) sum by (pod, team) (b)

With --prometheus the series that there are count too: two sides that both have some, none of which match, and a join
that fails because several series of a side have the same labels.)",
}};
constexpr const FindingKind& kMatching = kKinds[0];

struct Sides {
  const BinaryExpr& binary;
  const LabelFlow& left;
  const LabelFlow& right;
};

std::string_view consequence(const BinaryExpr& binary) {
  return binary.op == BinaryOperator::kUnless ? "so that nothing is ever left out"
                                              : "so that there is never a result";
}

// A label that one side surely has and the other cannot have.
void say_one_sided(const RuleUnderCheck& rule, const Sides& sides, std::string_view name, Extent where,
                   FindingList& out) {
  const bool left_has = sides.left.of(name) != Presence::kCannot;
  out.at_expression(
      rule, kMatching, where,
      fmt::format("the {} side has the label {} and the {} side cannot have it, {}",
                  left_has ? "left" : "right", name, left_has ? "right" : "left", consequence(sides.binary)),
      "match by the labels that both have, with on(…), or keep the label on both sides");
}

bool one_sided(const Sides& sides, std::string_view name) {
  const Presence left = sides.left.of(name), right = sides.right.of(name);
  return (left == Presence::kSurely && right == Presence::kCannot) ||
         (left == Presence::kCannot && right == Presence::kSurely);
}

void check_on(const RuleUnderCheck& rule, const Sides& sides, FindingList& out) {
  for (const LabelName& label : sides.binary.matching->labels) {
    const Presence left = sides.left.of(label.name), right = sides.right.of(label.name);
    if (one_sided(sides, label.name)) {
      say_one_sided(rule, sides, label.name, label.extent, out);
    } else if (left == Presence::kCannot && right == Presence::kCannot) {
      out.at_expression(rule, kMatching, label.extent,
                        fmt::format("neither side of on({}) can have that label", label.name),
                        "keep the label on both sides, or leave it out of on(…)");
    } else if (left == Presence::kCannot || right == Presence::kCannot) {
      out.at_expression(
          rule, kMatching, label.extent,
          fmt::format("the {} side cannot have {}, so only series without it match on the other",
                      left == Presence::kCannot ? "left" : "right", label.name),
          fmt::format("keep {} on that side, for example in by (…)", label.name));
    }
  }
}

// Whether these are series as Prometheus scrapes them, which have a job and an instance. A colon is in the
// names of recorded series.
bool is_scraped(const Expr& root) {
  const Expr* expr = inside_parentheses(&root);
  if (const auto* selector = as<VectorSelector>(expr)) {
    const std::string_view name = metric_name(*selector);
    return !name.empty() && name.find(':') == std::string_view::npos && !name.starts_with("ALERTS");
  }
  if (const auto* range = as<RangeSelector>(expr)) return is_scraped(*range->selector);
  if (const auto* call = as<Call>(expr)) {
    if (call->name == "label_replace" || call->name == "label_join" || call->name.starts_with("absent"))
      return false;
    return std::ranges::any_of(call->arguments, [](const Expr* argument) {
      return (argument->type == ValueType::kVector || argument->type == ValueType::kMatrix) &&
             is_scraped(*argument);
    });
  }
  const auto* binary = as<BinaryExpr>(expr);
  if (binary == nullptr) return false;
  if (binary->right->type == ValueType::kScalar) return is_scraped(*binary->left);
  if (binary->left->type == ValueType::kScalar) return is_scraped(*binary->right);
  return false;
}

void check_all(const RuleUnderCheck& rule, const Sides& sides, FindingList& out) {
  const Matching* matching = sides.binary.matching;
  const auto ignored = [&](std::string_view name) {
    return name == "__name__" ||
           (matching != nullptr && std::ranges::any_of(matching->labels, [&](const LabelName& label) {
              return label.name == name;
            }));
  };
  for (const LabelFlow* flow : {&sides.left, &sides.right}) {
    for (const LabelFlow::Label& label : flow->labels()) {
      if (ignored(label.name)) continue;
      if (one_sided(sides, label.name))
        return say_one_sided(rule, sides, label.name, sides.binary.op_extent, out);
      const LabelFlow::Label* a = sides.left.fixed(label.name);
      const LabelFlow::Label* b = sides.right.fixed(label.name);
      if (a == nullptr || b == nullptr || a->value == b->value) continue;
      if (a->presence != Presence::kSurely || b->presence != Presence::kSurely) continue;
      out.at_expression(rule, kMatching, sides.binary.op_extent,
                        fmt::format("the label {} is {} on the left and {} on the right, {}", label.name,
                                    go_quote(a->value), go_quote(b->value), consequence(sides.binary)),
                        fmt::format("leave it out of the matching: ignoring ({})", label.name));
      return;
    }
  }
  if (matching != nullptr) return;
  for (const std::string_view name : {std::string_view("instance"), std::string_view("job")}) {
    const bool left = is_scraped(*sides.binary.left) && sides.left.of(name) == Presence::kMay &&
                      sides.right.of(name) == Presence::kCannot;
    const bool right = is_scraped(*sides.binary.right) && sides.right.of(name) == Presence::kMay &&
                       sides.left.of(name) == Presence::kCannot;
    if (!left && !right) continue;
    out.at_expression(
        rule, kMatching, sides.binary.op_extent,
        fmt::format("scraped series on the {} have the label {}, and the {} side cannot have it, {}",
                    left ? "left" : "right", name, left ? "right" : "left", consequence(sides.binary)),
        "match by the labels that both have: on (…) group_left");
    return;
  }
}

void check_include(const RuleUnderCheck& rule, const Sides& sides, FindingList& out) {
  const Matching& matching = *sides.binary.matching;
  const LabelFlow& one = matching.group == Matching::Group::kRight ? sides.left : sides.right;
  for (const LabelName& label : matching.include) {
    if (label.name == "__name__" || one.of(label.name) != Presence::kCannot) continue;
    out.at_expression(rule, kMatching, label.extent,
                      fmt::format("{} is to be taken from the {} side, which cannot have it", label.name,
                                  matching.group == Matching::Group::kRight ? "left" : "right"),
                      fmt::format("keep {} on that side, for example in by (…)", label.name));
  }
}

void check(const RuleUnderCheck& rule, FindingList& out) {
  for (std::size_t i = 0; i < rule.view.size(); ++i) {
    const auto* binary = as<BinaryExpr>(rule.view[i].expr);
    if (binary == nullptr || binary->op == BinaryOperator::kOr) continue;
    if (binary->left->type != ValueType::kVector || binary->right->type != ValueType::kVector) continue;
    const Matching* matching = binary->matching;
    if (matching != nullptr && (matching->fill_left || matching->fill_right)) continue;
    const auto left = static_cast<std::size_t>(rule.view[i].first_child);
    const auto right = static_cast<std::size_t>(rule.view[left].next_sibling);
    const Sides sides{*binary, rule.flows[left], rule.flows[right]};
    if (matching != nullptr && matching->on) {
      check_on(rule, sides, out);
    } else {
      check_all(rule, sides, out);
    }
    if (matching != nullptr) check_include(rule, sides, out);
  }
}

}  // namespace

const RuleCheck kPromqlMatching{kKinds, check};

}  // namespace tocsin
