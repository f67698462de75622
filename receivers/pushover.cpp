#include "receivers/pushover.h"

#include <algorithm>

#include "core/duration.h"
#include "receivers/message_writer.h"
#include "receivers/plain_message.h"
#include "receivers/service_answer.h"
#include "receivers/service_request.h"
#include "receivers/text_limits.h"

namespace tocsin {
namespace {

// Code points (pushover.net/api#limits).
constexpr std::size_t kLongestTitle = 250, kLongestMessage = 1024, kLongestUrl = 512;

class Pushover final : public Integration {
 public:
  Pushover(IntegrationId id, std::string fingerprint, PushoverConfig config)
      : Integration(std::move(id), std::move(fingerprint)), config_(std::move(config)) {}
  bool wants_resolved() const override { return config_.send_resolved; }
  std::vector<TemplateField> template_fields() const override;
  Result<BuiltRequest> build(const Notification&, const BuildContext&) const override;
  DeliveryResult read(const Notification&, const OutboundAnswer&) const override;

 private:
  std::string message(MessageWriter&) const;
  PushoverConfig config_;
};

std::vector<TemplateField> Pushover::template_fields() const {
  const PushoverConfig& c = config_;
  std::vector<TemplateField> out = {c.title, c.message, c.url, c.url_title, c.device, c.sound, c.priority};
  const auto add_secret = [&out](const Secret& secret, const TemplateField& field) {
    if (!has_template(secret.text)) return;
    out.push_back(field);
    out.back().text = secret.text;
  };
  add_secret(c.user_key, c.user_key_field);
  add_secret(c.token, c.token_field);
  return out;
}

std::string cut(MessageWriter& writer, const std::string& text, std::size_t limit, const char* what) {
  if (count_runes(text) > limit) {
    writer.warn(std::string("the ") + what + " was cut to " + std::to_string(limit) + " characters");
  }
  return cut_to_runes(text, limit);
}

std::string trimmed(const std::string& text) {
  constexpr const char* kSpace = " \t\r\n\v\f";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string Pushover::message(MessageWriter& writer) const {
  const std::string plain = plain_alert_list(writer.data());
  const std::string text =
      config_.html ? writer.html(config_.message, plain) : writer.text(config_.message, plain);
  const std::string out = trimmed(cut(writer, text, kLongestMessage, "message"));
  return out.empty() ? "(no details)" : out;  // the service refuses an empty one
}

std::string seconds(Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}

Result<BuiltRequest> Pushover::build(const Notification& notification, const BuildContext& context) const {
  MessageWriter writer(context, notification_data(notification, context.external_url));
  const Result<std::string> token = writer.required_secret("token", config_.token);
  if (!token) return fail(token.error().message);
  const Result<std::string> user = writer.required_secret("user_key", config_.user_key);
  if (!user) return fail(user.error().message);
  QueryParameters parameters = {{"token", *token}, {"user", *user}};
  parameters.emplace_back(
      "title", cut(writer, writer.text(config_.title, plain_title(writer.data())), kLongestTitle, "title"));
  if (config_.html) parameters.emplace_back("html", "1");
  if (config_.monospace) parameters.emplace_back("monospace", "1");
  parameters.emplace_back("message", message(writer));
  parameters.emplace_back("url", cut(writer, writer.text(config_.url), kLongestUrl, "URL"));
  parameters.emplace_back("url_title", writer.text(config_.url_title));
  parameters.emplace_back("priority", writer.text(config_.priority, writer.data().firing ? "2" : "0"));
  parameters.emplace_back("retry", seconds(config_.retry));
  parameters.emplace_back("expire", seconds(config_.expire));
  parameters.emplace_back("device", writer.text(config_.device));
  parameters.emplace_back("sound", writer.text(config_.sound));
  if (config_.ttl >= std::chrono::seconds(1)) parameters.emplace_back("ttl", seconds(config_.ttl));
  std::sort(parameters.begin(), parameters.end());
  HttpRequest request;
  request.method = "POST";
  request.url = "https://api.pushover.net/1/messages.json?" + form_encoded(parameters);
  request.headers = {{"Content-Type", "text/plain"}};
  request.config = config_.http;
  return BuiltRequest{std::move(request), writer.warning()};
}

DeliveryResult Pushover::read(const Notification& notification, const OutboundAnswer& answer) const {
  DeliveryResult out = read_service_answer(answer, notification.at);
  const Result<JsonValue> json = JsonValue::parse(answer.body);
  if (!json) return out;
  if (out.outcome == DeliveryResult::Outcome::kDelivered) {
    // The receipt of an emergency, else the name of the request.
    out.message_ref = json->text("receipt").empty() ? json->text("request") : json->text("receipt");
  } else if (json->find("errors").kind() == JsonValue::Kind::kArray) {
    std::string errors;
    for (const JsonValue& error : json->find("errors").array())
      errors += (errors.empty() ? "" : ", ") + error.string();
    out.message = "HTTP " + std::to_string(out.status) + ": " + answer_excerpt(errors);
  }
  return out;
}

// With a unit always, unlike the durations of other receivers: Alertmanager refuses bare numbers here.
void read_duration(YamlObject& object, const std::string& key, Duration& out) {
  std::string text;
  if (!object.text(key, text)) return;
  const Result<Duration> read = parse_go_duration(text);
  if (!read) return object.error(key, key + ": " + read.error().message, "write it as 90s, 10m or 1.5h");
  out = *read;
}

Secret read_key(ReceiverBlock& block, const std::string& key, TemplateField& field) {
  YamlObject& object = block.object;
  Secret out = block.secret(key);
  field = {key, "", object.file(), object.position_of(key), TemplateField::Output::kText};
  if (!out.set())
    object.error(key, "one of " + key + " and " + key + "_file must be set in a pushover config");
  return out;
}

}  // namespace

std::shared_ptr<const Integration> read_pushover(ReceiverBlock& block) {
  YamlObject& object = block.object;
  PushoverConfig config;
  config.send_resolved = block.send_resolved(ReceiverBlock::SendResolved::kYes);
  config.http = block.http_config();
  config.user_key = read_key(block, "user_key", config.user_key_field);
  config.token = read_key(block, "token", config.token_field);
  object.boolean("html", config.html);
  object.boolean("monospace", config.monospace);
  if (config.html && config.monospace) {
    object.error("monospace", "at most one of html and monospace can be set in a pushover config");
  }
  config.title = block.text_template("title", R"({{ template "pushover.default.title" . }})");
  constexpr std::string_view kMessage = R"({{ template "pushover.default.message" . }})";
  config.message =
      config.html ? block.html_template("message", kMessage) : block.text_template("message", kMessage);
  config.url = block.text_template("url", R"({{ template "pushover.default.url" . }})");
  config.url_title = block.text_template("url_title");
  config.device = block.text_template("device");
  config.sound = block.text_template("sound");
  config.priority = block.text_template("priority", R"({{ if eq .Status "firing" }}2{{ else }}0{{ end }})");
  read_duration(object, "retry", config.retry);
  read_duration(object, "expire", config.expire);
  read_duration(object, "ttl", config.ttl);
  object.refuse_unknown_keys();
  return std::make_shared<Pushover>(block.id(), block.fingerprint(), std::move(config));
}

}  // namespace tocsin
