// What the evaluator works by: the rule groups, each with its server and everything that a worker needs to
// evaluate it. Immutable and shared: a reload makes a new one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/labels.h"
#include "evaluator/prometheus_server.h"
#include "evaluator/rule_template.h"
#include "rules/rule.h"

namespace tocsin {

// One rule group, ready to be evaluated by any worker.
struct GroupPlan {
  RuleGroup group;
  std::shared_ptr<const PrometheusServer> server;
  Duration interval{};      // of the group, or the global one
  Duration query_offset{};  // of the group, or the global one
  Labels external_labels;
  std::string external_url;                                     // what {{ $externalURL }} shows
  std::vector<std::shared_ptr<const RuleTemplates>> templates;  // per rule; null for recording rules

  // Names the group in events, records and metrics: server, file and name.
  std::string id() const { return server->name + ";" + group.file + ";" + group.name; }
  bool says_the_same_as(const GroupPlan&) const;
  // `labels`, and the external labels where they have none of that name: what the router's alert has.
  Labels with_external(const Labels& labels) const;
};

struct EvaluatorConfig {
  std::vector<std::shared_ptr<const GroupPlan>> groups;  // in the order of files and groups
};

}  // namespace tocsin
