#include "core/moment.h"

#include "core/duration.h"

namespace tocsin {

using namespace std::chrono_literals;

std::string format_age(Duration age) {
  Duration shown = std::chrono::round<std::chrono::seconds>(age);
  if (shown >= std::chrono::days(1)) {
    shown = std::chrono::floor<std::chrono::hours>(shown);
  } else if (shown >= 10min) {
    shown = std::chrono::floor<std::chrono::minutes>(shown);
  }
  return format_prometheus_duration(shown);
}

std::string format_moment(TimePoint at, TimePoint now) {
  const std::string text = format_rfc3339(std::chrono::floor<std::chrono::seconds>(at));
  const std::size_t zone = text.rfind('Z');
  const std::size_t middle = text.find('T');
  std::string moment = text.substr(middle + 1, zone - middle - 1);
  using Days = std::chrono::days;
  if (std::chrono::floor<Days>(at) != std::chrono::floor<Days>(now)) {
    moment = text.substr(0, middle) + " " + moment;
  }
  const Duration away = std::chrono::round<std::chrono::seconds>(at > now ? at - now : now - at);
  if (away == 0s) return moment + " (now)";
  return moment + (at > now ? " (in " + format_age(away) + ")" : " (" + format_age(away) + " ago)");
}

}  // namespace tocsin
