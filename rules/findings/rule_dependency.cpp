// rule/dependency: recording rules that use what another rule has not recorded yet; and promql/rate of what
// another rule has summed up.
#include <fmt/format.h>

#include <string_view>
#include <unordered_map>
#include <vector>

#include "rules/findings/group_findings.h"
#include "rules/promql/visitor.h"

namespace tocsin {
namespace {

using namespace promql;

constexpr FindingKind kKinds[] = {
    {
        "rule/dependency",
        Severity::kNote,
        "a recording rule sees what another has recorded one evaluation late",
        R"(The rules of a group are evaluated in order, and each sees what those before it have recorded. Groups are
evaluated each at its own time: what another group records is up to an interval old, and the two series never quite fit
together. The same holds for what a later rule of the same group records.

    wrong:  group a: record job:errors:rate5m      group b: record errors:rate5m using job:errors:rate5m
    right:  both in one group, in this order

Alerts are left alone: an interval hardly matters to them.)",
    },
    {
        "promql/rate", Severity::kWarning, "rate() of a recorded sum",
        "",  // that of rules/findings/promql_rate.cpp is shown
    },
};
constexpr const FindingKind& kDependency = kKinds[0];
constexpr const FindingKind& kRate = kKinds[1];

struct Recorded {
  const CheckedRuleFile* file;
  const CheckedGroup* group;
  const CheckedRule* rule;
  std::size_t number;  // in its group
};

// Whether the rule adds up series as they are: sum(x), with no function inside.
bool sums_raw_series(const CheckedRule& rule) {
  const auto* aggregation = as<Aggregation>(inside_parentheses(rule.tree.root()));
  if (aggregation == nullptr || aggregation->op != AggregateOperator::kSum) return false;
  const auto* selector = as<VectorSelector>(inside_parentheses(aggregation->expression));
  return selector != nullptr && metric_name(*selector).ends_with("_total");
}

class DependencySearch {
 public:
  DependencySearch(std::span<const CheckedRuleFile> files, FindingList& out) : files_(files), out_(out) {
    each([&](const Recorded& rule) {
      if (rule.rule->rule->kind == Rule::Kind::kRecording) recorded_[rule.rule->rule->name].push_back(rule);
    });
  }

  void run() {
    if (recorded_.empty()) return;
    each([&](const Recorded& rule) {
      view_.show(rule.rule->tree);
      for (std::size_t i = 0; i < view_.size(); ++i) {
        const auto* selector = as<VectorSelector>(view_[i].expr);
        if (selector == nullptr) continue;
        const auto found = recorded_.find(metric_name(*selector));
        if (found != recorded_.end()) judge(rule, i, *selector, found->second);
      }
    });
  }

 private:
  template <class Function>
  void each(Function&& function) const {
    for (const CheckedRuleFile& file : files_) {
      for (const CheckedGroup& group : file.groups) {
        for (std::size_t i = 0; i < group.rules.size(); ++i)
          function(Recorded{&file, &group, &group.rules[i], i});
      }
    }
  }

  void judge(const Recorded& rule, std::size_t node, const VectorSelector& selector,
             const std::vector<Recorded>& sources) {
    const RuleUnderCheck under{*rule.file, *rule.group, *rule.rule, *rule.rule->rule, {}, view_, no_flows_};
    if (sums_raw_series(*sources.front().rule)) judge_rate(under, node, sources.front());
    if (rule.rule->rule->kind != Rule::Kind::kRecording) return;
    for (const Recorded& source : sources) {
      if (source.rule == rule.rule) return;  // of what it has recorded itself
      if (source.group == rule.group && source.number < rule.number) return;
    }
    const Recorded& source = sources.front();
    const bool same = source.group == rule.group;
    out_.at_expression(
        under, kDependency, selector.extent,
        same ? fmt::format("{} is recorded by a later rule of this group: it is one evaluation old",
                           source.rule->rule->name)
             : fmt::format(
                   "{} is recorded by group {} at {}:{}, at another time: it is up to one interval old",
                   source.rule->rule->name, source.group->group->name, source.file->file(),
                   source.rule->rule->position.line),
        same ? "move that rule in front of this one" : "put both rules into one group, in this order");
  }

  void judge_rate(const RuleUnderCheck& under, std::size_t node, const Recorded& source) {
    const Expr* range = view_.parent_of(node);
    if (range == nullptr || range->kind != NodeKind::kRange) return;
    const auto* call = as<Call>(view_.parent_of(static_cast<std::size_t>(view_[node].parent)));
    if (call == nullptr || (call->name != "rate" && call->name != "irate" && call->name != "increase"))
      return;
    out_.at_expression(
        under, kRate, call->extent,
        fmt::format("{0}() of {1}, which is a sum of counters ({2}:{3}), takes the restart of one "
                    "target for a restart of all",
                    call->name, source.rule->rule->name, source.file->file(),
                    source.rule->rule->position.line),
        fmt::format("record sum({}(…)) instead", call->name));
  }

  std::span<const CheckedRuleFile> files_;
  FindingList& out_;
  std::unordered_map<std::string_view, std::vector<Recorded>> recorded_;
  ExpressionView view_;
  const std::vector<LabelFlow> no_flows_;
};

}  // namespace

const std::span<const FindingKind> kDependencyKinds = std::span(kKinds).first(1);

void check_dependencies(std::span<const CheckedRuleFile> files, FindingList& out) {
  DependencySearch(files, out).run();
}

}  // namespace tocsin
