// What a Prometheus server has said of the rules that are checked: the checks say what they want to know, the
// server is asked, and what it answers may make them want to know more, until they know all, or the budget is
// spent.
#pragma once

#include <map>
#include <span>
#include <string>

#include "app/prometheus_desk.h"
#include "rules/online/online_findings.h"

namespace tocsin {

struct SurveyedFile {
  const CheckedRuleFile* file = nullptr;
  bool evaluated_by_server = true;  // else by Tocsin, with its own external labels
};

struct Survey {
  OnlineOptions options;
  Answers answers;
  std::map<NoAnswerReason, Inquiry::Open> open;  // checks that were not made
  std::string unreachable;                       // why nobody answers at all; empty: somebody does

  bool is_complete() const { return open.empty() && unreachable.empty(); }
};

// `options.recorded` is filled in here.
Survey take_survey(std::span<const SurveyedFile>, OnlineOptions options, PrometheusDesk&);

// What is to be said of the survey itself, at `file`.
void add_survey_problems(const Survey&, const std::string& server, const std::string& file, Problems&);

}  // namespace tocsin
