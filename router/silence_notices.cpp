#include "router/silence_notices.h"

#include <algorithm>

#include "core/duration.h"
#include "router/silence_breadth.h"
#include "router/silence_records.h"

namespace tocsin {

namespace {

void put(Record record, RouterOutput& out) {
  auto same = std::find_if(out.records.rbegin(), out.records.rend(), [&](const Record& earlier) {
    return earlier.bucket == record.bucket && earlier.key == record.key;
  });
  if (same == out.records.rend()) {
    out.records.push_back(std::move(record));
  } else {
    *same = std::move(record);
  }
}

Notice notice(NoticeKind kind, const Silence& silence) {
  return {kind, silence.id, {}, {}};
}

}  // namespace

void note_silence_set(const Silence& silence, std::string change, const std::string& replaced, TimePoint now,
                      RouterOutput& out) {
  Notice set = notice(NoticeKind::kSilenceSet, silence);
  set.details.emplace_back("change", std::move(change));
  set.details.emplace_back("matchers", matchers_text(silence));
  if (silence.starts_at > now) set.details.emplace_back("from", format_rfc3339(silence.starts_at));
  set.details.emplace_back("until", format_rfc3339(silence.ends_at));
  if (silence.until_resolved) set.details.emplace_back("or", "until nothing that it mutes fires any more");
  if (silence.expire_when_idle > Duration::zero())
    set.details.emplace_back("or_idle_for", format_prometheus_duration(silence.expire_when_idle));
  set.details.emplace_back("by", silence.created_by);
  set.details.emplace_back("comment", silence.comment);
  if (!replaced.empty()) set.details.emplace_back("replaces", replaced);
  if (dangerously_broad(silence)) set.details.emplace_back("warning", "it mutes nearly everything");
  out.notices.push_back(std::move(set));
}

void note_silence_started(const Silence& silence, RouterOutput& out) {
  Notice started = notice(NoticeKind::kSilenceStarted, silence);
  started.details.emplace_back("matchers", matchers_text(silence));
  started.details.emplace_back("until", format_rfc3339(silence.ends_at));
  out.notices.push_back(std::move(started));
}

void note_silence_expired(const Silence& silence, std::string cause, RouterOutput& out) {
  Notice expired = notice(NoticeKind::kSilenceExpired, silence);
  expired.details.emplace_back("cause", std::move(cause));
  expired.details.emplace_back("matchers", matchers_text(silence));
  out.notices.push_back(std::move(expired));
}

void keep_silence(const SilenceEntry& entry, RouterOutput& out) {
  put(silence_record(entry), out);
}

void drop_silence(const std::string& id, RouterOutput& out) {
  put({std::string(kSilenceBucket), id, std::nullopt}, out);
}

}  // namespace tocsin
