#include "router/deadlines.h"

#include <algorithm>

#include "core/check.h"
#include "router/alert_book.h"
#include "router/group.h"

namespace tocsin {

namespace {

// Children of an item: more of them make the heap flatter, and moving an item touches the subjects that it
// passes.
constexpr std::size_t kChildren = 4;

constexpr int kKindShift = 62;
constexpr std::uint64_t kSerialMask = (std::uint64_t{1} << kKindShift) - 1;

}  // namespace

Deadline::Kind Deadlines::Item::kind() const {
  return static_cast<Deadline::Kind>(order >> kKindShift);
}

Scheduled& Deadlines::Item::scheduled() const {
  switch (kind()) {
    case Deadline::Kind::kAlertEnds:
      return alert->scheduled;
    case Deadline::Kind::kFlush:
      return group->scheduled;
    case Deadline::Kind::kRetry:
      return integration->scheduled;
    case Deadline::Kind::kFallback:
      break;
  }
  return integration->scheduled_fallback;
}

Deadlines::Item Deadlines::item(const Deadline& deadline, TimePoint at) {
  Item item{};
  item.at = at;
  item.order = (static_cast<std::uint64_t>(deadline.kind) << kKindShift) | deadline.serial;
  if (deadline.kind == Deadline::Kind::kAlertEnds)
    item.alert = deadline.alert;
  else
    item.group = deadline.group;
  item.integration = deadline.integration;
  return item;
}

void Deadlines::move(const Deadline& deadline, Scheduled& scheduled, TimePoint wanted) {
  if (scheduled.at == wanted) return;
  scheduled.at = wanted;
  if (scheduled.place == Scheduled::kNowhere) {
    TOCSIN_CHECK(heap_.size() < Scheduled::kNowhere, "memory ends before the places do");
    heap_.push_back(item(deadline, wanted));
    rise(heap_.size() - 1);
    return;
  }
  const std::size_t place = scheduled.place;
  if (wanted == kNever) {
    remove(place);
    scheduled.place = Scheduled::kNowhere;
  } else if (wanted < heap_[place].at) {
    heap_[place].at = wanted;
    rise(place);
    return;
  }
  settle_head();
}

std::optional<Deadline> Deadlines::due(TimePoint now) const {
  if (next() > now || heap_.empty()) return std::nullopt;
  const Item& head = heap_.front();
  Deadline deadline{.at = head.at, .kind = head.kind(), .serial = head.order & kSerialMask};
  if (deadline.kind == Deadline::Kind::kAlertEnds)
    deadline.alert = head.alert;
  else
    deadline.group = head.group;
  deadline.integration = head.integration;
  return deadline;
}

void Deadlines::put(std::size_t place, const Item& item) {
  heap_[place] = item;
  item.scheduled().place = static_cast<std::uint32_t>(place);
}

void Deadlines::rise(std::size_t place) {
  const Item item = heap_[place];
  while (place > 0) {
    const std::size_t parent = (place - 1) / kChildren;
    if (!item.before(heap_[parent])) break;
    put(place, heap_[parent]);
    place = parent;
  }
  put(place, item);
}

void Deadlines::sink(std::size_t place) {
  const Item item = heap_[place];
  while (true) {
    const std::size_t first = kChildren * place + 1;
    const std::size_t end = std::min(first + kChildren, heap_.size());
    if (first >= end) break;
    std::size_t child = first;
    for (std::size_t other = first + 1; other < end; ++other) {
      if (heap_[other].before(heap_[child])) child = other;
    }
    if (!heap_[child].before(item)) break;
    put(place, heap_[child]);
    place = child;
  }
  put(place, item);
}

void Deadlines::remove(std::size_t place) {
  const Item last = heap_.back();
  heap_.pop_back();
  if (place == heap_.size()) return;
  put(place, last);
  rise(place);
  sink(last.scheduled().place);
}

// Sinks what has moved to a later time, until the head is where it belongs.
void Deadlines::settle_head() {
  while (!heap_.empty()) {
    Item& head = heap_.front();
    const TimePoint at = head.scheduled().at;
    if (at == head.at) return;
    head.at = at;
    sink(0);
  }
}

}  // namespace tocsin
