// Findings: what Prometheus and Alertmanager load and what goes wrong at night. This joins the checks of
// rules (rules/findings), of routing (router/config_findings), of both together and of policies
// (rules/policies), and takes away what comments in the files suppress. It decides nothing by the clock: the
// caller says what day it is.
//
//   CheckedSources sources;
//   const auto configuration = load_configuration(path, url, files, problems, dialect, promql, &sources);
//   add_findings(sources, configuration ? &*configuration : nullptr, {.now = now}, problems);
#pragma once

#include <functional>
#include <span>

#include "app/checked_sources.h"
#include "app/configuration.h"
#include "app/online_survey.h"
#include "core/problem.h"
#include "core/time.h"
#include "rules/policies/policy.h"

namespace tocsin {

struct FindingOptions {
  TimePoint now{};                     // suppressions of the past do not act
  const Survey* survey = nullptr;      // what a server has said; null: none was asked
  std::span<const Policy> policies{};  // beside those of the configuration
  // The server does not evaluate them, Tocsin does, with its own external labels.
  std::function<bool(const CheckedRuleFile&)> evaluated_here = [](const auto&) { return false; };
};

// `problems` holds what loading has found; what of it has a code is suppressed by comments like the findings
// that are added. Without a configuration rules are checked alone. Of one path in several sources (files that
// are checked one by one) each is checked by itself, and all of them for duplicates only where they are in
// one CheckedSources.
void add_findings(const CheckedSources&, const Configuration*, const FindingOptions&, Problems& problems);

}  // namespace tocsin
