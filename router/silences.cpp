#include "router/silences.h"

#include <fmt/format.h>

#include <algorithm>

#include "router/silence_notices.h"
#include "router/silence_records.h"
#include "router/time_sum.h"

namespace tocsin {

namespace {

tl::unexpected<SilenceError> refuse(SilenceFailure kind, std::string message) {
  return tl::unexpected(SilenceError{kind, std::move(message)});
}

tl::unexpected<SilenceError> not_found(const std::string& id) {
  return refuse(
      SilenceFailure::kNotFound,
      fmt::format("silence \"{}\" was not found: it may have been forgotten long after its end", id));
}

// As Alertmanager does (silence.canUpdate): what was muted up to now has to stay true.
bool can_update(const Silence& old, const Silence& wanted, TimePoint now) {
  if (old.matcher_sets != wanted.matcher_sets) return false;
  auto second = [](TimePoint time) { return std::chrono::floor<std::chrono::seconds>(time); };
  switch (old.state(now)) {
    case SilenceState::kActive:
      return second(old.starts_at) == second(wanted.starts_at) && wanted.ends_at >= now;
    case SilenceState::kPending:
      return wanted.starts_at >= now;
    case SilenceState::kExpired:
      return false;
  }
  return false;
}

}  // namespace

tl::expected<std::string, SilenceError> Silences::set(Silence wanted, std::string new_id, TimePoint now,
                                                      const FiringAlerts& firing, RouterOutput& out) {
  if (!is_set(wanted.starts_at)) wanted.starts_at = now;
  if (auto problems = silence_problems(wanted); !problems.empty()) {
    return refuse(SilenceFailure::kInvalid, fmt::format("{}", fmt::join(problems, "; ")));
  }
  auto it = entries_.find(wanted.id);
  if (!wanted.id.empty() && it == entries_.end()) return not_found(wanted.id);
  SilenceEntry* previous = it == entries_.end() ? nullptr : it->second.get();
  if (previous != nullptr && can_update(previous->silence, wanted, now)) {
    return update(*previous, std::move(wanted), now, firing, out);
  }

  if (wanted.ends_at < now) {
    return refuse(SilenceFailure::kInvalid,
                  fmt::format("its end {} is in the past", format_rfc3339(wanted.ends_at)));
  }
  std::string replaced = std::exchange(wanted.id, std::move(new_id));
  wanted.starts_at = std::max(wanted.starts_at, now);
  wanted.updated_at = now;
  if (auto fits = check_limits(wanted, previous, now); !fits) return tl::unexpected(fits.error());
  if (previous != nullptr && previous->silence.state(now) != SilenceState::kExpired) {
    cut_short(*previous, now, "replaced by " + wanted.id, out);
  }
  SilenceEntry entry;
  entry.noticed =
      wanted.state(now) == SilenceState::kPending ? SilenceState::kPending : SilenceState::kActive;
  entry.silence = std::move(wanted);
  SilenceEntry& added = add(std::move(entry));
  learn_firing(added, now, firing);
  ++version_;
  note_silence_set(added.silence, "new", replaced, now, out);
  keep_silence(added, out);
  schedule(added, deadline_of(added));
  return added.silence.id;
}

tl::expected<std::string, SilenceError> Silences::update(SilenceEntry& entry, Silence wanted, TimePoint now,
                                                         const FiringAlerts& firing, RouterOutput& out) {
  // A client that knows whole seconds only would move the start of a silence that has begun.
  if (entry.silence.state(now) == SilenceState::kActive) wanted.starts_at = entry.silence.starts_at;
  wanted.updated_at = now;
  if (auto fits = check_limits(wanted, &entry, now); !fits) return tl::unexpected(fits.error());
  unfile(entry);
  entry.silence = std::move(wanted);
  file(entry);
  learn_firing(entry, now, firing);
  ++version_;
  note_silence_set(entry.silence, "updated", "", now, out);
  keep_silence(entry, out);
  schedule(entry, deadline_of(entry));
  return entry.silence.id;
}

tl::expected<void, SilenceError> Silences::check_limits(const Silence& wanted, const SilenceEntry* replaced,
                                                        TimePoint now) const {
  if (limits_.max_bytes > 0) {
    std::size_t bytes = silence_bytes(wanted, retention_);
    if (bytes > limits_.max_bytes) {
      return refuse(
          SilenceFailure::kLimit,
          fmt::format("the silence takes {} bytes, and --silences.max-silence-size-bytes allows {}: "
                      "shorten its matchers, comment or annotations",
                      bytes, limits_.max_bytes));
    }
  }
  if (limits_.max_silences == 0) return {};
  if (replaced != nullptr && replaced->silence.state(now) != SilenceState::kExpired) return {};
  SilenceCounts have = counts(now);
  if (have.pending + have.active < limits_.max_silences) return {};
  return refuse(
      SilenceFailure::kLimit,
      fmt::format("there are {} pending and active silences, and --silences.max-silences allows {}: "
                  "expire some that are no longer needed",
                  have.pending + have.active, limits_.max_silences));
}

tl::expected<void, SilenceError> Silences::expire(const std::string& id, TimePoint now, RouterOutput& out) {
  auto it = entries_.find(id);
  if (it == entries_.end()) return not_found(id);
  SilenceEntry& entry = *it->second;
  if (entry.silence.state(now) == SilenceState::kExpired) return {};
  cut_short(entry, now, "expired by hand", out);
  return {};
}

void Silences::restore(std::span<const Record> records, TimePoint now, RouterOutput& out) {
  for (const Record& record : records) {
    if (record.bucket != kSilenceBucket || !record.value) continue;
    Result<SilenceEntry> read = parse_silence(record);
    if (!read) {
      Notice notice{NoticeKind::kStoreFailed, record.bucket + "/" + record.key, {}, {}};
      notice.details.emplace_back("reason", "the record is skipped and removed: " + read.error().message);
      out.notices.push_back(std::move(notice));
      drop_silence(record.key, out);
      continue;
    }
    // The clock may have been set back while we were away: what has begun or ended stays so.
    Silence& silence = read->silence;
    if (read->noticed != SilenceState::kPending) silence.starts_at = std::min(silence.starts_at, now);
    if (read->noticed == SilenceState::kExpired) silence.ends_at = std::min(silence.ends_at, now);
    SilenceEntry& entry = add(std::move(*read));
    // Whether it is idle shows when those that fire have been told to us.
    if (entry.noticed == SilenceState::kActive && entry.watches_alerts() && !is_set(entry.idle_since)) {
      entry.idle_since = now;
      keep_silence(entry, out);
    }
    schedule(entry, deadline_of(entry));
  }
  ++version_;
}

bool Silences::mutes(const Labels& labels, TimePoint now) const {
  bool found = false;
  index_.visit_matching(
      labels, [&](const SilenceEntry& entry) { return entry.silence.state(now) == SilenceState::kActive; },
      [&](const SilenceEntry&) { return found = true; });
  return found;
}

std::vector<std::string> Silences::muting(const Labels& labels, TimePoint now) const {
  std::vector<std::string> ids;
  index_.visit_matching(
      labels, [&](const SilenceEntry& entry) { return entry.silence.state(now) == SilenceState::kActive; },
      [&](const SilenceEntry& entry) {
        ids.push_back(entry.silence.id);
        return false;
      });
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());  // found by two of its sets
  return ids;
}

const Silence* Silences::find(const std::string& id) const {
  auto it = entries_.find(id);
  return it == entries_.end() ? nullptr : &it->second->silence;
}

std::vector<Silence> Silences::all() const {
  std::vector<Silence> silences;
  silences.reserve(entries_.size());
  for (const auto& [id, entry] : entries_) silences.push_back(entry->silence);
  return silences;
}

SilenceCounts Silences::counts(TimePoint now) const {
  SilenceCounts counts;
  for (const auto& [id, entry] : entries_) {
    switch (entry->silence.state(now)) {
      case SilenceState::kPending:
        ++counts.pending;
        break;
      case SilenceState::kActive:
        ++counts.active;
        break;
      case SilenceState::kExpired:
        ++counts.expired;
        break;
    }
  }
  return counts;
}

}  // namespace tocsin
