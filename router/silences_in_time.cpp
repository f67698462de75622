// The part of Silences that deals with time and with alerts that come and go: what begins, ends and is
// forgotten when.
#include <algorithm>

#include "core/duration.h"
#include "router/silence_notices.h"
#include "router/silences.h"
#include "router/time_sum.h"

namespace tocsin {

void Silences::retain(Duration retention) {
  retention_ = retention;
  for (auto& [id, entry] : entries_) schedule(*entry, deadline_of(*entry));
}

void Silences::started(const Labels& labels, TimePoint, RouterOutput& out) {
  for (SilenceEntry* entry : watching(labels)) {
    bool was_idle = entry->firing.empty();
    entry->firing.insert(labels);
    if (entry->noticed != SilenceState::kActive || !was_idle) continue;
    entry->has_matched = true;
    entry->idle_since = kNoTime;
    keep_silence(*entry, out);
    schedule(*entry, deadline_of(*entry));
  }
}

void Silences::ended(const Labels& labels, TimePoint now, RouterOutput& out) {
  for (SilenceEntry* entry : watching(labels)) {
    if (entry->firing.erase(labels) == 0 || !entry->firing.empty()) continue;
    if (entry->noticed != SilenceState::kActive) continue;
    entry->idle_since = now;
    keep_silence(*entry, out);
    schedule(*entry, deadline_of(*entry));
  }
}

std::vector<SilenceEntry*> Silences::watching(const Labels& labels) const {
  std::vector<SilenceEntry*> found;
  if (watchers_ == 0) return found;
  index_.visit_matching(
      labels, [](const SilenceEntry& entry) { return entry.watches_alerts(); },
      [&](SilenceEntry& entry) {
        found.push_back(&entry);
        return false;
      });
  std::sort(found.begin(), found.end(),
            [](const SilenceEntry* a, const SilenceEntry* b) { return a->silence.id < b->silence.id; });
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

void Silences::learn_firing(SilenceEntry& entry, TimePoint now, const FiringAlerts& firing) {
  entry.firing.clear();
  if (!entry.watches_alerts()) {
    entry.has_matched = false;
    entry.idle_since = kNoTime;
    return;
  }
  if (firing) {
    firing([&](const Labels& labels) {
      if (entry.silence.matches(labels)) entry.firing.insert(labels);
    });
  }
  if (entry.noticed != SilenceState::kActive) return;
  entry.has_matched = entry.has_matched || !entry.firing.empty();
  if (!entry.firing.empty()) {
    entry.idle_since = kNoTime;
  } else if (!is_set(entry.idle_since)) {
    entry.idle_since = now;
  }
}

TimePoint Silences::next_deadline() const {
  return deadlines_.empty() ? kNever : deadlines_.begin()->first;
}

void Silences::advance(TimePoint now, RouterOutput& out) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    settle(*entries_.at(deadlines_.begin()->second), now, out);
  }
}

// Everything that is due, so that its deadline lies ahead afterwards.
void Silences::settle(SilenceEntry& entry, TimePoint now, RouterOutput& out) {
  const Silence& silence = entry.silence;
  if (entry.noticed == SilenceState::kPending && silence.state(now) == SilenceState::kActive) {
    begin(entry, now, out);
  }
  if (entry.noticed != SilenceState::kExpired && now >= silence.ends_at) {
    conclude(entry, "its end has come", out);
  } else if (entry.noticed == SilenceState::kActive && deadline_of(entry) <= now) {
    bool resolved = silence.until_resolved && entry.has_matched;
    cut_short(entry, now,
              resolved ? "nothing that it mutes fires any more"
                       : "it muted nothing for " + format_prometheus_duration(silence.expire_when_idle),
              out);
  }
  if (entry.noticed == SilenceState::kExpired && time_sum(silence.ends_at, retention_) <= now) {
    return forget(entry, out);
  }
  schedule(entry, deadline_of(entry));
}

void Silences::begin(SilenceEntry& entry, TimePoint now, RouterOutput& out) {
  entry.noticed = SilenceState::kActive;
  if (entry.watches_alerts()) {
    entry.has_matched = entry.has_matched || !entry.firing.empty();
    entry.idle_since = entry.firing.empty() ? now : kNoTime;
  }
  ++version_;
  note_silence_started(entry.silence, out);
  keep_silence(entry, out);
}

// A pending one never was: it starts and ends now, as in Alertmanager.
void Silences::cut_short(SilenceEntry& entry, TimePoint now, std::string cause, RouterOutput& out) {
  entry.silence.starts_at = std::min(entry.silence.starts_at, now);
  entry.silence.ends_at = std::min(entry.silence.ends_at, now);
  entry.silence.updated_at = now;
  conclude(entry, std::move(cause), out);
}

void Silences::conclude(SilenceEntry& entry, std::string cause, RouterOutput& out) {
  unfile(entry);
  entry.noticed = SilenceState::kExpired;
  entry.firing = {};
  entry.has_matched = false;
  entry.idle_since = kNoTime;
  ++version_;
  note_silence_expired(entry.silence, std::move(cause), out);
  keep_silence(entry, out);
  schedule(entry, deadline_of(entry));
}

void Silences::forget(SilenceEntry& entry, RouterOutput& out) {
  schedule(entry, kNever);
  drop_silence(entry.silence.id, out);
  entries_.erase(std::string(entry.silence.id));  // a copy: the entry's own goes with it
}

SilenceEntry& Silences::add(SilenceEntry entry) {
  auto& place = entries_[entry.silence.id];
  place = std::make_unique<SilenceEntry>(std::move(entry));
  file(*place);
  return *place;
}

void Silences::file(SilenceEntry& entry) {
  if (entry.noticed == SilenceState::kExpired) return;
  index_.add(entry);
  if (entry.watches_alerts()) ++watchers_;
}

void Silences::unfile(SilenceEntry& entry) {
  if (entry.noticed == SilenceState::kExpired) return;
  index_.remove(entry);
  if (entry.watches_alerts()) --watchers_;
}

void Silences::schedule(SilenceEntry& entry, TimePoint wanted) {
  if (entry.scheduled == wanted) return;
  if (entry.scheduled != kNever) deadlines_.erase({entry.scheduled, entry.silence.id});
  entry.scheduled = wanted;
  if (wanted != kNever) deadlines_.insert({wanted, entry.silence.id});
}

TimePoint Silences::deadline_of(const SilenceEntry& entry) const {
  const Silence& silence = entry.silence;
  if (entry.noticed == SilenceState::kPending) return silence.starts_at;
  if (entry.noticed == SilenceState::kExpired) return time_sum(silence.ends_at, retention_);
  TimePoint deadline = silence.ends_at;
  if (!entry.firing.empty() || !is_set(entry.idle_since)) return deadline;
  if (silence.until_resolved && entry.has_matched) deadline = std::min(deadline, entry.idle_since);
  if (silence.expire_when_idle > Duration::zero())
    deadline = std::min(deadline, time_sum(entry.idle_since, silence.expire_when_idle));
  return deadline;
}

}  // namespace tocsin
