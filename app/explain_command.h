// `tocsin explain`: asks a running server why alerts were told or not. Exit codes: 0 alerts were found, 1
// none matches or the server cannot be asked, 2 usage.
#pragma once

#include "app/options.h"
#include "core/result.h"
#include "core/time.h"

namespace tocsin {

int run_explain(const ExplainOptions&);

// What the server is asked for; fails on what was written wrongly.
Result<std::string> explain_target(const ExplainOptions&, TimePoint now);

}  // namespace tocsin
