// HealthWatch turns failing evaluations into alerts of their own, because an alert that is held while nobody
// can look must not look like an alert that is watched: RuleEvaluationFailing for a rule,
// PrometheusUnreachable for a server that answers nothing at all.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/alert.h"
#include "core/record.h"
#include "core/result.h"

namespace tocsin {

class HealthWatch {
 public:
  // So many evaluations in a row may fail before people are told.
  static constexpr int kToleratedFailures = 3;

  struct Change {
    Alert alert;
    Record record;
  };

  // The names of the alerts: `home` is RuleKey's.
  static std::string rule_key(const std::string& home) { return "rule;" + home; }
  static std::string server_key(const std::string& name) { return "server;" + name; }

  // Raises the alert named `key`, or says that it fires already (nothing comes back, unless the annotations
  // changed).
  std::vector<Change> raise(const std::string& key, Labels labels, Labels annotations, TimePoint now);
  std::vector<Change> settle(const std::string& key, ResolveCause, TimePoint now);
  // Settles all whose key is not among `known`: their rules or servers are gone from the configuration.
  std::vector<Change> settle_unknown(const std::vector<std::string>& known, TimePoint now);

  static constexpr std::string_view kBucket = "health";
  void restore(const Record&);

  const std::map<std::string, Alert>& alerts() const { return alerts_; }

 private:
  std::map<std::string, Alert> alerts_;
};

}  // namespace tocsin
