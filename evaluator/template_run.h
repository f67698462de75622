// A TemplateRun is one evaluation's worth of template expansion: the moment, the external labels and URL, the
// way to ask further queries, and the answers to those already asked (each text is asked once). It belongs to
// one evaluation on one thread; compiled templates (evaluator/rule_template.h) are shared, a run is not.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/labels.h"
#include "core/result.h"
#include "core/template/function_map.h"
#include "core/time.h"
#include "evaluator/sample.h"

namespace tocsin {

// Runs an instant query at the evaluation's time. The error becomes part of the error text of the template.
using TemplateQuery = std::function<Result<std::vector<Sample>>(const std::string& expression)>;

struct TemplateEnvironment {
  TimePoint now = kNoTime;  // the evaluation timestamp, not the wall clock
  Labels external_labels;
  std::string external_url;  // without a slash at the end
  TemplateQuery query;       // none: every query fails
};

class TemplateRun {
 public:
  explicit TemplateRun(TemplateEnvironment environment);
  TemplateRun(const TemplateRun&) = delete;
  TemplateRun& operator=(const TemplateRun&) = delete;

  // The functions that depend on this evaluation; the others are rule_functions().
  const tmpl::FunctionMap& functions() const { return functions_; }
  // What `.` is for a sample: .Labels .ExternalLabels .ExternalURL .Value
  tmpl::Value data(const Sample& sample) const;
  // The samples of a query, as the template function `query` returns them.
  Result<tmpl::Value> query(const std::string& expression);

 private:
  TemplateEnvironment environment_;
  tmpl::Value external_labels_;
  std::map<std::string, Result<tmpl::Value>> answers_;
  tmpl::FunctionMap functions_;
};

}  // namespace tocsin
