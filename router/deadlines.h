// Deadlines: everything the router waits for, in one ordered set, so that the next thing due is its head and
// a step costs what is due, not what exists. Equal times come as: ends of alerts, flushes, retries; then in
// the order in which their subjects came to be.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <tuple>

#include "core/time.h"

namespace tocsin {

struct AlertEntry;
class Group;
struct GroupIntegration;

struct Deadline {
  enum class Kind { kAlertEnds, kFlush, kRetry };
  TimePoint at = kNever;
  Kind kind = Kind::kFlush;
  std::uint64_t serial = 0;  // of the subject, unique within the kind
  AlertEntry* alert = nullptr;
  Group* group = nullptr;
  GroupIntegration* integration = nullptr;

  friend bool operator<(const Deadline& a, const Deadline& b) {
    return std::tie(a.at, a.kind, a.serial) < std::tie(b.at, b.kind, b.serial);
  }
};

class Deadlines {
 public:
  // `scheduled` is where the subject remembers its place in the set; kNever: none. Moving one reuses its
  // node.
  void move(Deadline deadline, TimePoint& scheduled, TimePoint wanted) {
    if (scheduled == wanted) return;
    deadline.at = scheduled;
    auto node = scheduled == kNever ? decltype(set_.extract(deadline)){} : set_.extract(deadline);
    scheduled = wanted;
    if (wanted == kNever) return;
    deadline.at = wanted;
    if (node.empty()) {
      set_.insert(deadline);
    } else {
      node.value() = deadline;
      set_.insert(std::move(node));
    }
  }

  // The first that is due; it stays scheduled until it is moved.
  std::optional<Deadline> due(TimePoint now) const {
    if (set_.empty() || set_.begin()->at > now) return std::nullopt;
    return *set_.begin();
  }

  TimePoint next() const { return set_.empty() ? kNever : set_.begin()->at; }

 private:
  std::set<Deadline> set_;
};

}  // namespace tocsin
