// What the template of a label or annotation reads: labels of the alert, its value, and the results of
// queries of its own.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "core/template/parser.h"

namespace tocsin {

struct LabelUse {
  std::string name;
  std::size_t begin = 0, end = 0;  // bytes of the text, without its prelude
};

struct ValueUse {
  std::size_t begin = 0, end = 0;
  bool formatted = false;  // by humanize or printf
};

struct QueryUse {
  std::string expression;
  std::size_t begin = 0, end = 0;
  std::vector<LabelUse> labels;  // that are read of its results
};

struct TemplateUses {
  std::vector<LabelUse> labels;           // $labels.NAME and .Labels.NAME that are printed
  std::vector<LabelUse> external_labels;  // $externalLabels.NAME and .ExternalLabels.NAME that are printed
  std::vector<std::string> guarded;       // names that the template asks for in `if` or `with`
  std::vector<std::string> guarded_external;
  std::vector<ValueUse> values;   // $value where it is printed, not where `if` asks for it
  std::vector<QueryUse> queries;  // whose text stands in the template
};

TemplateUses template_uses(const tmpl::Trees&);

}  // namespace tocsin
