#include "app/explain_json.h"

#include <fmt/format.h>

#include "core/duration.h"
#include "core/moment.h"

namespace tocsin {
namespace {

void time_field(JsonWriter& json, std::string_view name, TimePoint time) {
  if (is_set(time) && time != kNever) json.field(name, format_rfc3339_millis(time));
}

void text_field(JsonWriter& json, std::string_view name, std::string_view text) {
  if (!text.empty()) json.field(name, text);
}

void names_field(JsonWriter& json, std::string_view name, const std::vector<std::string>& names) {
  json.key(name).begin_array();
  for (const std::string& text : names) json.string(text);
  json.end_array();
}

std::string_view told_word(Told told) {
  switch (told) {
    case Told::kNothing:
      return "never";
    case Told::kOwed:
      return "owed";
    case Told::kFiring:
      return "firing";
    case Told::kResolved:
      return "resolved";
  }
  return "never";
}

void write_integration(JsonWriter& json, const IntegrationExplanation& about) {
  json.begin_object().field("integration", about.id.to_string());
  json.field("stand", to_string(about.stand)).field("verdict", about.verdict);
  json.key("sendResolved").boolean(about.wants_resolved);
  json.field("told", told_word(about.told.told));
  time_field(json, "toldAt", about.told.at);
  if (about.told.attempted != Told::kNothing) json.field("attempted", told_word(about.told.attempted));
  if (about.told.muted_since) json.key("mutedSince").boolean(true);
  json.key("timesNotified").integer(about.times_notified);
  time_field(json, "lastNotifiedAt", about.last_notified_at);
  time_field(json, "nextRepeatAt", about.next_repeat_at);
  json.field("delivery", to_string(about.delivery));
  json.key("tries").integer(about.tries);
  time_field(json, "tryingSince", about.trying_since);
  time_field(json, "nextAttemptAt", about.next_attempt_at);
  text_field(json, "lastError", about.last_error);
  if (about.gate.obstacle != Gate::Obstacle::kNone) {
    json.key("gate").begin_object().field("obstacle", to_string(about.gate.obstacle));
    json.key("waiting").integer(static_cast<std::int64_t>(about.gate.waiting));
    time_field(json, "opensAt", about.gate.opens_at);
    json.field("pace", about.gate.pace.to_string());
    json.key("circuitOpen").boolean(about.gate.circuit_open).end_object();
  }
  text_field(json, "fallback", about.fallback_receiver);
  if (about.stands_in) json.key("standsIn").boolean(true);
  json.end_object();
}

void write_group(JsonWriter& json, const GroupExplanation& group) {
  json.begin_object().field("route", group.route_id);
  names_field(json, "path", group.path);
  json.field("receiver", group.receiver)
      .field("groupKey", group.group_key)
      .key("labels")
      .labels(group.labels);
  json.field("groupWait", format_prometheus_duration(group.group_wait));
  json.field("groupInterval", format_prometheus_duration(group.group_interval));
  json.field("repeatInterval", format_prometheus_duration(group.repeat_interval));
  time_field(json, "openedAt", group.opened_at);
  time_field(json, "lastFlush", group.last_flush);
  time_field(json, "nextFlush", group.next_flush);
  json.field("waitsFor", is_set(group.last_flush) ? "group_interval" : "group_wait");
  json.key("departed").boolean(group.departed);
  if (group.times.kind != MutedBy::kNothing) {
    json.key("mutedBy").begin_object();
    json.field("list",
               group.times.kind == MutedBy::kActiveTime ? "active_time_intervals" : "mute_time_intervals");
    names_field(json, "names", group.times.names);
    time_field(json, "until", group.times.until);
    json.end_object();
  }
  json.key("integrations").begin_array();
  for (const IntegrationExplanation& about : group.integrations) write_integration(json, about);
  json.end_array().end_object();
}

void write_muting(JsonWriter& json, const AlertExplanation& alert) {
  json.key("silencedBy").begin_array();
  for (const MutingSilence& silence : alert.silences) {
    json.begin_object().field("id", silence.id).field("createdBy", silence.created_by);
    json.field("comment", silence.comment);
    time_field(json, "until", silence.until);
    json.key("untilResolved").boolean(silence.until_resolved).end_object();
  }
  json.end_array().key("inhibitedBy").begin_array();
  for (const MutingSource& source : alert.inhibition) {
    json.begin_object().field("rule", source.rule).field("fingerprint", source.source.to_string());
    json.key("labels").labels(source.labels).end_object();
  }
  json.end_array();
}

void write_history(JsonWriter& json, const ShownHistory& history) {
  json.key("history").begin_array();
  for (const PastNotice* notice : history.lines) {
    json.begin_object();
    time_field(json, "at", notice->at);
    json.field("kind", notice->kind).field("subject", notice->subject).key("details").begin_object();
    for (const auto& [name, value] : notice->details) json.field(name, value);
    json.end_object().end_object();
  }
  json.end_array().key("moreHistory").boolean(history.more);
}

void write_past_integration(JsonWriter& json, const PastIntegration& about) {
  json.begin_object().field("integration", about.integration).field("verdict", about.verdict);
  const bool firing = about.told == NamedAlerts::Said::kFiring;
  json.field("told", !about.told ? "never" : firing ? "firing" : "resolved");
  time_field(json, "toldAt", about.told_at);
  time_field(json, "lastNotifiedAt", about.last_at);
  json.key("times").integer(about.times);
  text_field(json, "reason", about.reason);
  text_field(json, "tries", about.tries);
  text_field(json, "status", about.status);
  time_field(json, "tryingSince", about.trying_since);
  text_field(json, "failedTries", about.failed_tries);
  text_field(json, "lastError", about.last_error);
  json.end_object();
}

}  // namespace

void write_explanation(JsonWriter& json, const AlertExplanation& alert, const ShownHistory& history) {
  json.begin_object().field("fingerprint", alert.key.to_string());
  json.key("labels").labels(alert.alert.labels).key("annotations").labels(alert.alert.annotations);
  json.field("state", alert.firing ? "firing" : "resolved");
  time_field(json, "startsAt", alert.alert.starts_at);
  time_field(json, "endsAt", alert.alert.ends_at);
  if (!alert.firing) json.field("cause", to_string(alert.alert.cause));
  write_muting(json, alert);
  json.key("groups").begin_array();
  for (const GroupExplanation& group : alert.groups) write_group(json, group);
  json.end_array();
  write_history(json, history);
  json.end_object();
}

void write_past_alert(JsonWriter& json, const PastAlert& alert, const ShownHistory& history) {
  json.begin_object().field("fingerprint", alert.fingerprint).key("labels").labels(alert.labels);
  json.field("state", to_string(alert.state));
  time_field(json, "since", alert.since);
  text_field(json, "cause", alert.cause);
  json.field("verdict", alert.verdict).key("groups").begin_array();
  for (const PastGroup& group : alert.groups) {
    json.begin_object().field("groupKey", group.key);
    text_field(json, "silencedBy", group.silenced_by);
    text_field(json, "inhibitedBy", group.inhibited_by);
    text_field(json, "rule", group.rule);
    text_field(json, "mutedBy", group.muted_by);
    json.key("closed").boolean(group.closed).key("integrations").begin_array();
    for (const PastIntegration& about : group.integrations) write_past_integration(json, about);
    json.end_array().end_object();
  }
  json.end_array();
  write_history(json, history);
  json.end_object();
}

void write_pending_alert(JsonWriter& json, const PendingAlert& alert, TimePoint now) {
  const TimePoint fires_at = alert.active_at + alert.hold_for;
  std::string verdict = fmt::format("pending since {}: fires if its condition still holds at {} (for: {})",
                                    format_moment(alert.active_at, now), format_moment(fires_at, now),
                                    format_prometheus_duration(alert.hold_for));
  if (!alert.rule_error.empty()) verdict += "; its rule fails, so it waits: " + alert.rule_error;
  json.begin_object().key("labels").labels(alert.labels).field("ruleGroup", alert.rule_group);
  time_field(json, "activeAt", alert.active_at);
  time_field(json, "firesAt", fires_at);
  text_field(json, "ruleError", alert.rule_error);
  json.field("verdict", verdict).end_object();
}

void write_group_state(JsonWriter& json, const GroupView& group) {
  json.begin_object().field("route", group.route_id).field("groupKey", group.group_key);
  json.key("labels").labels(group.labels).field("receiver", group.receiver);
  json.key("retired").boolean(group.retired);
  names_field(json, "mutedBy", group.muted_by);
  time_field(json, "lastFlush", group.last_flush);
  time_field(json, "nextFlush", group.next_flush);
  json.key("alerts").unsigned_integer(group.alerts.size()).key("integrations").begin_array();
  for (const IntegrationView& about : group.integrations) {
    json.begin_object().field("integration", about.id.to_string()).key("retired").boolean(about.retired);
    json.key("toldFiring").unsigned_integer(about.told_firing);
    json.key("timesNotified").integer(about.times_notified);
    time_field(json, "lastNotifiedAt", about.last_notified_at);
    json.field("delivery", about.delivery).key("tries").integer(about.tries);
    time_field(json, "nextAttemptAt", about.next_attempt_at);
    text_field(json, "lastError", about.last_error);
    text_field(json, "notificationID", about.notification_id);
    json.end_object();
  }
  json.end_array().end_object();
}

}  // namespace tocsin
