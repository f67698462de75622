#include "app/duration_argument.h"

#include "core/duration.h"

namespace tocsin {

Result<Duration> parse_duration_argument(const std::string& text) {
  if (auto parsed = parse_go_duration(text)) return parsed;
  return parse_prometheus_duration(text);
}

}  // namespace tocsin
