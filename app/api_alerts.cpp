#include "app/api_alerts.h"

#include <algorithm>
#include <memory>
#include <tuple>
#include <utility>

#include "app/alert_filter.h"
#include "app/alert_json.h"
#include "app/alert_listing.h"
#include "app/api_answer.h"
#include "core/json.h"

namespace tocsin {
namespace {

void append_group(const GroupView& group, AlertJson& alerts, std::string& out) {
  out += R"({"alerts":)";
  char before = '[';
  for (const AlertView& alert : group.alerts) {
    out += std::exchange(before, ',');
    alerts.append(alert, out);
  }
  JsonWriter json;
  json.begin_object().key("labels").labels(group.labels);
  json.key("receiver").begin_object().field("name", group.receiver).end_object();
  json.key("routeLabels").begin_object();
  for (const auto& [name, value] : group.route_labels) json.field(name, value);
  std::string rest = json.end_object().end_object().take();
  rest.front() = ',';
  out += ']' + rest;
}

}  // namespace

HttpAnswer list_alerts(ApiBackend& backend, const HttpQuery& query) {
  auto filter = AlertFilter::read(query, backend);
  if (!filter) return filter.error();
  const auto listing =
      std::make_shared<AlertListing>(std::move(*filter), AlertJson(backend.now(), backend.resolve_timeout()));
  backend.alerts_in_parts(AlertListing::kPart, [listing](std::vector<AlertView> views, bool last) {
    listing->take(std::move(views), last);
  });
  HttpAnswer answer = json_answer(listing->next_piece());
  if (listing->ends()) {
    answer.body += listing->next_piece();
  } else {
    listing->get_help();
    answer.next_piece = [listing] { return listing->next_piece(); };
  }
  return answer;
}

HttpAnswer list_alert_groups(ApiBackend& backend, const HttpQuery& query) {
  const auto filter = AlertFilter::read(query, backend);
  if (!filter) return filter.error();
  std::vector<GroupView> groups = backend.groups();
  AlertJson json(backend.now(), backend.resolve_timeout());
  std::sort(groups.begin(), groups.end(), [](const GroupView& a, const GroupView& b) {
    return std::tie(a.labels, a.receiver, a.route_id) < std::tie(b.labels, b.receiver, b.route_id);
  });
  std::string list;
  for (GroupView& group : groups) {
    // A retired group only waits to say "resolved"; the route that it belonged to is gone.
    if (group.retired || !filter->receivers().takes(group.receiver)) continue;
    if (!filter->takes_muted_groups() && !group.muted_by.empty()) continue;
    std::erase_if(group.alerts, [&](const AlertView& view) { return !filter->takes(view, json.now()); });
    if (group.alerts.empty()) continue;
    list += list.empty() ? '[' : ',';
    append_group(group, json, list);
  }
  list += list.empty() ? "[]" : "]";
  return json_answer(std::move(list));
}

}  // namespace tocsin
