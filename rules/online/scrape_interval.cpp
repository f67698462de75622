#include "rules/online/scrape_interval.h"

#include <fmt/format.h>

#include "rules/online/selectors.h"

namespace tocsin {
namespace {

using Kind = Question::Kind;

constexpr Duration kCounted = std::chrono::hours(1);

// By how many samples an hour brings, of series that are as old as that.
Question samples_in_an_hour(const std::string& selector) {
  return {Kind::kValue, fmt::format("max(count_over_time({0}[1h]) and {0} offset 1h)", selector), ""};
}

std::optional<Duration> interval_by_samples(Inquiry& inquiry, const promql::VectorSelector& selector) {
  const auto* samples = inquiry.ask<Evaluated>(samples_in_an_hour(bare_selector(selector)));
  if (samples == nullptr || samples->series.empty() || samples->sum() < 2) return std::nullopt;
  return from_seconds(to_seconds(kCounted) / samples->sum());
}

}  // namespace

std::optional<Duration> scrape_interval_of_job(Inquiry& inquiry, std::string_view job) {
  if (job.empty()) return std::nullopt;
  const auto* targets = inquiry.ask_in_passing<ScrapeIntervals>({Kind::kTargets, "", ""});
  if (targets != nullptr) {
    if (const auto found = targets->by_job.find(std::string(job)); found != targets->by_job.end())
      return found->second;
  }
  const auto* config = inquiry.ask_in_passing<ServerConfig>({Kind::kConfig, "", ""});
  if (targets != nullptr || config == nullptr) return std::nullopt;
  const auto found = config->by_job_name.find(std::string(job));
  return found == config->by_job_name.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Duration> usual_scrape_interval(Inquiry& inquiry) {
  const auto* config = inquiry.ask<ServerConfig>({Kind::kConfig, "", ""});
  return config == nullptr ? std::nullopt : std::optional(config->scrape_interval);
}

std::optional<JobInterval> longest_interval(Inquiry& inquiry, const promql::VectorSelector& selector) {
  const auto* jobs = inquiry.ask<Evaluated>(series_by_job(selector));
  if (jobs == nullptr || jobs->sum() <= 0) return std::nullopt;
  const bool targets_asked = inquiry.was_asked({Kind::kTargets, "", ""});
  const bool config_asked = inquiry.was_asked({Kind::kConfig, "", ""});
  if (!targets_asked || !config_asked) return std::nullopt;
  std::optional<JobInterval> longest;
  bool by_samples = false;
  for (const Evaluated::Series& one : jobs->series) {
    const auto interval = scrape_interval_of_job(inquiry, one.job);
    by_samples = by_samples || !interval;
    if (interval && (!longest || *interval > longest->interval)) longest = JobInterval{one.job, *interval};
  }
  if (longest || !by_samples) return longest;
  const auto interval = interval_by_samples(inquiry, selector);
  return interval ? std::optional(JobInterval{"", *interval}) : std::nullopt;
}

}  // namespace tocsin
