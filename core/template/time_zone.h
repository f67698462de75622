// Zone: what turns an instant into a wall clock: UTC, a fixed offset, a named zone of the system's time zone
// database, or the zone of the machine. A small value, cheap to copy. The one file that includes the date library's zone part is
// time_zone.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace tocsin::tmpl {

struct ZoneOffset {
  std::int64_t seconds = 0;  // East of Greenwich.
  std::string abbreviation;  // "CET"; empty if the zone has none.
};

class Zone {
 public:
  Zone() = default;  // UTC.
  static Zone utc() { return {}; }
  static Zone fixed(std::string abbreviation, std::int64_t seconds_east);

  ZoneOffset offset_at(std::int64_t unix_seconds) const;

  // The offset that applies when the wall clock shows `local_seconds` (seconds since 1970 as if it were UTC).
  std::int64_t offset_for_local(std::int64_t local_seconds) const;

  // "UTC", "Europe/Berlin", "Local", or the abbreviation of a fixed zone.
  const std::string& name() const { return name_; }

 private:
  friend Result<Zone> find_zone(std::string_view name);
  std::string name_ = "UTC";
  std::int64_t offset_ = 0;
  const void* rules_ = nullptr;  // A date::time_zone of the process-wide, immutable database.
  bool local_ = false;           // As the C library knows it: TZ, else /etc/localtime.
};

// "UTC" and "" are UTC, "Local" is the machine's own; anything else is looked up: unknown time zone Mars/Phobos.
Result<Zone> find_zone(std::string_view name);

}  // namespace tocsin::tmpl
