#include "rules/online/series_history.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/duration.h"

namespace tocsin {
namespace {

constexpr Duration kDay = std::chrono::hours(24);
constexpr Duration kTenMinutes = std::chrono::minutes(10);

std::int64_t seconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

TimePoint time_of(std::int64_t second) {
  return TimePoint(std::chrono::seconds(second));
}

// Steps between two times, both left out, at which the server has scraped.
std::size_t scraped_between(std::int64_t after, std::int64_t before, const Seen* up, std::int64_t step) {
  if (up == nullptr || up->at.empty()) {
    return static_cast<std::size_t>(std::max<std::int64_t>(0, (before - after - 1) / step));
  }
  const auto first = std::ranges::upper_bound(up->at, after);
  const auto last = std::ranges::lower_bound(up->at, before);
  return last > first ? static_cast<std::size_t>(last - first) : 0;
}

}  // namespace

SeriesHistory judge_history(const Seen& seen, const Seen* up, const QuestionTime& time) {
  if (seen.at.empty()) return {};
  const std::int64_t step = std::max<std::int64_t>(1, seconds(time.step));
  SeriesHistory out{SeriesHistory::Kind::kGone, time_of(seen.at.back()), 1, 0};
  for (std::size_t i = 1; i < seen.at.size(); ++i)
    out.times += scraped_between(seen.at[i - 1], seen.at[i], up, step) > 0 ? 1 : 0;
  if (out.times > 1) out.kind = SeriesHistory::Kind::kIntermittent;
  const auto all = up == nullptr || up->at.empty()
                       ? static_cast<std::size_t>(seconds(time.look_back) / step) + 1
                       : up->at.size();
  out.share =
      std::min(1.0, static_cast<double>(seen.at.size()) / static_cast<double>(std::max<std::size_t>(1, all)));
  return out;
}

std::string time_looked_back_at(const Seen* up, const QuestionTime& time) {
  Duration span = time.look_back;
  if (up != nullptr && !up->at.empty()) span = std::min(span, time.now - time_of(up->at.front()) + time.step);
  return "in the last " + rough_duration(span);
}

std::string rough_duration(Duration duration) {
  using std::chrono::floor;
  if (duration >= 2 * kDay) return fmt::format("{}d", duration / kDay);
  if (duration >= std::chrono::hours(2))
    return format_prometheus_duration(duration / kTenMinutes * kTenMinutes);
  if (duration >= std::chrono::minutes(1))
    return format_prometheus_duration(floor<std::chrono::minutes>(duration));
  return format_prometheus_duration(
      std::max<Duration>(floor<std::chrono::seconds>(duration), std::chrono::seconds(1)));
}

}  // namespace tocsin
