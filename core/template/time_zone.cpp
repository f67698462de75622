#include "core/template/time_zone.h"

#include <date/tz.h>

#include <algorithm>
#include <chrono>
#include <exception>

namespace tocsin::tmpl {
namespace {

const date::time_zone& rules_of(const void* rules) {
  return *static_cast<const date::time_zone*>(rules);
}

}  // namespace

Zone Zone::fixed(std::string abbreviation, std::int64_t seconds_east) {
  Zone zone;
  zone.name_ = std::move(abbreviation);
  zone.offset_ = seconds_east;
  return zone;
}

ZoneOffset Zone::offset_at(std::int64_t unix_seconds) const {
  if (rules_ == nullptr) return {offset_, name_};
  // The zone rules know years up to 32767; beyond that the last rule goes on.
  constexpr std::int64_t kLimit = 900'000'000'000;
  unix_seconds = std::clamp(unix_seconds, -kLimit, kLimit);
  const auto info = rules_of(rules_).get_info(date::sys_seconds{std::chrono::seconds{unix_seconds}});
  return {info.offset.count(), info.abbrev};
}

std::int64_t Zone::offset_for_local(std::int64_t local_seconds) const {
  if (rules_ == nullptr) return offset_;
  // As Go's time.Date: guess with the offset in force at the wall time read as UTC, then correct once.
  const std::int64_t guess = offset_at(local_seconds).seconds;
  const std::int64_t refined = offset_at(local_seconds - guess).seconds;
  if (refined == guess) return guess;
  return offset_at(local_seconds - refined).seconds;
}

Result<Zone> find_zone(std::string_view name) {
  if (name.empty() || name == "UTC") return Zone::utc();
  try {
    Zone zone;
    zone.name_ = std::string(name);
    zone.rules_ = date::locate_zone(std::string(name));
    return zone;
  } catch (const std::exception&) {
    return fail("unknown time zone " + std::string(name));
  }
}

}  // namespace tocsin::tmpl
