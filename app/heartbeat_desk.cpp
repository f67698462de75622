#include "app/heartbeat_desk.h"

#include "app/host_name.h"
#include "app/log.h"
#include "app/secret_files.h"
#include "core/json.h"
#include "core/percent_encoding.h"
#include "receivers/http_service.h"
#include "receivers/receiver_config.h"
#include "receivers/service_answer.h"
#include "receivers/service_request.h"

namespace tocsin {
namespace {

using Kind = HeartbeatSign::Kind;
using ReadSecret = std::function<Result<std::string>(const Secret&)>;

struct RequestBuilder {
  const HeartbeatSign& sign;
  const std::shared_ptr<const HttpConfig>& http;
  const ReadSecret& read_secret;

  Result<std::optional<HttpRequest>> operator()(const HeartbeatUrl& target) const {
    if (sign.kind == Kind::kUnwell && !target.report_failures) return std::optional<HttpRequest>();
    const Result<std::string> url = read_secret(target.url);
    if (!url) return fail("url: " + url.error().message);
    if (const auto checked = check_http_url(*url); !checked) return fail("url " + checked.error().message);
    HttpRequest out;
    out.method = target.method;
    out.url = sign.kind == Kind::kUnwell ? extended_url(*url, "fail") : *url;
    out.config = http;
    if (out.method == "POST") {
      out.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
      out.body = sign.why;
    }
    return std::optional(std::move(out));
  }

  // https://docs.opsgenie.com/docs/heartbeat-api: 202, whether the name exists or not.
  Result<std::optional<HttpRequest>> operator()(const OpsgenieHeartbeat& target) const {
    if (sign.kind == Kind::kUnwell) return std::optional<HttpRequest>();
    const Result<std::string> key = read_secret(target.api_key);
    if (!key) return fail("api_key: " + key.error().message);
    std::string url = target.api_url;
    while (url.ends_with('/')) url.pop_back();
    HttpRequest out =
        json_request("POST", url + "/v2/heartbeats/" + percent_encoded(target.name) + "/ping", "{}", http);
    out.headers.emplace_back("Authorization", "GenieKey " + *key);
    return std::optional(std::move(out));
  }

  Result<std::optional<HttpRequest>> operator()(const PagerDutyHeartbeat& target) const {
    if (sign.kind == Kind::kUnwell) return std::optional<HttpRequest>();
    const Result<std::string> key = read_secret(target.routing_key);
    if (!key) return fail("routing_key: " + key.error().message);
    JsonWriter json;
    json.begin_object().field("routing_key", *key).field("event_action", "trigger");
    json.field("dedup_key", "tocsin-heartbeat-" + host_name());
    json.key("payload").begin_object().field("summary", "Tocsin on " + host_name() + " is alive");
    json.field("source", host_name()).field("severity", "info").field("class", "heartbeat").end_object();
    json.end_object();
    return std::optional(json_request("POST", target.url, json.take(), http));
  }
};

}  // namespace

Result<std::optional<HttpRequest>> heartbeat_request(const HeartbeatTarget& target, const HeartbeatSign& sign,
                                                     const std::shared_ptr<const HttpConfig>& http,
                                                     const ReadSecret& read_secret) {
  return std::visit(RequestBuilder{sign, http, read_secret}, target);
}

void HeartbeatDesk::configure(std::shared_ptr<const HeartbeatConfig> config) {
  std::shared_ptr<Targets> targets;
  if (config != nullptr) {
    targets = std::make_shared<Targets>();
    targets->errors.resize(config->targets.size());
    targets->config = std::move(config);
  }
  const std::lock_guard lock(mutex_);
  targets_ = std::move(targets);
}

void HeartbeatDesk::take(const HeartbeatSign& sign) {
  std::shared_ptr<Targets> targets;
  {
    const std::lock_guard lock(mutex_);
    targets = targets_;
  }
  if (targets == nullptr) return;
  const HeartbeatConfig& config = *targets->config;
  for (std::size_t i = 0; i < config.targets.size(); ++i) {
    auto request = heartbeat_request(config.targets[i], sign, config.http, reveal);
    if (!request) {
      note(targets, i, request.error().message);
      continue;
    }
    if (!*request) continue;
    (*request)->timeout = std::min<Duration>(config.policy->interval, std::chrono::seconds(30));
    transport_.send(std::move(**request), [this, targets, i](const OutboundAnswer& answer) {
      note(targets, i, read_service_answer(answer, kNoTime).message);
    });
  }
}

void HeartbeatDesk::note(const std::shared_ptr<Targets>& targets, std::size_t target,
                         const std::string& error) {
  ++(error.empty() ? given_ : failed_);
  std::string before;
  {
    const std::lock_guard lock(mutex_);
    before = std::exchange(targets->errors[target], error);
  }
  const LogFields fields = {{"target", std::to_string(target)}, {"error", error}};
  if (before.empty() && !error.empty())
    log(LogLevel::kError, "A heartbeat target does not take the sign of life", fields);
  if (!before.empty() && error.empty())
    log(LogLevel::kInfo, "A heartbeat target takes the sign of life again",
        {{"target", std::to_string(target)}});
}

}  // namespace tocsin
