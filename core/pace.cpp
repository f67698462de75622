#include "core/pace.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>

namespace tocsin {
namespace {

struct Unit {
  std::string_view name;
  Duration span;
};
// The first name of each span is the one that is printed.
constexpr std::array<Unit, 6> kUnits = {{{"s", std::chrono::seconds(1)},
                                         {"min", std::chrono::minutes(1)},
                                         {"m", std::chrono::minutes(1)},
                                         {"h", std::chrono::hours(1)},
                                         {"second", std::chrono::seconds(1)},
                                         {"minute", std::chrono::minutes(1)}}};
constexpr double kFastest = 1e6;  // per unit: beyond it one would write `none`

// Digits with at most one point between them.
bool is_decimal(std::string_view text) {
  const auto point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point == std::string_view::npos ? "0" : text.substr(point + 1);
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.size() <= 9 &&
           part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  return digits(whole) && digits(fraction);
}

}  // namespace

Result<Duration> parse_rate(std::string_view text) {
  const Error unreadable{fmt::format("\"{}\" is not a rate", text)};
  const auto slash = text.find('/');
  if (slash == std::string_view::npos || !is_decimal(text.substr(0, slash)))
    return tl::unexpected(unreadable);
  const double count = std::strtod(std::string(text.substr(0, slash)).c_str(), nullptr);
  for (const Unit& unit : kUnits) {
    if (unit.name != text.substr(slash + 1)) continue;
    if (count <= 0) return fail("a rate must be above zero");
    if (count > kFastest) return fail("a rate this high is no limit");
    return from_seconds(to_seconds(unit.span) / count);
  }
  return tl::unexpected(unreadable);
}

std::string format_rate(Duration interval) {
  const double seconds = to_seconds(interval);
  const auto& unit = seconds <= 1 ? kUnits[0] : seconds <= 60 ? kUnits[1] : kUnits[3];
  return fmt::format("{:.4g}/{}", to_seconds(unit.span) / seconds, unit.name);
}

std::string Pace::to_string() const {
  if (!limited()) return "no limit";
  return fmt::format("{}, {} at once", format_rate(interval), burst);
}

}  // namespace tocsin
