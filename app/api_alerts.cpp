#include "app/api_alerts.h"

#include <algorithm>
#include <functional>
#include <future>
#include <tuple>
#include <utility>

#include "app/alert_filter.h"
#include "app/api_answer.h"
#include "core/json.h"

namespace tocsin {
namespace {

struct Moment {
  TimePoint now;
  Duration resolve_timeout;
};

// What is neither silenced nor inhibited nor muted is active, also before a flush has looked at it:
// Alertmanager judges an alert when it is asked, and its clients take "unprocessed" for something that nobody
// will hear of.
std::string_view state_of(const AlertView& view) {
  return view.status == AlertStatus::kSuppressed ? "suppressed" : "active";
}

void write_names(JsonWriter& json, std::string_view key, const SharedNames& names) {
  json.key(key).begin_array();
  for (const std::string& name : names) json.string(name);
  json.end_array();
}

void write_status(JsonWriter& json, const AlertView& view) {
  json.key("status");
  if (view.inhibited_by.empty() && view.muted_by.empty() && view.silenced_by.empty() &&
      state_of(view) == "active") {  // nearly all
    json.raw(R"({"inhibitedBy":[],"mutedBy":[],"silencedBy":[],"state":"active"})");
    return;
  }
  json.begin_object();
  write_names(json, "inhibitedBy", view.inhibited_by);
  write_names(json, "mutedBy", view.muted_by);
  write_names(json, "silencedBy", view.silenced_by);
  json.field("state", state_of(view)).end_object();
}

// Keys in Alertmanager's order.
void write_alert(JsonWriter& json, const AlertView& view, const Moment& moment) {
  const Alert& alert = view.alert;
  // An alert of our own rules fires until there is evidence that it ended: its end is unknown. Clients expect
  // a time ahead, so they get the one that Prometheus would give: the moment until which it fires if nothing
  // more were heard.
  const TimePoint ends_at = is_set(alert.ends_at) ? alert.ends_at : moment.now + moment.resolve_timeout;
  json.begin_object();
  json.key("annotations").labels(alert.annotations);
  json.field("endsAt", format_rfc3339_millis(ends_at));
  json.field("fingerprint", alert.labels.fingerprint_hex());
  json.key("receivers").begin_array();
  for (const std::string& name : view.receivers) json.begin_object().field("name", name).end_object();
  json.end_array();
  json.field("startsAt", format_rfc3339_millis(alert.starts_at));
  write_status(json, view);
  json.field("updatedAt",
             format_rfc3339_millis(is_set(alert.updated_at) ? alert.updated_at : alert.starts_at));
  if (!alert.generator_url.empty()) json.field("generatorURL", alert.generator_url);
  json.key("labels").labels(alert.labels).end_object();
}

void write_group(JsonWriter& json, const GroupView& group, const std::vector<AlertView>& alerts,
                 const Moment& moment) {
  json.begin_object().key("alerts").begin_array();
  for (const AlertView& alert : alerts) write_alert(json, alert, moment);
  json.end_array().key("labels").labels(group.labels);
  json.key("receiver").begin_object().field("name", group.receiver).end_object();
  json.key("routeLabels").begin_object();
  for (const auto& [name, value] : group.route_labels) json.field(name, value);
  json.end_object().end_object();
}

// Those views that the filter takes, each led by a comma. A view is let go of when it is written, while its
// labels are still at hand.
std::string write_part(std::vector<AlertView> views, const AlertFilter& filter, const Moment& moment) {
  constexpr std::size_t kUsualBytes = 700;  // of one alert; what is too much is never touched
  constexpr std::size_t kAhead = 8;
  JsonWriter json;
  json.reserve(views.size() * kUsualBytes).begin_array();
  for (std::size_t i = 0; i < views.size(); ++i) {
    if (i + kAhead < views.size()) {
      views[i + kAhead].alert.labels.prefetch();
      views[i + kAhead].alert.annotations.prefetch();
    }
    if (filter.takes(views[i], moment.now) && filter.receivers().takes_any(views[i].receivers)) {
      write_alert(json, views[i], moment);
    }
    views[i] = {};
  }
  std::string text = json.take();
  if (text.size() == 1) return "";  // the bracket
  text.front() = ',';
  return text;
}

// The parts as one array.
HttpAnswer join(std::vector<std::future<std::string>>& parts) {
  HttpAnswer answer = json_answer("[");
  bool first = true;
  for (auto& part : parts) {
    std::string text = part.get();
    if (text.empty()) continue;
    if (std::exchange(first, false)) {
      text.front() = '[';
      answer.body = std::move(text);
    } else {
      answer.more.push_back(std::move(text));
    }
  }
  (answer.more.empty() ? answer.body : answer.more.back()) += ']';
  return answer;
}

}  // namespace

HttpAnswer list_alerts(ApiBackend& backend, const HttpQuery& query) {
  const auto filter = AlertFilter::read(query, backend);
  if (!filter) return filter.error();
  const Moment moment{backend.now(), backend.resolve_timeout()};
  // A long list is written by other threads, part by part while it is made: somebody waits for it, and it may
  // be tens of megabytes.
  constexpr std::size_t kPart = 8192;
  std::vector<std::future<std::string>> parts;
  backend.alerts_in_parts(kPart, [&](std::vector<AlertView> views) {
    const auto how = views.size() == kPart ? std::launch::async : std::launch::deferred;
    parts.push_back(std::async(how, write_part, std::move(views), std::cref(*filter), moment));
  });
  return join(parts);
}

HttpAnswer list_alert_groups(ApiBackend& backend, const HttpQuery& query) {
  const auto filter = AlertFilter::read(query, backend);
  if (!filter) return filter.error();
  std::vector<GroupView> groups = backend.groups();
  const Moment moment{backend.now(), backend.resolve_timeout()};
  std::sort(groups.begin(), groups.end(), [](const GroupView& a, const GroupView& b) {
    return std::tie(a.labels, a.receiver, a.route_id) < std::tie(b.labels, b.receiver, b.route_id);
  });
  JsonWriter json;
  json.begin_array();
  for (GroupView& group : groups) {
    // A retired group only waits to say "resolved"; the route that it belonged to is gone.
    if (group.retired || !filter->receivers().takes(group.receiver)) continue;
    if (!filter->takes_muted_groups() && !group.muted_by.empty()) continue;
    std::erase_if(group.alerts, [&](const AlertView& view) { return !filter->takes(view, moment.now); });
    if (!group.alerts.empty()) write_group(json, group, group.alerts, moment);
  }
  return json_answer(json.end_array().take());
}

}  // namespace tocsin
