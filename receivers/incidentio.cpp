#include "receivers/incidentio.h"

#include <algorithm>

#include "receivers/message_writer.h"
#include "receivers/service_answer.h"
#include "receivers/service_request.h"

namespace tocsin {
namespace {

constexpr std::size_t kLargestBody = 512 * 1024;  // bytes

class Incidentio final : public Integration {
 public:
  Incidentio(IntegrationId id, std::string fingerprint, IncidentioConfig config)
      : Integration(std::move(id), std::move(fingerprint)), config_(std::move(config)) {}
  bool wants_resolved() const override { return config_.send_resolved; }
  std::vector<TemplateField> template_fields() const override { return {}; }
  Result<BuiltRequest> build(const Notification&, const BuildContext&) const override;
  DeliveryResult read(const Notification&, const OutboundAnswer&) const override;

 private:
  IncidentioConfig config_;
};

Result<BuiltRequest> Incidentio::build(const Notification& notification, const BuildContext& context) const {
  MessageWriter writer(context, notification_data(notification, context.external_url, config_.max_alerts));
  const Result<std::string> url = context.read_secret(config_.url);
  if (!url) return fail("url: " + url.error().message);
  if (const auto checked = check_http_url(*url); !checked) return fail("url " + checked.error().message);
  const std::size_t total = notification.alerts.size();
  const std::size_t cut = total - writer.data().alerts.size();
  if (cut > 0) writer.warn(std::to_string(cut) + " alerts beyond max_alerts were left out");
  std::string body = webhook_message(writer.data(), notification.group_key, cut, "1");
  if (body.size() > kLargestBody && writer.data().alerts.size() > 1) {
    // As Alertmanager: the group is one alert there, so that the first of ours still says what it is about.
    body = webhook_message(writer.data().with_first_alerts(1), notification.group_key, total - 1, "1");
    writer.warn("all alerts but the first were left out: incident.io takes no more than 512 KiB");
  }
  if (body.size() > kLargestBody)
    writer.warn("the message is larger than the 512 KiB that incident.io takes");
  HttpRequest request = json_request("POST", *url, std::move(body), config_.http);
  request.timeout = config_.timeout;
  return BuiltRequest{std::move(request), writer.warning()};
}

DeliveryResult Incidentio::read(const Notification& notification, const OutboundAnswer& answer) const {
  DeliveryResult out = read_service_answer(answer, notification.at);
  if (out.outcome == DeliveryResult::Outcome::kDelivered || answer.result != TransportResult::kAnswered)
    return out;
  const Result<JsonValue> json = JsonValue::parse(answer.body);
  if (!json) return out;
  std::string said;
  const auto add = [&said](const std::string& text) {
    if (!text.empty()) said += (said.empty() ? "" : ": ") + text;
  };
  add(json->text("message"));
  add(json->text("error"));
  if (json->find("errors").kind() == JsonValue::Kind::kArray) {
    for (const JsonValue& error : json->find("errors").array()) {
      add(error.kind() == JsonValue::Kind::kObject ? error.text("message") : error.string());
    }
  }
  if (!said.empty()) out.message = "HTTP " + std::to_string(out.status) + ": " + answer_excerpt(said);
  return out;
}

// Who we are there: a token of our own, or the authorization of http_config, not both.
void read_authorization(ReceiverBlock& block, IncidentioConfig& out) {
  YamlObject& object = block.object;
  out.http = block.http_config();
  const Secret token = block.secret("alert_source_token");
  const bool own_http = object.has("http_config");
  if (token.set()) {
    if (own_http && out.http->authorization) {
      object.error(object.has("alert_source_token") ? "alert_source_token" : "alert_source_token_file",
                   "an alert source token cannot be used together with http_config.authorization",
                   "keep one of them");
    }
    auto http = std::make_shared<HttpConfig>(*out.http);
    http->authorization = HttpConfig::Authorization{"Bearer", token};
    http->basic.reset();
    http->oauth2.reset();
    out.http = std::move(http);
  } else if (own_http && !out.http->authorization) {
    object.error("http_config",
                 "an incidentio config needs alert_source_token, alert_source_token_file or "
                 "http_config.authorization");
  } else if (!own_http && !out.http->authorization) {
    object.problems().warning(object.file(), object.position(),
                              "this incidentio config has no token, incident.io will refuse its messages",
                              "set alert_source_token or alert_source_token_file");
  }
}

}  // namespace

std::shared_ptr<const Integration> read_incidentio(ReceiverBlock& block) {
  YamlObject& object = block.object;
  IncidentioConfig config;
  config.send_resolved = block.send_resolved(ReceiverBlock::SendResolved::kYes);
  read_authorization(block, config);
  config.timeout = block.timeout(std::chrono::seconds(30));
  config.url = block.secret("url");
  if (!config.url.set()) {
    object.error("url", "one of url and url_file must be set in an incidentio config");
  } else if (!config.url.text.empty()) {
    if (const auto checked = check_http_url(config.url.text); !checked)
      object.error("url", "url " + checked.error().message);
  }
  std::int64_t max_alerts = 0;
  object.integer("max_alerts", max_alerts);
  if (max_alerts < 0) object.error("max_alerts", "max_alerts cannot be negative", "0 sends all alerts");
  config.max_alerts = static_cast<std::size_t>(std::max<std::int64_t>(max_alerts, 0));
  object.refuse_unknown_keys();
  return std::make_shared<Incidentio>(block.id(), block.fingerprint(), std::move(config));
}

}  // namespace tocsin
