// Durations on the command line: Alertmanager's flags take Go's form, our configuration Prometheus'; "90m",
// "1.5h" and "5d" are all understood.
#pragma once

#include <string>

#include "core/result.h"
#include "core/time.h"

namespace tocsin {

Result<Duration> parse_duration_argument(const std::string& text);

}  // namespace tocsin
