// The first step of evaluating an alerting rule: from the samples of its expression to the label sets of its
// instances. It has no memory; pending, firing and resolved are the AlertTracker's.
#pragma once

#include <string>
#include <vector>

#include "core/labels.h"
#include "core/result.h"
#include "evaluator/instance.h"
#include "evaluator/rule_template.h"
#include "evaluator/sample.h"
#include "evaluator/template_run.h"
#include "rules/rule.h"

namespace tocsin {

struct InstanceSeeds {
  std::vector<InstanceSeed> seeds;  // in order of the samples
  std::vector<std::string>
      template_failures;  // one for each value that holds an error text; they do not make the rule fail
};

// As Prometheus does (rules/alerting.go): the sample's labels without the metric name, then the rule's labels
// in order of name, where an empty one deletes, then alertname. Fails as a whole where two samples become the
// same instance.
Result<InstanceSeeds> make_instances(const Rule&, const RuleTemplates&, const std::vector<Sample>& samples,
                                     const TemplateRun&);

}  // namespace tocsin
