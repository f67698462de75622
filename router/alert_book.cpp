#include "router/alert_book.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_set.hpp>

#include "core/check.h"
#include "router/sort_by_key.h"

namespace tocsin {

static_assert(sizeof(AlertEntry) <= 96, "the allocator's next size is 112");

namespace {

TimePoint end_of(const Alert& alert) {
  return is_set(alert.ends_at) ? alert.ends_at : kNever;
}

bool overlap(const Alert& stored, const Alert& posted) {
  bool end_inside = end_of(posted) > stored.starts_at && end_of(posted) < end_of(stored);
  bool start_inside = posted.starts_at > stored.starts_at && posted.starts_at < end_of(stored);
  return end_inside || start_inside;
}

bool same_text(const Alert& a, const Alert& b) {
  return a.origin == b.origin && a.annotations == b.annotations && a.generator_url == b.generator_url;
}

ResolveCause cause_of(const Alert& alert) {
  if (alert.cause != ResolveCause::kNone) return alert.cause;
  return alert.origin == AlertOrigin::kRule ? ResolveCause::kConditionFalse : ResolveCause::kReportedResolved;
}

AlertMerge plan(const Alert& stored, const Alert& incoming, TimePoint now) {
  if (incoming.origin == AlertOrigin::kExternal) return merge_alerts(stored, incoming, now);
  return {.base_is_stored = false, .starts_at = incoming.starts_at, .ends_at = incoming.ends_at};
}

// Touches only what differs, so that a mere refresh allocates nothing. Says whether more than the end has
// changed.
bool apply(Alert& alert, const Alert& incoming, const AlertMerge& merge) {
  bool changed = alert.starts_at != merge.starts_at;
  alert.starts_at = merge.starts_at;
  alert.ends_at = merge.ends_at;
  if (merge.base_is_stored) return changed;
  if (!same_text(alert, incoming)) {
    alert.annotations = incoming.annotations;
    alert.generator_url = incoming.generator_url;
    alert.origin = incoming.origin;
    changed = true;
  }
  alert.updated_at = incoming.updated_at;
  alert.ends_at_assumed = incoming.ends_at_assumed;
  return changed;
}

}  // namespace

AlertMerge merge_alerts(const Alert& stored, const Alert& posted, TimePoint now) {
  if (!overlap(stored, posted)) return {false, posted.starts_at, posted.ends_at};
  bool base_is_stored = posted.updated_at < stored.updated_at;
  const Alert& base = base_is_stored ? stored : posted;
  const Alert& other = base_is_stored ? posted : stored;
  AlertMerge merge{base_is_stored, std::min(stored.starts_at, posted.starts_at), base.ends_at};
  bool other_is_later = end_of(other) > end_of(base);
  bool keep_other = base.resolved_at(now) ? other.resolved_at(now) : !other.ends_at_assumed;
  if (other_is_later && keep_other) merge.ends_at = other.ends_at;
  return merge;
}

// A table of pointers with a byte of the hash beside each: finding an alert looks at one line of memory
// before it looks at the alert.
class AlertBook::Index {
 public:
  ~Index() {
    for (const AlertEntry* entry : entries_) delete entry;
  }

  AlertEntry* find(AlertKey key) const {
    const auto it = entries_.find(key);
    return it == entries_.end() ? nullptr : *it;
  }
  AlertEntry* find(const Labels& labels) const {
    AlertEntry* entry = find({labels.fingerprint(), 0});
    if (entry != nullptr && entry->alert.labels == labels) return entry;
    const auto twin = std::find_if(twins_.begin(), twins_.end(),
                                   [&](const AlertEntry* other) { return other->alert.labels == labels; });
    return twin == twins_.end() ? nullptr : *twin;
  }
  AlertEntry& add(std::unique_ptr<AlertEntry> entry) {
    entries_.insert(entry.get());
    if (entry->key.twin > 0) twins_.push_back(entry.get());
    return *entry.release();
  }
  void remove(AlertKey key) {
    const auto it = entries_.find(key);
    if (it == entries_.end()) return;
    const std::unique_ptr<AlertEntry> gone(*it);
    entries_.erase(it);
    if (key.twin > 0) std::erase(twins_, gone.get());
  }
  const auto& all() const { return entries_; }

