#include "app/heartbeat_config.h"

#include <algorithm>

#include "receivers/receiver_config.h"

namespace tocsin {
namespace {

constexpr Duration kShortest = std::chrono::seconds(1);

void read_checked_url(YamlObject& object, std::string& out) {
  const std::string_view key = object.has("api_url") ? "api_url" : "url";
  object.child("api_url");
  if (!object.text(key, out)) return;
  if (const auto checked = check_http_url(out); !checked)
    object.error(key, std::string(key) + " " + checked.error().message);
}

void need(YamlObject& object, const std::string& key, const Secret& secret, const std::string& what) {
  if (!secret.set()) object.error(key, "one of " + key + " and " + key + "_file must be set in " + what);
}

HeartbeatTarget read_url(YamlObject& object, const std::string& base_folder) {
  HeartbeatUrl out;
  out.url = read_secret(object, "url", base_folder);
  if (!out.url.text.empty() && out.url.text != "<secret>") {
    if (const auto checked = check_http_url(out.url.text); !checked)
      object.error("url", "url " + checked.error().message);
  }
  object.text("method", out.method);
  if (!object.is_one_of("method", out.method, {"GET", "HEAD", "POST"}))
    object.error("method", "method must be GET, HEAD or POST");
  object.boolean("report_failures", out.report_failures);
  return out;
}

HeartbeatTarget read_opsgenie(const YamlNode& node, const ReceiverDefaults& defaults,
                              const std::string& base_folder, Problems& problems) {
  YamlObject object(node, "opsgenie heartbeat", problems);
  OpsgenieHeartbeat out;
  out.api_url = defaults.opsgenie_api_url;
  read_checked_url(object, out.api_url);
  out.api_key = read_secret(object, "api_key", base_folder);
  if (!out.api_key.set()) out.api_key = defaults.opsgenie_api_key;
  need(object, "api_key", out.api_key, "an opsgenie heartbeat");
  object.text("name", out.name);
  if (out.name.empty())
    object.error("name", "an opsgenie heartbeat needs the name that it has there",
                 "it is made under Settings, Heartbeats");
  object.refuse_unknown_keys();
  return out;
}

HeartbeatTarget read_pagerduty(const YamlNode& node, const ReceiverDefaults& defaults,
                               const std::string& base_folder, Problems& problems) {
  YamlObject object(node, "pagerduty heartbeat", problems);
  PagerDutyHeartbeat out;
  out.url = defaults.pagerduty_url;
  read_checked_url(object, out.url);
  out.routing_key = read_secret(object, "routing_key", base_folder);
  need(object, "routing_key", out.routing_key, "a pagerduty heartbeat");
  object.refuse_unknown_keys();
  return out;
}

void read_target(const YamlNode& node, const ReceiverDefaults& defaults, const std::string& base_folder,
                 Problems& problems, std::vector<HeartbeatTarget>& out) {
  YamlObject target(node, "heartbeat target", problems);
  const YamlNode opsgenie = target.child("opsgenie");
  const YamlNode pagerduty = target.child("pagerduty");
  const bool url = target.has("url") || target.has("url_file");
  const int kinds =
      static_cast<int>(url) + static_cast<int>(!opsgenie.null()) + static_cast<int>(!pagerduty.null());
  if (kinds != 1) {
    problems.error(node.file(), node.position(),
                   "a heartbeat target has exactly one of url, url_file, opsgenie and pagerduty",
                   "write one list item for each");
  } else if (!opsgenie.null()) {
    out.push_back(read_opsgenie(opsgenie, defaults, base_folder, problems));
  } else if (!pagerduty.null()) {
    out.push_back(read_pagerduty(pagerduty, defaults, base_folder, problems));
  } else {
    out.push_back(read_url(target, base_folder));
    target.refuse_unknown_keys();
    return;
  }
  for (const char* key : {"url", "url_file"}) target.child(key);
  target.refuse_unknown_keys();
}

HeartbeatPolicy read_policy(YamlObject& object) {
  HeartbeatPolicy out;
  object.prometheus_duration("interval", out.interval);
  if (out.interval < kShortest) {
    object.error("interval", "the interval of the heartbeat must be at least 1s", "1m is usual");
    out.interval = kShortest;
  }
  std::int64_t evaluations = out.evaluations;
  object.integer("tolerated_evaluations", evaluations);
  if (evaluations < 1 || evaluations > 1000)
    object.error("tolerated_evaluations", "tolerated_evaluations must be from 1 to 1000",
                 "so many evaluations of a group may fail or be late before the heartbeat stops");
  out.evaluations = static_cast<int>(std::clamp<std::int64_t>(evaluations, 1, 1000));
  object.prometheus_duration("tolerated_delivery_time", out.delivery);
  if (out.delivery <= Duration{})
    object.error("tolerated_delivery_time", "tolerated_delivery_time must be longer than 0", "10m is usual");
  return out;
}

}  // namespace

std::shared_ptr<const HeartbeatConfig> read_heartbeat(const YamlNode& node, const ReceiverDefaults& defaults,
                                                      const std::string& base_folder, Problems& problems) {
  if (node.null()) return nullptr;
  YamlObject object(node, "heartbeat", problems);
  auto out = std::make_shared<HeartbeatConfig>();
  out->policy = std::make_shared<const HeartbeatPolicy>(read_policy(object));
  out->http = defaults.http;
  if (const YamlNode http = object.child("http_config"); !http.null()) {
    YamlObject block(http, "http_config", problems);
    out->http = std::make_shared<const HttpConfig>(read_http_config(block, base_folder));
    block.refuse_unknown_keys();
  }
  for (const YamlNode& target : object.list("targets"))
    read_target(target, defaults, base_folder, problems, out->targets);
  if (!object.has("targets"))
    object.error("targets", "a heartbeat needs targets", "targets: [{url_file: /etc/tocsin/healthcheck}]");
  object.refuse_unknown_keys();
  return out;
}

}  // namespace tocsin
