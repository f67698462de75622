// The JSON of an /api/v1/query answer, read in one pass: label texts go straight from the parser's buffer
// into label blocks. It checks the form only; what an answer means to a rule is decided in prometheus_client.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "evaluator/sample.h"

namespace tocsin {

struct QueryAnswer {
  // What data.result looks like, whatever data.resultType says: keys may come in any order.
  enum class Type {
    kMissing,
    kEmptyList,
    kSeries,  // [{"metric": …, "value": [ts, "1"]}, …]
    kPoint,   // [ts, "1"]
    kOther,   // well-formed JSON of another kind: a matrix, a point that is no number
  };
  std::string status;
  std::string error_type;
  std::string error;
  std::string result_type;
  Type type = Type::kMissing;
  std::vector<Sample> samples;  // for kPoint one sample without labels
  std::vector<std::string> warnings;
};

// Fails where the text is not JSON, or not an object. Unknown keys are validated and ignored; of equal keys
// the last wins.
Result<QueryAnswer> read_query_json(const std::string& body);

}  // namespace tocsin
