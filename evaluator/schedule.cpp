#include "evaluator/schedule.h"

#include <algorithm>

#include "core/check.h"

namespace tocsin {
namespace {

// FNV-1a 64 with a final mix, so that names that differ in the last letter do not get neighbouring slots.
std::uint64_t stable_hash(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  hash ^= hash >> 33;
  hash *= 0xff51afd7ed558ccdULL;
  return hash ^ (hash >> 33);
}

}  // namespace

Schedule::Schedule(std::string_view identity, Duration interval) : interval_(interval) {
  TOCSIN_CHECK(interval > Duration::zero(), "a group's interval is positive");
  offset_ = Duration(
      static_cast<std::int64_t>(stable_hash(identity) % static_cast<std::uint64_t>(interval.count())));
}

TimePoint Schedule::slot_at_or_before(TimePoint t) const {
  const Duration since = t.time_since_epoch() - offset_;
  auto slots = since / interval_;
  if (since < Duration::zero() && since % interval_ != Duration::zero()) --slots;
  return TimePoint(slots * interval_ + offset_);
}

std::int64_t Schedule::slots_between(TimePoint last, TimePoint next) const {
  return std::max<std::int64_t>(0, (next - last) / interval_ - 1);
}

}  // namespace tocsin
