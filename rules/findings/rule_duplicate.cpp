// rule/duplicate: rules that make the same series or the same alerts as others.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "core/matcher.h"
#include "rules/findings/group_findings.h"
#include "rules/promql/printer.h"
#include "rules/promql/visitor.h"

namespace tocsin {
namespace {

using namespace promql;

constexpr FindingKind kKinds[] = {{
    "rule/duplicate",
    Severity::kWarning,
    "another rule makes the same series or the same alerts",
    R"(A series is known by its name and labels, an alert too. Of two rules that record the same series, whichever is
evaluated last wins. Of two that make the same alert, one resolves what the other fires.

    wrong:  alert: DiskFull   expr: disk_used > 90
            alert: DiskFull   expr: disk_used{mount!="/tmp"} > 80
    right:  labels: {severity: critical} on one, {severity: warning} on the other

Annotations do not tell alerts apart. Alerts of one name are compared where they have the same labels, and each
asks for one metric, the same.)",
}};
constexpr const FindingKind& kDuplicate = kKinds[0];

struct Known {
  const CheckedRuleFile* file;
  const CheckedRule* rule;
};

const VectorSelector* only_selector(const Tree& tree) {
  const VectorSelector* found = nullptr;
  bool several = false;
  walk(*tree.root(), [&](const Expr& node) {
    const auto* selector = as<VectorSelector>(&node);
    if (selector == nullptr) return;
    several = several || found != nullptr;
    found = selector;
  });
  return several ? nullptr : found;
}

// Whether some value of the label passes both; yes where nobody can tell.
bool may_agree(const LabelMatcher& a, const LabelMatcher& b) {
  const LabelMatcher& fixed = a.type == MatchType::kEqual ? a : b;
  const LabelMatcher& other = a.type == MatchType::kEqual ? b : a;
  if (fixed.type != MatchType::kEqual) return true;
  const auto matcher = Matcher::make(std::string(other.name), other.type, std::string(other.value));
  return !matcher || matcher->matches(fixed.value);
}

// A rule beside a stricter one, with a threshold of its own, for a part of the series.
bool may_select_the_same(const Tree& a, const Tree& b) {
  const VectorSelector* left = only_selector(a);
  const VectorSelector* right = only_selector(b);
  if (left == nullptr || right == nullptr) return false;
  if (metric_name(*left).empty() || metric_name(*left) != metric_name(*right)) return false;
  for (const LabelMatcher& x : left->matchers) {
    for (const LabelMatcher& y : right->matchers) {
      if (x.name == y.name && x.name != "__name__" && !may_agree(x, y)) return false;
    }
  }
  return true;
}

// Comparisons of which no value passes both: > 90 and < 10 are two conditions of one metric.
bool are_opposite(const Tree& a, const Tree& b) {
  const auto direction = [](const Tree& tree) {
    const auto* binary = as<BinaryExpr>(inside_parentheses(tree.root()));
    if (binary == nullptr) return 0;
    const bool less = binary->op == BinaryOperator::kLess || binary->op == BinaryOperator::kLessEqual;
    const bool more = binary->op == BinaryOperator::kGreater || binary->op == BinaryOperator::kGreaterEqual;
    return less ? -1 : more ? 1 : 0;
  };
  return direction(a) * direction(b) < 0;
}

class DuplicateSearch {
 public:
  explicit DuplicateSearch(FindingList& out) : out_(out) {}

  void add(const CheckedRuleFile& file, const CheckedRule& rule) {
    if (rule.rule->name.empty() || rule.tree.root() == nullptr) return;
    std::vector<Known>& namesakes = by_name_[{rule.rule->kind, rule.rule->name}];
    for (const Known& other : namesakes) {
      if (other.rule->rule->labels == rule.rule->labels && compare(other, {&file, &rule})) break;
    }
    namesakes.push_back({&file, &rule});
  }

 private:
  bool compare(const Known& earlier, const Known& rule) {
    const bool alerting = rule.rule->rule->kind == Rule::Kind::kAlerting;
    const Place place = rule.file->place(*rule.rule, alerting ? "alert" : "record");
    const std::string where = fmt::format("{}:{}", earlier.file->file(), earlier.rule->rule->position.line);
    const std::string_view word = alerting ? "alert" : "record";
    if (to_string(*earlier.rule->tree.root()) == to_string(*rule.rule->tree.root())) {
      out_.at(rule.file->file(), place, kDuplicate,
              fmt::format("{} {} is the same as the one at {}", word, go_quote(rule.rule->rule->name), where),
              "remove one of them, or tell them apart by a label");
      return true;
    }
    if (!alerting || !may_select_the_same(earlier.rule->tree, rule.rule->tree) ||
        are_opposite(earlier.rule->tree, rule.rule->tree)) {
      return false;
    }
    out_.at(rule.file->file(), place, kDuplicate,
            fmt::format("alert {} can be the same alert as the one at {}: both ask for the same series and "
                        "have the same labels",
                        go_quote(rule.rule->rule->name), where),
            "tell them apart by a label, for example severity, or by their names");
    return true;
  }

  std::map<std::pair<Rule::Kind, std::string_view>, std::vector<Known>> by_name_;
  FindingList& out_;
};

}  // namespace

const std::span<const FindingKind> kDuplicateKinds = kKinds;

void check_duplicates(std::span<const CheckedRuleFile> files, FindingList& out) {
  DuplicateSearch search(out);
  for (const CheckedRuleFile& file : files) {
    for (const CheckedGroup& group : file.groups) {
      for (const CheckedRule& rule : group.rules) search.add(file, rule);
    }
  }
}

}  // namespace tocsin
