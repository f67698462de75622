// Decodes `time_intervals:` and the older `mute_time_intervals:` of the configuration into
// NamedTimeIntervals, with everything that Alertmanager's loader refuses (timeinterval/timeinterval.go,
// config/config.go). More is allowed: hours past midnight, weekdays around the week's end.
#pragma once

#include "core/problem.h"
#include "core/yaml_reader.h"
#include "router/time_interval.h"

namespace tocsin {

// Both lists share one set of names.
NamedTimeIntervals read_time_intervals(const YamlNode& time_intervals, const YamlNode& mute_time_intervals,
                                       Problems&);

}  // namespace tocsin
