#include "receivers/webhook.h"

#include "receivers/message_writer.h"
#include "receivers/service_answer.h"

namespace tocsin {
namespace {

class Webhook final : public Integration {
 public:
  Webhook(IntegrationId id, std::string fingerprint, WebhookConfig config)
      : Integration(std::move(id), std::move(fingerprint)), config_(std::move(config)) {}
  bool wants_resolved() const override { return config_.send_resolved; }
  std::vector<TemplateField> template_fields() const override;
  Result<BuiltRequest> build(const Notification&, const BuildContext&) const override;
  DeliveryResult read(const Notification& notification, const OutboundAnswer& answer) const override {
    return read_service_answer(answer, notification.at);
  }

 private:
  WebhookConfig config_;
};

std::vector<TemplateField> Webhook::template_fields() const {
  std::vector<TemplateField> out;
  if (has_template(config_.url.text)) {
    out.push_back(config_.url_field);
    out.back().text = config_.url.text;
  }
  std::vector<std::string> texts;
  if (config_.payload) collect_texts(*config_.payload, texts);
  for (std::string& text : texts) {
    out.push_back(config_.payload_field);
    out.back().text = std::move(text);
  }
  return out;
}

Result<BuiltRequest> Webhook::build(const Notification& notification, const BuildContext& context) const {
  MessageWriter writer(context, notification, config_.max_alerts);
  Result<std::string> url = writer.required_secret("url", config_.url);
  if (!url) return fail(url.error().message);
  if (const auto checked = check_http_url(*url); !checked) return fail("url " + checked.error().message);
  const std::size_t cut = notification.alerts.size() - writer.data().alerts.size();
  HttpRequest request;
  request.method = "POST";
  request.url = std::move(*url);
  request.headers = {{"Content-Type", "application/json"}};
  request.config = config_.http;
  request.timeout = config_.timeout;
  request.body = webhook_message(writer.data(), notification.group_key, cut);
  if (config_.payload) {
    const auto payload =
        expand_payload(*config_.payload, [&](std::string_view text) { return writer.expand(text); });
    if (payload) {
      JsonWriter json;
      write_json(json, *payload);
      request.body = json.take() + "\n";
    } else {
      // The other end expects a shape of its own; the standard message is still better than silence.
      writer.warn_of_template("the template of payload failed, the standard message was sent instead: " +
                              payload.error().message);
    }
  }
  if (cut > 0) writer.warn(std::to_string(cut) + " alerts beyond max_alerts were left out");
  return BuiltRequest{std::move(request), writer.warning()};
}

}  // namespace

std::shared_ptr<const Integration> read_webhook(ReceiverBlock& block) {
  YamlObject& object = block.object;
  WebhookConfig config;
  config.send_resolved = block.send_resolved(ReceiverBlock::SendResolved::kYes);
  config.http = block.http_config();
  config.timeout = block.timeout(std::chrono::seconds(30));
  config.url = block.secret_url("url");
  config.url_field = {"url", "", object.file(), object.position_of("url"), TemplateField::Output::kText};
  if (!config.url.set()) object.error("url", "one of url and url_file must be set in a webhook config");
  std::int64_t max_alerts = 0;
  object.integer("max_alerts", max_alerts);
  if (max_alerts < 0) object.error("max_alerts", "max_alerts cannot be negative", "0 sends all alerts");
  config.max_alerts = static_cast<std::size_t>(std::max<std::int64_t>(max_alerts, 0));
  if (const YamlNode payload = object.child("payload"); !payload.null()) {
    config.payload = PayloadValue::from(payload);
    config.payload_field = {"payload", "", object.file(), object.position_of("payload"),
                            TemplateField::Output::kText};
  }
  object.refuse_unknown_keys();
  return std::make_shared<Webhook>(block.id(), block.fingerprint(), std::move(config));
}

}  // namespace tocsin
