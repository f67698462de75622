// The AlertBook holds every alert that the router knows, by fingerprint (labels are compared in full). It
// merges what is posted from outside as Alertmanager does, and knows what of a change is worth a record. It
// does not route, and it does not know groups: it only counts how many hold an alert, because a resolved
// alert stays until the last of them has told everyone.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "core/alert.h"
#include "router/alert_key.h"
#include "router/deadlines.h"

namespace tocsin {

// One of many: each part begins where the one before has room left.
struct AlertEntry {
  [[no_unique_address]] AlertKey key;
  int holders = 0;  // groups
  [[no_unique_address]] Alert alert;
  bool resolved = false;  // noticed as resolved; a passed ends_at that was not looked at yet does not count
  bool stored = false;    // there is a record
  std::uint64_t serial = 0;
  [[no_unique_address]] Scheduled scheduled;  // its deadline, kept by the router

  // An end that was noticed stays one, even if the clock was set back over a restart.
  bool resolved_at(TimePoint now) const { return resolved || alert.resolved_at(now); }
};

class AlertBook {
 public:
  enum class Change {
    kNone,        // nothing new, or only a later end
    kAdded,       // was not known
    kFiredAgain,  // was resolved
    kEdited,      // fires on with another start, text or origin
    kResolved,
    kUnknown,    // resolved, and nobody knew of it
    kOutranked,  // from outside, but a rule of ours holds the same alert: only the rule's evidence ends it
  };
  struct Outcome {
    Change change;
    AlertEntry* entry;  // null for kUnknown
  };

  AlertBook();
  ~AlertBook();
  AlertBook(const AlertBook&) = delete;
  AlertBook& operator=(const AlertBook&) = delete;

  Outcome accept(const Alert& incoming, TimePoint now);
  // The end has passed without a refresh: false where it has not.
  bool expire(AlertEntry&, TimePoint now);

  // What a record held. An unresolved alert from outside gets its old validity again, counted from now: while
  // we were away its sender had no way to refresh it. Null where the key does not fit the labels or is taken.
  AlertEntry* restore(AlertKey, Alert, TimePoint now);

  AlertEntry* find(const Labels&);
  AlertEntry* find(AlertKey);
  const AlertEntry* find(AlertKey) const;
  void remove(AlertKey);

  // Ordered by fingerprint. A list made for the caller: it stays as it is while the book changes.
  std::vector<std::pair<AlertKey, AlertEntry*>> entries() const;
  std::size_t size() const;

 private:
  class Index;  // every entry, found by fingerprint; entries keep their addresses

  AlertEntry& add(AlertKey, Alert);

  std::unique_ptr<Index> index_;
  std::uint64_t last_serial_ = 0;
};

// How a posted alert and the stored one of the same labels become one, as Alertmanager does (provider/mem,
// types.Alert.Merge): where their intervals overlap, the later update is the base, the earlier start is kept,
// and a later end that someone really said outlives an earlier or an assumed one. Without overlap the posted
// one replaces.
struct AlertMerge {
  bool base_is_stored = false;  // texts come from the stored alert
  TimePoint starts_at;
  TimePoint ends_at;
};
AlertMerge merge_alerts(const Alert& stored, const Alert& posted, TimePoint now);

}  // namespace tocsin
