#include "receivers/msteamsv2.h"

#include "receivers/json_request.h"
#include "receivers/plain_message.h"
#include "receivers/service_answer.h"
#include "receivers/teams_body.h"

namespace tocsin {
namespace {

std::string card(const std::string& title, const std::string& text, const char* color) {
  JsonWriter json;
  json.begin_object().field("type", "message").key("attachments").begin_array().begin_object();
  json.field("contentType", "application/vnd.microsoft.card.adaptive").key("contentUrl").null();
  json.key("content").begin_object();
  json.field("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
  json.field("type", "AdaptiveCard").field("version", "1.2").key("body").begin_array();
  json.begin_object().field("type", "TextBlock").field("text", title).field("weight", "Bolder");
  json.field("size", "Medium").key("wrap").boolean(true).field("style", "heading").field("color", color);
  json.end_object();
  json.begin_object().field("type", "TextBlock").field("text", text).key("wrap").boolean(true).end_object();
  json.end_array().key("msteams").begin_object().field("width", "full").end_object();
  json.end_object().end_object().end_array().end_object();
  return json.take() + "\n";
}

class MsTeamsV2 final : public Integration {
 public:
  MsTeamsV2(IntegrationId id, std::string fingerprint, MsTeamsV2Config config)
      : Integration(std::move(id), std::move(fingerprint)), config_(std::move(config)) {}
  bool wants_resolved() const override { return config_.send_resolved; }
  std::vector<TemplateField> template_fields() const override { return {config_.title, config_.text}; }
  Result<BuiltRequest> build(const Notification&, const BuildContext&) const override;
  DeliveryResult read(const Notification& notification, const OutboundAnswer& answer) const override {
    return read_service_answer(answer, notification.at);
  }

 private:
  MsTeamsV2Config config_;
};

Result<BuiltRequest> MsTeamsV2::build(const Notification& notification, const BuildContext& context) const {
  Result<std::string> url = read_http_url(context, "webhook_url", config_.url);
  if (!url) return fail(url.error().message);
  MessageWriter writer(context, notification_data(notification, context.external_url));
  const std::string title = writer.text(config_.title, plain_title(writer.data()));
  const char* color = writer.data().firing ? "Attention" : "Good";
  std::string body = fitting_teams_body(config_.text, context, writer,
                                        [&](const std::string& text) { return card(title, text, color); });
  HttpRequest request = json_post(std::move(*url), std::move(body), config_.http);
  return BuiltRequest{std::move(request), writer.warning()};
}

// Unlike every other kind it takes the global proxy_url into an http_config of its own that names no proxy.
std::shared_ptr<const HttpConfig> read_http(ReceiverBlock& block) {
  std::shared_ptr<const HttpConfig> own = block.http_config();
  if (!own->proxy_url.empty() || own->proxy_from_environment) return own;
  auto out = std::make_shared<HttpConfig>(*own);
  out->proxy_url = block.defaults.http->proxy_url;
  return out;
}

}  // namespace

std::shared_ptr<const Integration> read_msteamsv2(ReceiverBlock& block) {
  YamlObject& object = block.object;
  MsTeamsV2Config config;
  config.send_resolved = block.send_resolved(ReceiverBlock::SendResolved::kYes);
  config.http = read_http(block);
  config.url = block.secret_url("webhook_url");
  if (!config.url.set()) {
    object.error("webhook_url", "one of webhook_url and webhook_url_file must be set in a msteamsv2 config");
  }
  config.title = block.text_template("title", R"({{ template "msteamsv2.default.title" . }})");
  config.text = block.text_template("text", R"({{ template "msteamsv2.default.text" . }})");
  object.refuse_unknown_keys();
  return std::make_shared<MsTeamsV2>(block.id(), block.fingerprint(), std::move(config));
}

}  // namespace tocsin
