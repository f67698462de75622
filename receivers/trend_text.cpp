#include "receivers/trend_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/humanize.h"

namespace tocsin {
namespace {

constexpr std::array<const char*, 8> kBars = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// The value of a stretch: the lowest where the rule fires below its threshold, else the highest.
double worst(const Trend& trend, std::size_t begin, std::size_t end) {
  const bool low = trend.comparison.starts_with('<');
  double out = kNone;
  for (std::size_t i = begin; i < end; ++i) {
    const double value = trend.values[i];
    if (!std::isfinite(value)) continue;
    if (std::isnan(out) || (low ? value < out : value > out)) out = value;
  }
  return out;
}

std::vector<double> columns_of(const Trend& trend, std::size_t most) {
  const std::size_t count = std::min(most, trend.values.size());
  std::vector<double> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(worst(trend, i * trend.values.size() / count, (i + 1) * trend.values.size() / count));
  return out;
}

// "last hour", "last 20 min"
std::string span_of(const Trend& trend) {
  const auto minutes = std::chrono::round<std::chrono::minutes>(trend.end() - trend.begin).count();
  if (minutes == 60) return "last hour";
  if (minutes < 1) return "last minute";
  return minutes % 60 == 0 ? fmt::format("last {} h", minutes / 60) : fmt::format("last {} min", minutes);
}

}  // namespace

std::string trend_number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  const double size = std::abs(value);
  if (size >= 10'000 && size < 1e18) return humanize(value);
  return fmt::format("{:.4g}", value);
}

std::string trend_text(const Trend& trend, std::size_t most_columns) {
  const std::vector<double> columns = columns_of(trend, most_columns);
  double low = std::numeric_limits<double>::infinity(), high = -low;
  const auto include = [&](double value) {
    if (!std::isfinite(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  };
  for (const double value : columns) include(value);
  if (low > high) return "";
  if (trend.threshold) include(*trend.threshold);

  std::string out;
  for (const double value : columns) {
    if (std::isnan(value)) {
      out += "·";
      continue;
    }
    // Halved, so that the span of two huge numbers is one too.
    const double part = high > low ? (value / 2 - low / 2) / (high / 2 - low / 2) : 0.5;
    out += kBars.at(static_cast<std::size_t>(std::lround(part * (kBars.size() - 1))));
  }
  return out + " " + trend_words(trend);
}

std::string trend_words(const Trend& trend) {
  const auto last = std::find_if(trend.values.rbegin(), trend.values.rend(),
                                 [](double value) { return std::isfinite(value); });
  if (last == trend.values.rend()) return "";
  std::string out = trend_number(*last) + " (";
  if (trend.threshold) {
    const bool plain = trend.comparison == ">" || trend.comparison == "<";
    out += "threshold " + (plain ? "" : trend.comparison + " ") + trend_number(*trend.threshold) + ", ";
  }
  return out + span_of(trend) + ")";
}

}  // namespace tocsin
