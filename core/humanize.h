// Numbers as people read them, in templates of rules and of notifications: exactly as Prometheus' template
// functions print them.
#pragma once

#include <string>

#include "core/result.h"

namespace tocsin {

std::string humanize(double value);             // 1.235M, 120m
std::string humanize_1024(double value);        // 1Mi
std::string humanize_duration(double seconds);  // 1d 2h 3m 4s, 1.234s, 100ms
std::string humanize_percentage(double ratio);  // 12.35%
// 2015-06-23 13:19:44.128 +0000 UTC. Fails outside the range of nanoseconds.
Result<std::string> humanize_timestamp(double unix_seconds);
// Milliseconds since 1970, the resolution of Prometheus. Fails for NaN and infinities, and outside the range
// of nanoseconds.
Result<long long> unix_milliseconds(double unix_seconds);

}  // namespace tocsin
