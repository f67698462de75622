#include "router/delivery.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "router/stable_hash.h"

namespace tocsin {

namespace {

constexpr Duration kFirstBackOff = std::chrono::milliseconds(500);
constexpr Duration kLongestBackOff = std::chrono::seconds(60);
constexpr Duration kLongestHold = std::chrono::hours(1);

}  // namespace

const Delivery::Progress& Delivery::progress() const {
  static const Progress kIdleOne;
  return progress_ ? *progress_ : kIdleOne;
}

void Delivery::begin(std::string id, TimePoint owed_since) {
  progress_ = std::make_unique<Progress>();
  progress_->id = std::move(id);
  progress_->owed_since = owed_since;
}

void Delivery::start(std::string id, TimePoint now) {
  TOCSIN_CHECK(idle(), "one delivery at a time");
  begin(std::move(id), now);
  again(now);
}

void Delivery::wait(std::string id, TimePoint now) {
  TOCSIN_CHECK(!under_way(), "one attempt at a time");
  if (idle()) begin(std::move(id), now);
  progress_->state = State::kWaiting;
  progress_->next_attempt_at = kNever;
  progress_->waiting_since = progress_->tries == 0 ? progress_->owed_since : now;
}

void Delivery::wait_again(const DeliveryResult& result) {
  TOCSIN_CHECK(under_way());
  progress_->state = State::kWaiting;
  progress_->last_error = result.message;
  progress_->waiting_since = progress_->owed_since;
}

void Delivery::again(TimePoint now) {
  TOCSIN_CHECK(progress_ && !under_way(), "one attempt at a time, of what has begun");
  progress_->state = State::kUnderWay;
  if (progress_->tries++ == 0) progress_->started_at = now;
  progress_->next_attempt_at = kNever;
}

void Delivery::succeeded() {
  TOCSIN_CHECK(under_way());
  progress_.reset();
}

void Delivery::failed(const DeliveryResult& result, TimePoint now) {
  TOCSIN_CHECK(under_way());
  progress_->state = State::kBackingOff;
  progress_->last_error = result.message;
  progress_->next_attempt_at = now + back_off(id(), tries(), result.retry_after);
}

void Delivery::rejected(const DeliveryResult& result, TimePoint flush, Duration group_interval) {
  TOCSIN_CHECK(under_way());
  progress_->state = State::kHeld;
  progress_->last_error = result.message;
  Duration hold = group_interval;
  for (int i = 0; i < progress_->rejections && hold < kLongestHold; ++i) hold *= 2;
  ++progress_->rejections;
  progress_->next_attempt_at = flush + std::max(group_interval, std::min(hold, kLongestHold));
}

void Delivery::rejected_and_waits(const DeliveryResult& result, TimePoint now) {
  TOCSIN_CHECK(under_way());
  progress_->state = State::kWaiting;
  progress_->last_error = result.message;
  ++progress_->rejections;
  progress_->waiting_since = now;
}

void Delivery::drop() {
  TOCSIN_CHECK(!under_way());
  progress_.reset();
}

void Delivery::end_hold() {
  if (state() == State::kHeld) progress_->next_attempt_at = kNoTime;
}

Delivery::Memory Delivery::memory() const {
  return {id(), progress().rejections, state() == State::kHeld ? next_attempt_at() : kNoTime, owed_since()};
}

void Delivery::restore(const Memory& memory, TimePoint now) {
  progress_.reset();
  if (memory.id.empty()) return;
  begin(memory.id, is_set(memory.owed_since) ? std::min(memory.owed_since, now) : now);
  progress_->rejections = memory.rejections;
  bool held = is_set(memory.held_until);
  progress_->state = held ? State::kHeld : State::kBackingOff;
  // The clock may have been set back while we were away: no hold waits for a future that was a mistake.
  progress_->next_attempt_at = held ? std::min(memory.held_until, now + kLongestHold) : now;
}

std::string_view to_string(Delivery::State state) {
  switch (state) {
    case Delivery::State::kIdle:
      return "idle";
    case Delivery::State::kWaiting:
      return "waiting";
    case Delivery::State::kUnderWay:
      return "under way";
    case Delivery::State::kBackingOff:
      return "backing off";
    case Delivery::State::kHeld:
      return "held";
  }
  return "idle";
}

Duration back_off(std::string_view id, int tries, Duration retry_after) {
  double factor = std::pow(1.5, std::clamp(tries - 1, 0, 32));
  double steady = std::min(to_seconds(kFirstBackOff) * factor, to_seconds(kLongestBackOff));
  std::uint64_t hash = stable_hash(id, static_cast<std::uint64_t>(tries));
  double jitter = 0.5 + static_cast<double>(hash >> 11) * 0x1.0p-53;  // 0.5 up to 1.5
  return std::max(from_seconds(steady * jitter), std::min(retry_after, kLongestRetryAfter));
}

}  // namespace tocsin
