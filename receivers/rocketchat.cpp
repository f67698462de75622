#include "receivers/rocketchat.h"

#include "receivers/json_request.h"
#include "receivers/message_writer.h"
#include "receivers/plain_message.h"
#include "receivers/service_answer.h"

namespace tocsin {
namespace {

constexpr std::size_t kLongestTitle = 1024;  // code points

// The path joined to the URL's, whatever query it has.
std::string with_path(const std::string& url, std::string_view path) {
  const std::size_t end = std::min(url.find_first_of("?#"), url.size());
  std::string out = url.substr(0, end);
  while (out.ends_with('/')) out.pop_back();
  return out.append("/").append(path).append(url, end);
}

class RocketChat final : public Integration {
 public:
  RocketChat(IntegrationId id, std::string fingerprint, RocketChatConfig config)
      : Integration(std::move(id), std::move(fingerprint)), config_(std::move(config)) {}
  bool wants_resolved() const override { return config_.send_resolved; }
  std::vector<TemplateField> template_fields() const override;
  Result<BuiltRequest> build(const Notification&, const BuildContext&) const override;
  DeliveryResult read(const Notification&, const OutboundAnswer&) const override;

 private:
  std::string body(MessageWriter&) const;
  RocketChatConfig config_;
};

std::vector<TemplateField> RocketChat::template_fields() const {
  const RocketChatConfig& c = config_;
  std::vector<TemplateField> out = {c.channel, c.emoji,      c.icon_url,  c.color,    c.title,
                                    c.text,    c.title_link, c.image_url, c.thumb_url};
  for (const RocketChatField& field : c.fields) out.insert(out.end(), {field.title, field.value});
  for (const RocketChatAction& action : c.actions)
    out.insert(out.end(), {action.text, action.url, action.msg});
  return out;
}

// Empty where there are none.
std::string fields_json(const std::vector<RocketChatField>& fields, MessageWriter& writer) {
  if (fields.empty()) return "";
  JsonWriter json;
  json.begin_array();
  for (const RocketChatField& field : fields) {
    json.begin_object().key("short").boolean(field.is_short);
    write_unless_empty(json, "title", writer.text(field.title));
    write_unless_empty(json, "value", writer.text(field.value, "(template failed)"));
    json.end_object();
  }
  json.end_array();
  return json.take();
}

std::string actions_json(const std::vector<RocketChatAction>& actions, MessageWriter& writer) {
  if (actions.empty()) return "";
  JsonWriter json;
  json.begin_array();
  for (const RocketChatAction& action : actions) {
    json.begin_object().field("type", "button");
    write_unless_empty(json, "text", writer.text(action.text));
    write_unless_empty(json, "url", writer.text(action.url));
    json.key("is_webview").boolean(false);
    write_unless_empty(json, "msg", writer.text(action.msg));
    json.key("msg_in_chat_window").boolean(false).end_object();
  }
  json.end_array();
  return json.take();
}

// Everything is expanded before the text is written, which tells of every template that failed.
std::string RocketChat::body(MessageWriter& writer) const {
  const RocketChatConfig& c = config_;
  const std::string channel = writer.text(c.channel);
  const std::string emoji = writer.text(c.emoji);
  const std::string avatar = writer.text(c.icon_url);
  const std::string title =
      writer.fitting(writer.text(c.title, plain_title(writer.data())), kLongestTitle, "title");
  const std::string title_link = writer.text(c.title_link);
  std::string text = writer.text(c.text, plain_alert_list(writer.data()));
  const std::string image_url = writer.text(c.image_url);
  const std::string thumb_url = writer.text(c.thumb_url);
  const std::string color = writer.text(c.color, writer.data().firing ? "red" : "green");

  const std::string fields = fields_json(c.fields, writer);
  const std::string actions = actions_json(c.actions, writer);
  if (writer.failed()) text += (text.empty() ? "" : "\n") + ("Tocsin: " + writer.warning());

  JsonWriter json;
  json.begin_object();
  write_unless_empty(json, "channel", channel);
  write_unless_empty(json, "emoji", emoji);
  write_unless_empty(json, "avatar", avatar);
  json.key("attachments").begin_array().begin_object();
  write_unless_empty(json, "title", title);
  write_unless_empty(json, "title_link", title_link);
  write_unless_empty(json, "text", text);
  write_unless_empty(json, "image_url", image_url);
  write_unless_empty(json, "thumb_url", thumb_url);
  write_unless_empty(json, "color", color);
  if (!fields.empty()) json.key("fields").raw(fields);
  if (!actions.empty()) json.key("actions").raw(actions);
  json.end_object().end_array().end_object();
  return json.take() + "\n";
}

Result<BuiltRequest> RocketChat::build(const Notification& notification, const BuildContext& context) const {
  const Result<std::string> token = context.read_secret(config_.token);
  if (!token) return fail("token: " + token.error().message);
  const Result<std::string> token_id = context.read_secret(config_.token_id);
  if (!token_id) return fail("token_id: " + token_id.error().message);
  MessageWriter writer(context, notification_data(notification, context.external_url));
  HttpRequest request =
      json_post(with_path(config_.api_url, "api/v1/chat.postMessage"), body(writer), config_.http);
  request.headers.emplace_back("X-Auth-Token", *token);
  request.headers.emplace_back("X-User-Id", *token_id);
  return BuiltRequest{std::move(request), writer.warning()};
}

// Rocket.Chat says "no" with status 200 too, so a 2xx alone proves nothing.
DeliveryResult RocketChat::read(const Notification& notification, const OutboundAnswer& answer) const {
  DeliveryResult out = read_service_answer(answer, notification.at);
  if (out.outcome == DeliveryResult::Outcome::kFailed || answer.result != TransportResult::kAnswered)
    return out;
  const Result<JsonValue> json = JsonValue::parse(answer.body);
  const bool delivered = out.outcome == DeliveryResult::Outcome::kDelivered;
  const std::string error = json ? json->text("error") : "";
  if (delivered && json && json->boolean("success")) return out;
  if (delivered) {
    // An answer that was garbled on the way may come out right the next time.
    out.outcome = json ? DeliveryResult::Outcome::kRejected : DeliveryResult::Outcome::kFailed;
    out.reason = "clientError";
    out.message = json ? "Rocket.Chat refused the message: " +
                             (error.empty() ? "no reason given" : answer_excerpt(error))
                       : "Rocket.Chat's answer is not JSON: " + answer_excerpt(answer.body);
  }
  // Older servers limit with an error of their own instead of status 429.
  if (error.find("error-too-many-requests") != std::string::npos) {
    out.outcome = DeliveryResult::Outcome::kFailed;
    out.reason = "rateLimited";
    out.retry_after = read_retry_after(answer, notification.at);
  }
  return out;
}

}  // namespace

std::shared_ptr<const Integration> read_rocketchat(ReceiverBlock& block) {
  RocketChatConfig config = read_rocketchat_config(block);
  return std::make_shared<RocketChat>(block.id(), block.fingerprint(), std::move(config));
}

}  // namespace tocsin
