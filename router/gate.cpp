#include "router/gate.h"

#include <algorithm>

#include "router/delivery.h"

namespace tocsin {

namespace {

constexpr std::uint32_t kWideEnough = 1024;
// A 429 without Retry-After: no less than this, and more each time.
constexpr Duration kShortestPause = std::chrono::seconds(1);
constexpr Duration kShortestWish = std::chrono::milliseconds(100);

}  // namespace

TimePoint Gate::paced_at() const {
  if (!pace_.limited() || !is_set(full_at_)) return kNoTime;
  return full_at_ - (pace_.burst - 1) * pace_.interval;
}

TimePoint Gate::opens_at() const {
  if (under_way_ >= width_) return kNever;
  TimePoint at = std::max(paused_until_, paced_at());
  if (circuit_open()) at = probing_ ? kNever : std::max(at, next_probe_at_);
  return at;
}

Gate::Obstacle Gate::obstacle(TimePoint now) const {
  if (open(now)) return Obstacle::kNone;
  if (circuit_open()) return Obstacle::kCircuit;
  if (paused_until_ > now) return Obstacle::kPause;
  return under_way_ >= width_ ? Obstacle::kOneAtATime : Obstacle::kPace;
}

void Gate::passed(TimePoint now) {
  ++under_way_;
  probing_ |= circuit_open();
  if (pace_.limited()) full_at_ = std::max(full_at_, now) + pace_.interval;
}

void Gate::spend_burst(TimePoint now) {
  if (pace_.limited()) full_at_ = now + (pace_.burst - 1) * pace_.interval;
}

// One that is answered after a reload may have passed another gate.
void Gate::answered() {
  if (under_way_ > 0) --under_way_;
}

void Gate::delivered(TimePoint now) {
  answered();
  if (width_ != kWide) width_ = width_ >= kWideEnough ? kWide : width_ * 2;
  pauses_ = 0;
  refused_groups_.clear();
  shut_at_ = next_probe_at_ = failing_since_ = kNoTime;
  probing_ = false;
  last_delivered_at_ = now;
  last_error_.clear();
}

void Gate::note_failure(const DeliveryResult& result, TimePoint now) {
  answered();
  if (!is_set(failing_since_)) failing_since_ = now;
  last_error_ = result.message;
  if (std::exchange(probing_, false)) probe_later(now);
}

bool Gate::failed(const DeliveryResult& result, TimePoint now) {
  note_failure(result, now);
  if (result.status != 429 && result.retry_after <= Duration::zero()) return false;
  // Many that were under way together are told the same: it is one pause.
  if (paused_until_ <= now) ++pauses_;
  const Duration pause = result.retry_after > Duration::zero()
                             ? std::clamp(result.retry_after, kShortestWish, kLongestRetryAfter)
                             : std::max(kShortestPause, back_off(name_, pauses_, {}));
  paused_until_ = std::max(paused_until_, now + pause);
  width_ = 1;
  return true;
}

void Gate::refused(std::uint64_t group, const DeliveryResult& result, TimePoint now) {
  note_failure(result, now);
  // Status 0: it did not even leave the house, so there is nobody to spare.
  if (result.status == 0 || circuit_open()) return;
  if (std::ranges::find(refused_groups_, group) == refused_groups_.end()) refused_groups_.push_back(group);
  if (refused_groups_.size() < kRefusedGroupsToShut) return;
  shut_at_ = now;
  probe_interval_ = kFirstProbe;
  next_probe_at_ = now + kFirstProbe;
  width_ = 1;
}

void Gate::probe_later(TimePoint now) {
  probe_interval_ = std::min(probe_interval_ * 2, kLongestProbe);
  next_probe_at_ = now + probe_interval_;
}

void Gate::idle() {
  shut_at_ = next_probe_at_ = failing_since_ = kNoTime;
  probing_ = false;
  refused_groups_.clear();
  last_error_.clear();
}

void Gate::restore(Memory memory, TimePoint now) {
  failing_since_ = std::min(memory.failing_since, now);
  last_error_ = std::move(memory.last_error);
  if (!is_set(memory.shut_at)) return;
  shut_at_ = std::min(memory.shut_at, now);
  probe_interval_ = std::clamp(memory.probe_interval, kFirstProbe, kLongestProbe);
  // The clock may have been set back while we were away.
  next_probe_at_ = std::min(memory.next_probe_at, now + kLongestProbe);
  width_ = 1;
}

std::string_view to_string(Gate::Obstacle obstacle) {
  switch (obstacle) {
    case Gate::Obstacle::kNone:
      return "";
    case Gate::Obstacle::kPace:
      return "pace";
    case Gate::Obstacle::kPause:
      return "pause";
    case Gate::Obstacle::kCircuit:
      return "circuit";
    case Gate::Obstacle::kOneAtATime:
      return "one at a time";
  }
  return "";
}

}  // namespace tocsin
