// How often the server has a new sample of something: as its targets say, as its configuration says, or as
// its samples lie.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rules/online/online_check.h"

namespace tocsin {

// Of the targets of a job, the shortest; nothing where the server does not know the job.
std::optional<Duration> scrape_interval_of_job(Inquiry&, std::string_view job);
// What holds where a job says nothing.
std::optional<Duration> usual_scrape_interval(Inquiry&);

struct JobInterval {
  std::string job;  // may be empty
  Duration interval{};
};
// Of the series of a selector that there are now; of several jobs the longest. Nothing where there are none,
// or nobody can tell.
std::optional<JobInterval> longest_interval(Inquiry&, const promql::VectorSelector&);

}  // namespace tocsin
