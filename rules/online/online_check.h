// A check that asks a Prometheus server: a pure function over one rule and what the server has said. Each
// family of checks is one file of this folder; online_findings.cpp lists them.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "core/time.h"
#include "rules/findings/rule_check.h"
#include "rules/online/cost_limits.h"
#include "rules/online/inquiry.h"
#include "rules/online/question_call.h"

namespace tocsin {

struct OnlineOptions {
  QuestionTime time;  // now, and how far is looked back
  CostLimits cost;
  std::set<std::string, std::less<>> recorded;  // names of the recording rules that are checked with it
  std::set<const CheckedRule*> left_out;        // the server is not asked about them
};

struct OnlineRule {
  const RuleUnderCheck& rule;
  const OnlineOptions& options;
  bool evaluated_by_server;  // else Tocsin does, and adds its own external labels
  Inquiry& inquiry;
  FindingList& out;

  const ExpressionView& view() const { return rule.view; }
  bool is_recorded(std::string_view metric) const { return options.recorded.contains(metric); }
};

struct OnlineCheck {
  std::span<const FindingKind> kinds;  // that only a server tells of
  void (*check)(const OnlineRule&);
};

}  // namespace tocsin
