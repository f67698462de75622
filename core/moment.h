// Times in sentences, as people read them who ask what was and what comes next. In UTC.
#pragma once

#include <string>

#include "core/time.h"

namespace tocsin {

// 12:04:05 (3m ago), 12:04:35 (in 30s); of another day with its date: 2026-01-02 12:04:05 (2d3h ago).
std::string format_moment(TimePoint at, TimePoint now);
// As exact as it matters: 45s, 4m30s, 12m, 3h5m, 2d3h.
std::string format_age(Duration);

}  // namespace tocsin
