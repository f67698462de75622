#include "receivers/telegram.h"

#include <algorithm>

#include "core/template/escape.h"
#include "receivers/message_writer.h"
#include "receivers/plain_message.h"
#include "receivers/service_answer.h"
#include "receivers/service_request.h"
#include "receivers/text_limits.h"

namespace tocsin {
namespace {

using Outcome = DeliveryResult::Outcome;
using ParseMode = TelegramConfig::ParseMode;

constexpr std::size_t kLongestMessage = 4096;  // code points

class Telegram final : public Integration {
 public:
  Telegram(IntegrationId id, std::string fingerprint, TelegramConfig config)
      : Integration(std::move(id), std::move(fingerprint)), config_(std::move(config)) {}
  bool wants_resolved() const override { return config_.send_resolved; }
  std::vector<TemplateField> template_fields() const override { return {config_.message}; }
  Result<BuiltRequest> build(const Notification& notification, const BuildContext& context) const override {
    return request(notification, context, config_.parse_mode);
  }
  DeliveryResult read(const Notification&, const OutboundAnswer&) const override;
  bool takes_several_requests() const override { return config_.parse_mode != ParseMode::kPlain; }
  NextStep next(const Notification&, const BuildContext&, const std::vector<OutboundAnswer>&) const override;

 private:
  Result<BuiltRequest> request(const Notification&, const BuildContext&, ParseMode) const;
  std::string text(MessageWriter&, const BuildContext&) const;
  TelegramConfig config_;
};

const char* name_of(ParseMode mode) {
  switch (mode) {
    case ParseMode::kHtml:
      return "HTML";
    case ParseMode::kMarkdown:
      return "Markdown";
    case ParseMode::kMarkdownV2:
      return "MarkdownV2";
    case ParseMode::kPlain:
      break;
  }
  return "";
}

// What is sent instead of HTML that is too long: cutting that could leave a tag open, which Telegram refuses.
std::string short_html(const NotificationData& data, std::size_t length, const std::string& external_url) {
  const std::string text = plain_title(data) + "\n" + plain_alert_list(data);
  const std::string note = "\nThe whole message could not be sent: its " + std::to_string(length) +
                           " characters exceed Telegram's limit of 4096. All alerts: " + external_url;
  // Half of the limit leaves room for what escaping adds to ordinary texts.
  std::string out = tmpl::html_escape(cut_to_runes(text, kLongestMessage / 2)) + tmpl::html_escape(note);
  if (count_runes(out) <= kLongestMessage) return out;
  return tmpl::html_escape(cut_to_runes(plain_title(data), kLongestMessage / 8) + cut_to_runes(note, 256));
}

std::string Telegram::text(MessageWriter& writer, const BuildContext& context) const {
  const bool html = config_.parse_mode == ParseMode::kHtml;
  std::string out = html ? writer.html(config_.message) : writer.text(config_.message);
  if (writer.failed()) {
    out = plain_title(writer.data()) + "\n" + plain_alert_list(writer.data());
    if (html) out = tmpl::html_escape(cut_to_runes(out, kLongestMessage / 2));
  }
  const std::size_t length = count_runes(out);
  if (length <= kLongestMessage) return repaired_utf8(out);
  if (html) {
    writer.warn("the message was longer than 4096 characters, a short one was sent instead");
    return short_html(writer.data(), length, context.external_url);
  }
  writer.warn("the message was cut to 4096 characters");
  return cut_to_runes(out, kLongestMessage);
}

// Every value is a text, as Alertmanager's client writes them.
Result<BuiltRequest> Telegram::request(const Notification& notification, const BuildContext& context,
                                       ParseMode mode) const {
  MessageWriter writer(context, notification_data(notification, context.external_url));
  const Result<std::string> token = context.read_secret(config_.bot_token);
  if (!token) return fail("bot_token: " + token.error().message);
  if (token->empty()) return fail("bot_token is empty");
  const Result<std::string> chat = context.read_secret(config_.chat_id);
  if (!chat) return fail("chat_id: " + chat.error().message);
  if (chat->find_first_not_of("0123456789", chat->starts_with('-') ? 1 : 0) != std::string::npos ||
      chat->empty() || *chat == "-") {
    return fail("chat_id: the file does not hold a whole number");
  }
  KeyValues message;
  message["chat_id"] = *chat;
  message["text"] = text(writer, context);
  message["disable_web_page_preview"] = "true";
  if (config_.disable_notifications) message["disable_notification"] = "true";
  if (config_.message_thread_id != 0) {
    message["message_thread_id"] = std::to_string(config_.message_thread_id);
  }
  if (mode != ParseMode::kPlain) message["parse_mode"] = name_of(mode);
  JsonWriter json;
  write_json(json, message);
  return BuiltRequest{json_request("POST", extended_url(config_.api_url, "bot" + *token + "/sendMessage"),
                                   json.take() + "\n", config_.http),
                      writer.warning()};
}

// The Bot API says in JSON what went wrong, also how long to wait; the HTTP status says the same.
DeliveryResult Telegram::read(const Notification& notification, const OutboundAnswer& answer) const {
  DeliveryResult out = read_service_answer(answer, notification.at);
  const Result<JsonValue> json = JsonValue::parse(answer.body);
  if (answer.result != TransportResult::kAnswered) return out;
  if (!json || json->kind() != JsonValue::Kind::kObject) {
    if (out.outcome != Outcome::kDelivered) return out;
    out.outcome = Outcome::kFailed;
    out.reason = "other";
    out.message = "the answer is not Telegram's: " + answer_excerpt(answer.body);
    return out;
  }
  if (out.outcome == Outcome::kDelivered && json->boolean("ok")) {
    // `result` may be empty or `true`; the message is sent all the same.
    const JsonValue& id = json->find("result").find("message_id");
    if (id.kind() == JsonValue::Kind::kInteger) out.message_ref = std::to_string(id.integer());
    return out;
  }
  OutboundAnswer as_said = answer;
  if (const std::int64_t code = json->integer("error_code"); code >= 400 && code < 600) {
    as_said.status = static_cast<int>(code);
  } else if (out.outcome == Outcome::kDelivered) {
    as_said.status = 400;
  }
  out = read_service_answer(as_said, notification.at);
  const JsonValue& parameters = json->find("parameters");
  if (const std::int64_t wait = parameters.integer("retry_after");
      wait > 0 && out.outcome == Outcome::kFailed) {
    out.retry_after = std::chrono::seconds(std::min<std::int64_t>(wait, 86'400));
  }
  if (const std::string description = json->text("description"); !description.empty()) {
    out.message = "HTTP " + std::to_string(as_said.status) + ": " + answer_excerpt(description);
  }
  if (const std::int64_t chat = parameters.integer("migrate_to_chat_id"); chat != 0) {
    out.message += "; the chat is now " + std::to_string(chat) + ": set that as chat_id";
  }
  return out;
}

// Markup that Telegram cannot read costs the markup, not the page.
NextStep Telegram::next(const Notification& notification, const BuildContext& context,
                        const std::vector<OutboundAnswer>& so_far) const {
  DeliveryResult result = read(notification, so_far.back());
  const bool markup =
      result.status == 400 && result.message.find("can't parse entities") != std::string::npos;
  if (!markup || so_far.size() > 1) return result;
  Result<BuiltRequest> plain = request(notification, context, ParseMode::kPlain);
  if (!plain) return result;
  plain->warning = "Telegram cannot read the message as " + std::string(name_of(config_.parse_mode)) +
                   ", it was sent as plain text instead: " + result.message;
  return std::move(*plain);
}

void read_chat(ReceiverBlock& block, TelegramConfig& out) {
  YamlObject& object = block.object;
  std::int64_t chat_id = 0;
  object.integer("chat_id", chat_id);
  std::string file;
  object.text("chat_id_file", file);
  if (chat_id == 0 && file.empty()) {
    object.error("chat_id", "a telegram config needs chat_id or chat_id_file");
  } else if (chat_id != 0 && !file.empty()) {
    object.error("chat_id_file", "at most one of chat_id and chat_id_file can be set in a telegram config");
  }
  if (chat_id != 0) {
    out.chat_id.text = std::to_string(chat_id);
  } else {
    out.chat_id.file = resolve_path(block.base_folder, file);
  }
  object.integer("message_thread_id", out.message_thread_id);
}

void read_parse_mode(YamlObject& object, TelegramConfig& out) {
  std::string name = "HTML";
  object.text("parse_mode", name);
  object.is_one_of("parse_mode", name, {"", "HTML", "Markdown", "MarkdownV2"});
  for (const ParseMode mode :
       {ParseMode::kPlain, ParseMode::kHtml, ParseMode::kMarkdown, ParseMode::kMarkdownV2}) {
    if (name != name_of(mode)) continue;
    out.parse_mode = mode;
    return;
  }
  object.error("parse_mode", "parse_mode must be Markdown, MarkdownV2, HTML or empty",
               "\"\" sends the message as plain text");
}

}  // namespace

std::shared_ptr<const Integration> read_telegram(ReceiverBlock& block) {
  YamlObject& object = block.object;
  TelegramConfig config;
  config.send_resolved = block.send_resolved(ReceiverBlock::SendResolved::kYes);
  config.http = block.http_config();
  config.api_url = block.url("api_url", block.defaults.telegram_api_url);
  config.bot_token = block.secret("bot_token");
  if (!config.bot_token.set()) config.bot_token = block.defaults.telegram_bot_token;
  if (!config.bot_token.set()) {
    object.error("bot_token", "there is no Telegram bot token, neither here nor in global",
                 "set bot_token or bot_token_file, or telegram_bot_token in global");
  }
  read_chat(block, config);
  read_parse_mode(object, config);
  constexpr std::string_view kMessage = R"({{ template "telegram.default.message" . }})";
  const bool ours = block.style() == MessageStyle::kTocsin && !object.has("message");
  if (config.parse_mode == ParseMode::kHtml) {
    config.message = block.html_template("message", kMessage);
  } else if (ours) {
    // Our own text for Telegram is HTML, or has no markup at all: then Telegram shall look for none in it.
    config.message = block.text_template("message", R"({{ template "telegram.tocsin.plain" . }})");
    config.parse_mode = ParseMode::kPlain;
  } else {
    config.message = block.text_template("message", kMessage);
  }
  object.boolean("disable_notifications", config.disable_notifications);
  object.refuse_unknown_keys();
  return std::make_shared<Telegram>(block.id(), block.fingerprint(), std::move(config));
}

}  // namespace tocsin
