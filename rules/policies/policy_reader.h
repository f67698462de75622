// Reads policies from `checks:` of a configuration or policy file. Every mistake is a problem with its place.
//
//   checks:
//     - comment: Pages need a runbook
//       severity: warning                     # or note
//       match: {kind: alerting, matchers: ['severity="page"'], paths: [prod/]}
//       annotations: {runbook_url: {required: true, pattern: 'https://.+'}}
#pragma once

#include <vector>

#include "core/problem.h"
#include "core/yaml_reader.h"
#include "rules/policies/policy.h"

namespace tocsin {

// Where there are mistakes, those policies that could be read.
std::vector<Policy> read_policies(const YamlNode& checks, Problems&);

}  // namespace tocsin
