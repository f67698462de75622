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

void Delivery::start(std::string id, TimePoint now) {
  TOCSIN_CHECK(idle(), "one delivery at a time");
  *this = Delivery();
  id_ = std::move(id);
  owed_since_ = now;
  again(now);
}

void Delivery::wait(std::string id, TimePoint now) {
  TOCSIN_CHECK(!under_way(), "one attempt at a time");
  if (idle()) {
    *this = Delivery();
    id_ = std::move(id);
    owed_since_ = now;
  }
  state_ = State::kWaiting;
  next_attempt_at_ = kNever;
  waiting_since_ = tries_ == 0 ? owed_since_ : now;
}

void Delivery::wait_again(const DeliveryResult& result) {
  TOCSIN_CHECK(under_way());
  state_ = State::kWaiting;
  last_error_ = result.message;
  waiting_since_ = owed_since_;
}

void Delivery::again(TimePoint now) {
  TOCSIN_CHECK(!under_way(), "one attempt at a time");
  state_ = State::kUnderWay;
  if (tries_++ == 0) started_at_ = now;
  next_attempt_at_ = kNever;
}

void Delivery::succeeded() {
  TOCSIN_CHECK(under_way());
  *this = Delivery();
}

void Delivery::failed(const DeliveryResult& result, TimePoint now) {
  TOCSIN_CHECK(under_way());
  state_ = State::kBackingOff;
  last_error_ = result.message;
  next_attempt_at_ = now + back_off(id_, tries_, result.retry_after);
}

void Delivery::rejected(const DeliveryResult& result, TimePoint flush, Duration group_interval) {
  TOCSIN_CHECK(under_way());
  state_ = State::kHeld;
  last_error_ = result.message;
  Duration hold = group_interval;
  for (int i = 0; i < rejections_ && hold < kLongestHold; ++i) hold *= 2;
  ++rejections_;
  next_attempt_at_ = flush + std::max(group_interval, std::min(hold, kLongestHold));
}

void Delivery::rejected_and_waits(const DeliveryResult& result, TimePoint now) {
  TOCSIN_CHECK(under_way());
  state_ = State::kWaiting;
  last_error_ = result.message;
  ++rejections_;
  waiting_since_ = now;
}

void Delivery::drop() {
  TOCSIN_CHECK(!under_way());
  *this = Delivery();
}

void Delivery::end_hold() {
  if (state_ == State::kHeld) next_attempt_at_ = kNoTime;
}

Delivery::Memory Delivery::memory() const {
  return {id_, rejections_, state_ == State::kHeld ? next_attempt_at_ : kNoTime, owed_since_};
}

void Delivery::restore(const Memory& memory, TimePoint now) {
  *this = Delivery();
  if (memory.id.empty()) return;
  id_ = memory.id;
  rejections_ = memory.rejections;
  owed_since_ = is_set(memory.owed_since) ? std::min(memory.owed_since, now) : now;
  bool held = is_set(memory.held_until);
  state_ = held ? State::kHeld : State::kBackingOff;
  // The clock may have been set back while we were away: no hold waits for a future that was a mistake.
  next_attempt_at_ = held ? std::min(memory.held_until, now + kLongestHold) : now;
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