 private:
  static AlertKey key_of(AlertKey key) { return key; }
  static AlertKey key_of(const AlertEntry* entry) { return entry->key; }
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const auto& subject) const { return key_of(subject).fingerprint; }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const auto& a, const auto& b) const { return key_of(a) == key_of(b); }
  };
  boost::unordered_flat_set<AlertEntry*, Hash, Equal> entries_;
  std::vector<AlertEntry*> twins_;  // of the entries: those that share a fingerprint with an elder one
};

AlertBook::AlertBook() : index_(std::make_unique<Index>()) {}
AlertBook::~AlertBook() = default;

AlertBook::Outcome AlertBook::accept(const Alert& incoming, TimePoint now) {
  TOCSIN_CHECK(!incoming.labels.empty(), "an alert has labels");
  AlertEntry* entry = find(incoming.labels);
  if (entry == nullptr) {
    if (incoming.resolved_at(now)) return {Change::kUnknown, nullptr};
    AlertKey key{incoming.labels.fingerprint(), 0};
    while (find(key) != nullptr) ++key.twin;
    entry = &add(key, incoming);
    entry->alert.cause = ResolveCause::kNone;
    return {Change::kAdded, entry};
  }
  Alert& alert = entry->alert;
  bool rule_holds = alert.origin == AlertOrigin::kRule && !entry->resolved;
  if (rule_holds && incoming.origin == AlertOrigin::kExternal) return {Change::kOutranked, entry};

  bool edited = apply(alert, incoming, plan(alert, incoming, now));
  bool was_resolved = entry->resolved;
  entry->resolved = alert.resolved_at(now);
  if (!entry->resolved) {
    alert.cause = ResolveCause::kNone;
    if (was_resolved) return {Change::kFiredAgain, entry};
    return {edited ? Change::kEdited : Change::kNone, entry};
  }
  if (was_resolved) return {Change::kNone, entry};
  alert.cause = cause_of(incoming);
  return {Change::kResolved, entry};
}

bool AlertBook::expire(AlertEntry& entry, TimePoint now) {
  if (entry.resolved || !entry.alert.resolved_at(now)) return false;
  entry.resolved = true;
  if (entry.alert.cause == ResolveCause::kNone) entry.alert.cause = ResolveCause::kEndsAtPassed;
  return true;
}

AlertEntry* AlertBook::restore(AlertKey key, Alert alert, TimePoint now) {
  if (alert.labels.empty() || alert.labels.fingerprint() != key.fingerprint) return nullptr;
  if (find(key) != nullptr || find(alert.labels) != nullptr) return nullptr;
  bool resolved = alert.cause != ResolveCause::kNone;
  if (!resolved && alert.origin == AlertOrigin::kExternal && is_set(alert.ends_at)) {
    Duration validity = is_set(alert.updated_at) ? alert.ends_at - alert.updated_at : Duration::zero();
    alert.ends_at = std::max(alert.ends_at, now + std::max(validity, Duration::zero()));
  }
  AlertEntry& entry = add(key, std::move(alert));
  entry.resolved = resolved;
  entry.stored = true;
  return &entry;
}

AlertEntry* AlertBook::find(const Labels& labels) {
  return index_->find(labels);
}

AlertEntry* AlertBook::find(AlertKey key) {
  return index_->find(key);
}

const AlertEntry* AlertBook::find(AlertKey key) const {
  return index_->find(key);
}

void AlertBook::remove(AlertKey key) {
  index_->remove(key);
}

std::vector<std::pair<AlertKey, AlertEntry*>> AlertBook::entries() const {
  std::vector<std::pair<AlertKey, AlertEntry*>> list;
  list.reserve(size());
  for (AlertEntry* entry : index_->all()) list.emplace_back(entry->key, entry);
  sort_by_key(
      list, [](const auto& item) { return item.first; },
      [](const auto& a, const auto& b) { return a.first < b.first; });
  return list;
}

std::size_t AlertBook::size() const {
  return index_->all().size();
}

AlertEntry& AlertBook::add(AlertKey key, Alert alert) {
  auto entry = std::make_unique<AlertEntry>();
  entry->key = key;
  entry->alert = std::move(alert);
  entry->serial = ++last_serial_;
  return index_->add(std::move(entry));
}

}  // namespace tocsin
