// Matchers and labels as they stand on the command line, read as amtool reads them: one an argument, and a
// first argument without an operator is the name of an alert.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/matcher.h"
#include "core/result.h"

namespace tocsin {

// InstanceDown team=~"db|web" → alertname="InstanceDown", team=~"db|web". Every mistake is in the message, a
// line each.
Result<Matchers> read_matcher_arguments(const std::vector<std::string>& arguments);

// InstanceDown team=db → alertname="InstanceDown", team="db".
Result<std::map<std::string, std::string>> read_label_arguments(const std::vector<std::string>& arguments);

// summary="too hot": pairs only. `what` names one in messages: "annotation".
Result<std::map<std::string, std::string>> read_pair_arguments(const std::vector<std::string>& arguments,
                                                               const std::string& what);

}  // namespace tocsin
