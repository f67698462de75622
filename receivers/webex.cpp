#include "receivers/webex.h"

#include "receivers/json_request.h"
#include "receivers/message_writer.h"
#include "receivers/plain_message.h"
#include "receivers/service_answer.h"
#include "receivers/text_limits.h"

namespace tocsin {
namespace {

constexpr std::size_t kLongestMessage = 7439;  // bytes; https://developer.webex.com/docs/api/v1/messages

class Webex final : public Integration {
 public:
  Webex(IntegrationId id, std::string fingerprint, WebexConfig config)
      : Integration(std::move(id), std::move(fingerprint)), config_(std::move(config)) {}
  bool wants_resolved() const override { return config_.send_resolved; }
  std::vector<TemplateField> template_fields() const override { return {config_.message, config_.room_id}; }
  Result<BuiltRequest> build(const Notification&, const BuildContext&) const override;
  DeliveryResult read(const Notification& notification, const OutboundAnswer& answer) const override {
    return read_service_answer(answer, notification.at);
  }

 private:
  WebexConfig config_;
};

Result<BuiltRequest> Webex::build(const Notification& notification, const BuildContext& context) const {
  MessageWriter writer(context, notification_data(notification, context.external_url));
  const Result<std::string> room_id = writer.required(config_.room_id);
  if (!room_id) return fail(room_id.error().message);
  if (room_id->empty()) return fail("room_id is empty");
  std::string message =
      writer.text(config_.message, plain_title(writer.data()) + "\n\n" + plain_alert_list(writer.data()));
  if (writer.failed()) message += "\nTocsin: " + writer.warning();
  if (message.size() > kLongestMessage) {
    message = cut_to_bytes(message, kLongestMessage);
    writer.warn("the message was cut to " + std::to_string(kLongestMessage) + " bytes");
  }
  JsonWriter json;
  json.begin_object().field("markdown", message).field("roomId", *room_id).end_object();
  HttpRequest request = json_post(config_.api_url, json.take() + "\n", config_.http);
  return BuiltRequest{std::move(request), writer.warning()};
}

}  // namespace

std::shared_ptr<const Integration> read_webex(ReceiverBlock& block) {
  YamlObject& object = block.object;
  WebexConfig config;
  config.send_resolved = block.send_resolved(ReceiverBlock::SendResolved::kYes);
  config.http = block.http_config();
  // Alertmanager wants it in the block itself: a global authorization is hardly meant for Webex.
  if (!object.has("http_config") || !config.http->authorization) {
    object.error("http_config", "a webex config needs an authorization in its own http_config",
                 "http_config: {authorization: {credentials_file: …}} with the token of a Webex bot");
  }
  config.api_url = block.url("api_url", block.defaults.webex_api_url);
  config.room_id = block.text_template("room_id");
  if (config.room_id.text.empty()) object.error("room_id", "a webex config needs room_id");
  config.message = block.text_template("message", R"({{ template "webex.default.message" . }})");
  object.refuse_unknown_keys();
  return std::make_shared<Webex>(block.id(), block.fingerprint(), std::move(config));
}

}  // namespace tocsin
