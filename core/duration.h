// Durations as users write them. Prometheus' form is for rule files and configuration (5m, 1h30m, 1d); Go's
// form is for the few keys that Alertmanager reads with Go's own parser (1.5h, 300ms). Both take and
// print what theirs do (prometheus/common: model/time.go; Go: time/time.go).
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"
#include "core/time.h"

namespace tocsin {

// As Prometheus does (common/model.ParseDuration): "0", or units y w d h m s ms, descending, each at most
// once; no sign, no fraction.
Result<Duration> parse_prometheus_duration(std::string_view text);
// As Prometheus prints: years and weeks only where they divide exactly, "0s" below a millisecond.
std::string format_prometheus_duration(Duration);

// As Go's time.ParseDuration: sign, fractions, units ns us µs ms s m h.
Result<Duration> parse_go_duration(std::string_view text);
// As Go's Duration.String: 1h30m0s, 1.5s, 300ms.
std::string format_go_duration(Duration);

}  // namespace tocsin
