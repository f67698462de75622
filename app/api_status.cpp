#include "app/api_status.h"

#include "app/alert_filter.h"
#include "app/api_answer.h"
#include "core/json.h"

namespace tocsin {

HttpAnswer show_healthy(ApiBackend&, const HttpQuery&) {
  return text_answer(200, "OK");
}

// Unlike Alertmanager's, which says OK as soon as it listens: a load balancer shall not send alerts to a
// program that does not know its routes yet.
HttpAnswer show_ready(ApiBackend& backend, const HttpQuery&) {
  const auto ready = backend.ready();
  return ready ? text_answer(200, "OK") : text_answer(503, "not ready: " + ready.error().message);
}

HttpAnswer reload_configuration(ApiBackend& backend, const HttpQuery&) {
  if (const auto ready = backend.ready(); !ready) {
    return text_answer(503, "cannot reload yet: " + ready.error().message);
  }
  const auto reloaded = backend.reload();
  if (reloaded) return text_answer(200, "OK");
  return text_answer(
      500, "the configuration was not reloaded, the old one stays in force:\n" + reloaded.error().message);
}

HttpAnswer show_metrics(ApiBackend& backend, const HttpQuery&) {
  return {200, "text/plain; version=0.0.4; charset=utf-8", backend.metrics_text(), {}};
}

HttpAnswer list_receivers(ApiBackend& backend, const HttpQuery& query) {
  const auto filter = ReceiverFilter::read(query, backend);
  if (!filter) return filter.error();
  JsonWriter json;
  json.begin_array();
  for (const ReceiverView& receiver : backend.receivers()) {
    if (!filter->takes(receiver.name)) continue;
    json.begin_object().key("labels").labels(receiver.labels).field("name", receiver.name).end_object();
  }
  return json_answer(json.end_array().take());
}

HttpAnswer show_status(ApiBackend& backend, const HttpQuery&) {
  const StatusView status = backend.status();
  JsonWriter json;
  json.begin_object();
  // There is no cluster; tools that look for the instance among its peers find it.
  json.key("cluster").begin_object().field("name", status.instance).key("peers").begin_array();
  json.begin_object().field("address", status.address).field("name", status.instance).end_object();
  json.end_array().field("status", "disabled").end_object();
  json.key("config").begin_object().field("original", status.alertmanager_config).end_object();
  json.field("uptime", format_rfc3339_millis(status.started_at));  // Alertmanager's name for the start time
  json.key("versionInfo").begin_object();
  json.field("branch", status.branch).field("buildDate", status.build_date);
  json.field("buildUser", status.build_user);
  json.field("goVersion", "");  // clients require it; there is no Go in here
  json.field("revision", status.revision).field("version", status.version).end_object();
  return json_answer(json.end_object().take());
}

HttpAnswer show_own_status(ApiBackend& backend, const HttpQuery&) {
  const StatusView status = backend.status();
  JsonWriter json;
  json.begin_object().field("version", status.own_version);
  json.field("compatibleWith", "Alertmanager " + status.version).field("externalURL", status.external_url);
  json.field("startedAt", format_rfc3339_millis(status.started_at)).field("config", status.redacted_config);
  return json_answer(json.end_object().take());
}

}  // namespace tocsin
