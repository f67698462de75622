#include "receivers/wechat.h"

#include <algorithm>

#include "receivers/message_writer.h"
#include "receivers/plain_message.h"
#include "receivers/service_answer.h"
#include "receivers/service_request.h"
#include "receivers/text_limits.h"

namespace tocsin {
namespace {

using Outcome = DeliveryResult::Outcome;

constexpr std::size_t kLargestContent = 2048;  // bytes; of a text the service cuts the rest away, a markdown
                                               // message that is longer it refuses

class Wechat final : public Integration {
 public:
  Wechat(IntegrationId id, std::string fingerprint, WechatConfig config)
      : Integration(std::move(id), std::move(fingerprint)), config_(std::move(config)) {}
  bool wants_resolved() const override { return config_.send_resolved; }
  std::vector<TemplateField> template_fields() const override;
  Result<BuiltRequest> build(const Notification&, const BuildContext&) const override;
  DeliveryResult read(const Notification&, const OutboundAnswer&) const override;
  bool takes_several_requests() const override { return true; }
  NextStep next(const Notification&, const BuildContext&, const std::vector<OutboundAnswer>&) const override;

 private:
  Result<BuiltRequest> ask_token(const Notification&, const BuildContext&) const;
  BuiltRequest message(const Notification&, const BuildContext&, const std::string& token) const;
  std::string content(MessageWriter&) const;
  WechatConfig config_;
};

std::vector<TemplateField> Wechat::template_fields() const {
  const WechatConfig& c = config_;
  std::vector<TemplateField> out = {c.message, c.to_user, c.to_party, c.to_tag, c.agent_id, c.corp_id};
  if (has_template(c.api_secret.text)) {
    out.push_back(c.api_secret_field);
    out.back().text = c.api_secret.text;
  }
  return out;
}

Result<BuiltRequest> Wechat::ask_token(const Notification& notification, const BuildContext& context) const {
  MessageWriter writer(context, notification_data(notification, context.external_url));
  const Result<std::string> secret = writer.required_secret("api_secret", config_.api_secret);
  if (!secret) return fail(secret.error().message);
  const Result<std::string> corp_id = writer.required(config_.corp_id);
  if (!corp_id) return fail(corp_id.error().message);
  HttpRequest out;
  out.url = extended_url(config_.api_url, "gettoken", {{"corpid", *corp_id}, {"corpsecret", *secret}});
  out.config = config_.http;
  return BuiltRequest{std::move(out), ""};
}

std::string Wechat::content(MessageWriter& writer) const {
  const std::string text = repaired_utf8(
      writer.text(config_.message, plain_title(writer.data()) + "\n" + plain_alert_list(writer.data())));
  if (text.size() <= kLargestContent) return text;
  writer.warn("the message was cut to the 2048 bytes that WeChat takes");
  constexpr std::string_view kMark = "…";
  return first_bytes(text, kLargestContent - kMark.size()) + std::string(kMark);
}

BuiltRequest Wechat::message(const Notification& notification, const BuildContext& context,
                             const std::string& token) const {
  MessageWriter writer(context, notification_data(notification, context.external_url));
  JsonWriter json;
  json.begin_object();
  const auto add = [&](const char* key, const TemplateField& field) {
    if (const std::string value = writer.text(field); !value.empty()) json.field(key, value);
  };
  add("touser", config_.to_user);
  add("toparty", config_.to_party);
  add("totag", config_.to_tag);
  add("agentid", config_.agent_id);
  json.field("safe", "0").field("msgtype", config_.message_type);
  json.key(config_.message_type).begin_object().field("content", content(writer)).end_object().end_object();
  return {json_request("POST", extended_url(config_.api_url, "message/send", {{"access_token", token}}),
                       json.take() + "\n", config_.http),
          writer.warning()};
}

Result<BuiltRequest> Wechat::build(const Notification& notification, const BuildContext& context) const {
  if (context.kept.empty()) return ask_token(notification, context);
  return message(notification, context, context.kept);
}

// WeChat answers everything with 200, and says in errcode what came of it.
std::int64_t error_code(const JsonValue& json) {
  return json.find("errcode").kind() == JsonValue::Kind::kInteger ? json.integer("errcode") : 0;
}

// Expired, or not the latest one.
bool is_token_refused(const OutboundAnswer& answer) {
  if (answer.result != TransportResult::kAnswered || answer.status != 200) return false;
  const Result<JsonValue> json = JsonValue::parse(answer.body);
  if (!json) return false;
  const std::int64_t code = error_code(*json);
  return code == 42001 || code == 40014;
}

DeliveryResult Wechat::read(const Notification& notification, const OutboundAnswer& answer) const {
  DeliveryResult out = read_service_answer(answer, notification.at);
  if (out.outcome != Outcome::kDelivered || answer.result != TransportResult::kAnswered) return out;
  const Result<JsonValue> json = JsonValue::parse(answer.body);
  if (!json || json->kind() != JsonValue::Kind::kObject) {
    out.outcome = Outcome::kFailed;
    out.reason = "other";
    out.message = "the answer is not WeChat's: " + answer_excerpt(answer.body);
    return out;
  }
  const std::int64_t code = error_code(*json);
  if (code == 0) {
    out.message_ref = json->text("msgid");
    for (const char* unknown : {"invaliduser", "invalidparty", "invalidtag"}) {
      if (const std::string names = json->text(unknown); !names.empty()) {
        out.message +=
            (out.message.empty() ? "" : "; ") + std::string(unknown) + ": " + answer_excerpt(names);
      }
    }
    return out;
  }
  const bool limited = code == 45009 || code == 45033;          // too often, too many at once
  const bool passing = code == -1 || is_token_refused(answer);  // busy; the next delivery fetches a token
  const bool unknown_caller = code == 40001 || code == 40013 || code == 41001 || code == 60020;
  out.outcome = limited || passing ? Outcome::kFailed : Outcome::kRejected;
  out.reason = limited          ? "rateLimited"
               : code == -1     ? "serverError"
               : unknown_caller ? "authError"
                                : "clientError";
  out.message = "error " + std::to_string(code) + ": " + answer_excerpt(json->text("errmsg"));
  return out;
}

NextStep step_of(Result<BuiltRequest> built) {
  if (built) return std::move(*built);
  return DeliveryResult{Outcome::kRejected, 0, "other", built.error().message, {}, ""};
}

// A token that was kept may have ended: then, and only then, the message has not been taken, and is sent
// again with a new one.
NextStep Wechat::next(const Notification& notification, const BuildContext& context,
                      const std::vector<OutboundAnswer>& so_far) const {
  const std::size_t asked = context.kept.empty() ? 0 : 1;  // which answer is that of gettoken
  if (so_far.size() != asked + 1) {
    if (so_far.size() > asked || !is_token_refused(so_far.back())) return read(notification, so_far.back());
    NextStep again = step_of(ask_token(notification, context));
    if (auto* built = std::get_if<BuiltRequest>(&again)) built->keep = Keepsake{};
    return again;
  }
  DeliveryResult result = read(notification, so_far.back());
  if (result.outcome != Outcome::kDelivered) {
    result.message = "no access token: " + result.message;
    return result;
  }
  const Result<JsonValue> json = JsonValue::parse(so_far.back().body);
  const std::string token = json ? json->text("access_token") : "";
  if (token.empty()) {
    return DeliveryResult{Outcome::kRejected,
                          result.status,
                          "authError",
                          "WeChat gave no access token: check api_secret and corp_id",
                          {},
                          ""};
  }
  BuiltRequest out = message(notification, context, token);
  // Two hours as a rule. Five minutes less, so that it does not end under way.
  const std::int64_t seconds = std::clamp<std::int64_t>(json->integer("expires_in"), 0, 86'400);
  out.keep = Keepsake{token, context.now + std::chrono::seconds(seconds) - std::chrono::minutes(5)};
  return out;
}

void read_account(ReceiverBlock& block, WechatConfig& out) {
  YamlObject& object = block.object;
  out.api_secret = block.secret("api_secret");
  out.api_secret_field = {"api_secret", "", object.file(), object.position_of("api_secret"),
                          TemplateField::Output::kText};
  if (!out.api_secret.set()) out.api_secret = block.defaults.wechat_api_secret;
  if (!out.api_secret.set()) {
    object.error("api_secret", "there is no WeChat API secret, neither here nor in global",
                 "set api_secret or api_secret_file, or wechat_api_secret in global");
  }
  out.corp_id = block.text_template("corp_id");
  if (out.corp_id.text.empty()) out.corp_id.text = block.defaults.wechat_api_corp_id;
  if (out.corp_id.text.empty()) {
    object.error("corp_id", "there is no WeChat corp id, neither here nor in global",
                 "set corp_id, or wechat_api_corp_id in global");
  }
}

}  // namespace

std::shared_ptr<const Integration> read_wechat(ReceiverBlock& block) {
  YamlObject& object = block.object;
  WechatConfig config;
  config.send_resolved = block.send_resolved(ReceiverBlock::SendResolved::kNo);
  config.http = block.http_config();
  config.api_url = block.url("api_url", block.defaults.wechat_api_url);
  read_account(block, config);
  config.message = block.text_template("message", R"({{ template "wechat.default.message" . }})");
  config.to_user = block.text_template("to_user", R"({{ template "wechat.default.to_user" . }})");
  config.to_party = block.text_template("to_party", R"({{ template "wechat.default.to_party" . }})");
  config.to_tag = block.text_template("to_tag", R"({{ template "wechat.default.to_tag" . }})");
  config.agent_id = block.text_template("agent_id", R"({{ template "wechat.default.agent_id" . }})");
  object.text("message_type", config.message_type);
  if (config.message_type.empty()) config.message_type = "text";
  if (!object.is_one_of("message_type", config.message_type, {"text", "markdown"})) {
    object.error("message_type", "message_type of a wechat config must be text or markdown");
  }
  object.refuse_unknown_keys();
  return std::make_shared<Wechat>(block.id(), block.fingerprint(), std::move(config));
}

}  // namespace tocsin
