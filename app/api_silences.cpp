#include "app/api_silences.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "app/api_answer.h"
#include "app/posted_silence_reader.h"
#include "app/silence_filter.h"
#include "core/duration.h"
#include "core/json.h"
#include "router/silence_breadth.h"

namespace tocsin {
namespace {

constexpr std::size_t kAlertsPreviewed = 100;  // in one answer; the rest is counted

constexpr std::string_view kBroad =
    "this silence mutes nearly every alert, also those of others: add a matcher that names what is meant";

void write_matchers(JsonWriter& json, const Matchers& matchers) {
  json.begin_array();
  for (const Matcher& matcher : matchers) {
    const MatchType type = matcher.type();
    json.begin_object();
    json.key("isEqual").boolean(type == MatchType::kEqual || type == MatchType::kRegex);
    json.key("isRegex").boolean(type == MatchType::kRegex || type == MatchType::kNotRegex);
    json.field("name", matcher.name()).field("value", matcher.value()).end_object();
  }
  json.end_array();
}

// Keys in Alertmanager's order, then what only we know.
void write_silence(JsonWriter& json, const Silence& silence, TimePoint now) {
  json.begin_object().field("id", silence.id);
  json.key("status").begin_object().field("state", to_string(silence.state(now))).end_object();
  const TimePoint updated_at = is_set(silence.updated_at) ? silence.updated_at : silence.starts_at;
  json.field("updatedAt", format_rfc3339_millis(updated_at));
  if (!silence.annotations.empty()) {
    json.key("annotations").begin_object();
    for (const auto& [name, value] : silence.annotations) json.field(name, value);
    json.end_object();
  }
  json.field("comment", silence.comment).field("createdBy", silence.created_by);
  json.field("endsAt", format_rfc3339_millis(silence.ends_at));
  json.key("matchers");
  write_matchers(json, silence.matcher_sets.empty() ? Matchers() : silence.matcher_sets.front());
  json.field("startsAt", format_rfc3339_millis(silence.starts_at));
  if (silence.matcher_sets.size() > 1) {
    json.key("matcherSets").begin_array();
    for (const Matchers& set : silence.matcher_sets) write_matchers(json, set);
    json.end_array();
  }
  if (silence.until_resolved) json.key("untilResolved").boolean(true);
  if (silence.expire_when_idle > Duration::zero())
    json.field("expireWhenIdle", format_prometheus_duration(silence.expire_when_idle));
  json.end_object();
}

// As Alertmanager sorts them: active ones by their end, pending ones by their start, expired ones by their
// end, the latest first; equal ones by id.
void sort_silences(std::vector<Silence>& silences, TimePoint now) {
  const auto rank = [&](const Silence& silence) {
    switch (silence.state(now)) {
      case SilenceState::kActive:
        return std::tuple(0, silence.ends_at.time_since_epoch());
      case SilenceState::kPending:
        return std::tuple(1, silence.starts_at.time_since_epoch());
      case SilenceState::kExpired:
        break;
    }
    return std::tuple(2, -silence.ends_at.time_since_epoch());
  };
  std::sort(silences.begin(), silences.end(), [&](const Silence& a, const Silence& b) {
    return std::tuple(rank(a), std::string_view(a.id)) < std::tuple(rank(b), std::string_view(b.id));
  });
}

std::string_view id_in_path(const HttpQuery& query) {
  return std::string_view(query.path).substr(query.path.rfind('/') + 1);
}

bool is_uuid(std::string_view text) {
  std::size_t digits = 0;
  for (const char c : text) {
    if (c == '-') {
      if (digits != 8 && digits != 12 && digits != 16 && digits != 20) return false;
      continue;
    }
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (!hex) return false;
    ++digits;
  }
  return digits == 32 && text.size() <= 36;
}

// As the layer below Alertmanager's handlers words it.
HttpAnswer no_uuid(std::string_view id) {
  return v2_schema_error(kCodeWrongType,
                         fmt::format("silenceID in path must be of type uuid: {}", go_quote(id)));
}

// Alertmanager says no more about it.
HttpAnswer unknown_silence() {
  return {404, "", "", {}};
}

int status_of(SilenceFailure failure) {
  if (failure == SilenceFailure::kNotStored) return 500;
  return failure == SilenceFailure::kNotFound ? 404 : 400;
}

// What only the API refuses; the silence itself may end at the moment it starts.
std::optional<std::string> wrong_times(const Silence& silence, TimePoint now) {
  const TimePoint starts_at = is_set(silence.starts_at) ? silence.starts_at : now;
  if (is_set(silence.ends_at) && silence.ends_at < now) {
    return fmt::format("the silence would end at {}, which is in the past: now is {}",
                       format_rfc3339(silence.ends_at), format_rfc3339(now));
  }
  if (is_set(silence.ends_at) && silence.ends_at <= starts_at) {
    return fmt::format("the silence would end at {}, which is not after its start at {}",
                       format_rfc3339(silence.ends_at), format_rfc3339(starts_at));
  }
  return std::nullopt;
}

std::vector<Labels> firing_alerts(ApiBackend& backend) {
  const TimePoint now = backend.now();
  std::vector<Labels> firing;
  for (const AlertView& view : backend.alerts()) {
    if (view.status != AlertStatus::kResolved && !view.alert.resolved_at(now))
      firing.push_back(view.alert.labels);
  }
  return firing;
}

}  // namespace

HttpAnswer list_silences(ApiBackend& backend, const HttpQuery& query) {
  const auto filter = SilenceFilter::read(query, backend.matcher_dialect());
  if (!filter) return filter.error();
  std::vector<Silence> silences = backend.silences();
  const TimePoint now = backend.now();
  std::erase_if(silences, [&](const Silence& silence) { return !filter->takes(silence, now); });
  sort_silences(silences, now);
  JsonWriter json;
  json.begin_array();
  for (const Silence& silence : silences) write_silence(json, silence, now);
  return json_answer(json.end_array().take());
}

HttpAnswer post_silence(ApiBackend& backend, const HttpQuery& query) {
  if (auto refusal = refuse_unless_json(query)) return std::move(*refusal);
  auto wanted = read_posted_silence(query.body, SilencePurpose::kSet);
  if (!wanted) return wanted.error();
  if (const auto wrong = wrong_times(*wanted, backend.now())) return v2_error(400, *wrong);
  const bool broad = dangerously_broad(*wanted);
  if (broad && backend.refuse_broad_silences()) return v2_error(400, kBroad);
  const auto id = backend.set_silence(std::move(*wanted));
  if (!id) return v2_error(status_of(id.error().kind), id.error().message);
  HttpAnswer answer = json_answer(JsonWriter().begin_object().field("silenceID", *id).end_object().take());
  if (broad) answer.headers.emplace_back("Warning", fmt::format("299 - \"{}\"", kBroad));
  return answer;
}

HttpAnswer show_silence(ApiBackend& backend, const HttpQuery& query) {
  const std::string_view id = id_in_path(query);
  if (!is_uuid(id)) return no_uuid(id);
  const auto silence = backend.silence(std::string(id));
  if (!silence) return unknown_silence();
  JsonWriter json;
  write_silence(json, *silence, backend.now());
  return json_answer(json.take());
}

HttpAnswer delete_silence(ApiBackend& backend, const HttpQuery& query) {
  const std::string_view id = id_in_path(query);
  if (!is_uuid(id)) return no_uuid(id);
  const auto expired = backend.expire_silence(std::string(id));
  if (expired) return {200, "", "", {}};
  if (expired.error().kind == SilenceFailure::kNotFound) return unknown_silence();
  return v2_error(status_of(expired.error().kind), expired.error().message);
}

HttpAnswer preview_silence(ApiBackend& backend, const HttpQuery& query) {
  if (auto refusal = refuse_unless_json(query)) return std::move(*refusal);
  const auto wanted = read_posted_silence(query.body, SilencePurpose::kPreview);
  if (!wanted) return wanted.error();
  std::vector<Labels> alerts = firing_alerts(backend);
  const std::size_t total = alerts.size();
  std::erase_if(alerts, [&](const Labels& labels) { return !wanted->matches(labels); });
  std::sort(alerts.begin(), alerts.end());
  const bool broad = dangerously_broad(*wanted);
  JsonWriter json;
  json.begin_object();
  json.key("matched").unsigned_integer(alerts.size()).key("total").unsigned_integer(total);
  json.key("alerts").begin_array();
  for (std::size_t i = 0; i < std::min(alerts.size(), kAlertsPreviewed); ++i) json.labels(alerts[i]);
  json.end_array().key("broad").boolean(broad);
  if (broad) json.field("warning", kBroad);
  return json_answer(json.end_object().take());
}

}  // namespace tocsin
