#include "app/event_line.h"

#include <utility>
#include <variant>

namespace tocsin {

bool EventLine::push(Event event, Time now) {
  const Time before = due();
  if (events_.empty()) first_at_ = now;
  if (std::holds_alternative<DeliveryFinished>(event)) {
    if (under_way_ > 0) --under_way_;
  } else {
    answers_only_ = false;
    if (const auto* posted = std::get_if<AlertsPosted>(&event)) alerts_ += posted->alerts.size();
  }
  events_.push_back(std::move(event));
  return due() < before;
}

EventLine::Time EventLine::due() const {
  if (events_.empty()) return Time::max();
  const bool gathers = answers_only_ && under_way_ >= kStorm && events_.size() < kEnough;
  return gathers ? first_at_ + kGathering : Time::min();
}

void EventLine::take(std::vector<Event>& into) {
  events_.swap(into);
  answers_only_ = true;
  alerts_ = 0;
}

}  // namespace tocsin
