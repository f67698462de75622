// Deadlines: everything the router waits for, ordered, so that the next thing due is its head and a step
// costs what is due, not what exists. Equal times come as: ends of alerts, flushes, retries, fallbacks; then
// in the order in which their subjects came to be.
//
// A heap. A deadline that moves to a later time (as that of an alert which is sent again) stays where it is
// until it would be the head: only the head has to be right.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/time.h"

namespace tocsin {

struct AlertEntry;
class Group;
struct GroupIntegration;

struct Deadline {
  enum class Kind { kAlertEnds, kFlush, kRetry, kFallback };
  TimePoint at = kNever;
  Kind kind = Kind::kFlush;
  std::uint64_t serial = 0;  // of the subject, unique within the kind
  AlertEntry* alert = nullptr;
  Group* group = nullptr;
  GroupIntegration* integration = nullptr;
};

// What a subject remembers of its deadline.
struct Scheduled {
  static constexpr std::uint32_t kNowhere = UINT32_MAX;
  TimePoint at = kNever;           // kNever: none
  std::uint32_t place = kNowhere;  // in the heap
};

class Deadlines {
 public:
  // `scheduled` is the subject's own.
  void move(const Deadline& deadline, Scheduled& scheduled, TimePoint wanted);

  // The first that is due; it stays scheduled until it is moved.
  std::optional<Deadline> due(TimePoint now) const;
  TimePoint next() const { return heap_.empty() ? kNever : heap_.front().at; }

 private:
  // One of many: as small as it can be.
  struct Item {
    TimePoint at;         // not after the subject's own time
    std::uint64_t order;  // kind, then serial
    union {
      AlertEntry* alert;  // of kAlertEnds
      Group* group;       // of the others
    };
    GroupIntegration* integration;

    Deadline::Kind kind() const;
    Scheduled& scheduled() const;
    bool before(const Item& other) const { return at != other.at ? at < other.at : order < other.order; }
  };

  static Item item(const Deadline&, TimePoint at);
  void put(std::size_t place, const Item&);
  void rise(std::size_t place);
  void sink(std::size_t place);
  void remove(std::size_t place);
  void settle_head();

  std::vector<Item> heap_;
};

}  // namespace tocsin
