#include "receivers/discord.h"

#include <cmath>

#include "receivers/json_request.h"
#include "receivers/message_writer.h"
#include "receivers/plain_message.h"
#include "receivers/service_answer.h"

namespace tocsin {
namespace {

// Code points; https://discord.com/developers/docs/resources/message#embed-object-embed-limits
constexpr std::size_t kLongestContent = 2000;
constexpr std::size_t kLongestTitle = 256;
constexpr std::size_t kLongestDescription = 4096;
constexpr std::int64_t kRed = 0x992D22;
constexpr std::int64_t kGreen = 0x2ECC71;

class Discord final : public Integration {
 public:
  Discord(IntegrationId id, std::string fingerprint, DiscordConfig config)
      : Integration(std::move(id), std::move(fingerprint)), config_(std::move(config)) {}
  bool wants_resolved() const override { return config_.send_resolved; }
  std::vector<TemplateField> template_fields() const override {
    return {config_.content, config_.title, config_.message};
  }
  Result<BuiltRequest> build(const Notification&, const BuildContext&) const override;
  DeliveryResult read(const Notification&, const OutboundAnswer&) const override;

 private:
  std::string body(MessageWriter&) const;
  DiscordConfig config_;
};

std::string Discord::body(MessageWriter& writer) const {
  std::string content = writer.text(config_.content);
  std::string title = writer.text(config_.title, plain_title(writer.data()));
  std::string message = writer.text(config_.message, plain_alert_list(writer.data()));
  if (writer.failed()) message += "\nTocsin: " + writer.warning();
  content = writer.fitting(std::move(content), kLongestContent, "content");
  title = writer.fitting(std::move(title), kLongestTitle, "title");
  message = writer.fitting(std::move(message), kLongestDescription, "message");
  JsonWriter json;
  json.begin_object().field("content", content).key("embeds").begin_array().begin_object();
  json.field("title", title).field("description", message);
  json.key("color").integer(writer.data().firing ? kRed : kGreen).end_object().end_array();
  write_unless_empty(json, "username", config_.username);
  write_unless_empty(json, "avatar_url", config_.avatar_url);
  json.end_object();
  return json.take() + "\n";
}

Result<BuiltRequest> Discord::build(const Notification& notification, const BuildContext& context) const {
  Result<std::string> url = read_http_url(context, "webhook_url", config_.url);
  if (!url) return fail(url.error().message);
  MessageWriter writer(context, notification_data(notification, context.external_url));
  HttpRequest request = json_post(std::move(*url), body(writer), config_.http);
  return BuiltRequest{std::move(request), writer.warning()};
}

// Discord limits hard, and says how long to wait in a header and, more precisely, in the body.
DeliveryResult Discord::read(const Notification& notification, const OutboundAnswer& answer) const {
  DeliveryResult out = read_service_answer(answer, notification.at);
  if (out.reason != "rateLimited" || out.retry_after > Duration{}) return out;
  const Result<JsonValue> json = JsonValue::parse(answer.body);
  if (!json) return out;
  const double seconds = json->find("retry_after").number();
  if (seconds > 0 && seconds <= 86'400) {
    out.retry_after = std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(seconds * 1000)));
  }
  return out;
}

}  // namespace

std::shared_ptr<const Integration> read_discord(ReceiverBlock& block) {
  YamlObject& object = block.object;
  DiscordConfig config;
  config.send_resolved = block.send_resolved(ReceiverBlock::SendResolved::kYes);
  config.http = block.http_config();
  config.url = block.secret_url("webhook_url");
  if (!config.url.set()) {
    object.error("webhook_url", "one of webhook_url and webhook_url_file must be set in a discord config");
  }
  config.content = block.text_template("content");
  config.title = block.text_template("title", R"({{ template "discord.default.title" . }})");
  config.message = block.text_template("message", R"({{ template "discord.default.message" . }})");
  object.text("username", config.username);
  object.text("avatar_url", config.avatar_url);
  if (!config.avatar_url.empty() && !check_http_url(config.avatar_url)) {
    object.problems().warning(object.file(), object.position_of("avatar_url"),
                              "avatar_url is not a URL that Discord would take, and is left out",
                              "it must begin with http:// or https://; it is not a template");
    config.avatar_url.clear();
  }
  object.refuse_unknown_keys();
  return std::make_shared<Discord>(block.id(), block.fingerprint(), std::move(config));
}

}  // namespace tocsin
