#include "receivers/slack.h"

#include "core/json.h"
#include "receivers/json_request.h"
#include "receivers/message_writer.h"
#include "receivers/plain_message.h"
#include "receivers/service_answer.h"
#include "receivers/text_limits.h"

namespace tocsin {
namespace {

constexpr std::size_t kLongestTitle = 1024;   // code points
constexpr std::size_t kLongestText = 40'000;  // Slack cuts silently beyond it

std::string slack_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

using Members = std::vector<std::pair<std::string_view, std::string>>;

// The message that was posted before, as message_ref names it: "CHANNEL TS".
struct PostedMessage {
  std::string channel, ts;
  std::string text() const { return channel + " " + ts; }
  static std::optional<PostedMessage> parse(const std::string& ref) {
    const std::size_t blank = ref.find(' ');
    if (blank == std::string::npos || blank == 0 || blank + 1 == ref.size()) return std::nullopt;
    return PostedMessage{ref.substr(0, blank), ref.substr(blank + 1)};
  }
};

// Everything expanded, so that the text can tell of every template that failed before anything is written.
struct Message {
  std::string channel, ts, username, icon_emoji, icon_url, message_text;
  std::string title, title_link, pretext, text, fallback, callback_id, image_url, thumb_url, footer, color;
  std::vector<Members> fields, actions, confirmations;
};

void write_unless_empty(JsonWriter& json, const Members& members) {
  for (const auto& [key, value] : members) write_unless_empty(json, key, value);
}

void expand_fields(const SlackConfig& config, MessageWriter& writer, Message& out) {
  for (const SlackField& field : config.fields) {
    out.fields.push_back(
        {{"title", writer.text(field.title)}, {"value", writer.text(field.value, "(template failed)")}});
  }
}

void expand_actions(const SlackConfig& config, MessageWriter& writer, Message& out) {
  for (const SlackAction& action : config.actions) {
    out.actions.push_back({{"type", writer.text(action.type)},
                           {"text", writer.text(action.text)},
                           {"url", writer.text(action.url)},
                           {"style", writer.text(action.style)},
                           {"name", writer.text(action.name)},
                           {"value", writer.text(action.value)}});
    Members confirmation;
    if (action.confirm) {
      confirmation = {{"text", writer.text(action.confirm->text)},
                      {"title", writer.text(action.confirm->title)},
                      {"ok_text", writer.text(action.confirm->ok_text)},
                      {"dismiss_text", writer.text(action.confirm->dismiss_text)}};
    }
    out.confirmations.push_back(std::move(confirmation));
  }
}

Message expand(const SlackConfig& c, MessageWriter& writer) {
  const std::string plain = slack_escaped(plain_title(writer.data()));
  Message m;
  m.channel = writer.text(c.channel);
  m.username = writer.text(c.username);
  m.icon_emoji = writer.text(c.icon_emoji);
  m.icon_url = writer.text(c.icon_url);
  m.message_text = writer.text(c.message_text, plain);
  m.title = writer.text(c.title, plain);
  m.title_link = writer.text(c.title_link);
  m.pretext = writer.text(c.pretext);
  m.text = writer.text(c.text, slack_escaped(plain_alert_list(writer.data())));
  m.fallback = writer.text(c.fallback, plain);
  m.callback_id = writer.text(c.callback_id);
  m.image_url = writer.text(c.image_url);
  m.thumb_url = writer.text(c.thumb_url);
  m.footer = writer.text(c.footer);
  m.color = writer.text(c.color, writer.data().firing ? "danger" : "good");
  expand_fields(c, writer, m);
  expand_actions(c, writer, m);
  if (writer.failed()) m.text += (m.text.empty() ? "" : "\n") + slack_escaped("Tocsin: " + writer.warning());
  if (count_runes(m.title) > kLongestTitle) {
    m.title = cut_to_runes(m.title, kLongestTitle);
    writer.warn("the title was cut to 1024 characters");
  }
  if (count_runes(m.text) > kLongestText) {
    m.text = cut_to_runes(m.text, kLongestText);
    writer.warn("the text was cut to 40000 characters");
  }
  return m;
}

void write_attachment(JsonWriter& json, const SlackConfig& config, const Message& m) {
  json.begin_object();
  write_unless_empty(json, {{"title", m.title}, {"title_link", m.title_link}, {"pretext", m.pretext}});
  json.field("text", m.text).field("fallback", m.fallback).field("callback_id", m.callback_id);
  if (!m.fields.empty()) {
    json.key("fields").begin_array();
    for (std::size_t i = 0; i < m.fields.size(); ++i) {
      json.begin_object();
      write_unless_empty(json, m.fields[i]);
      json.key("short").boolean(config.fields[i].is_short).end_object();
    }
    json.end_array();
  }
  if (!m.actions.empty()) {
    json.key("actions").begin_array();
    for (std::size_t i = 0; i < m.actions.size(); ++i) {
      json.begin_object();
      write_unless_empty(json, m.actions[i]);
      if (!m.confirmations[i].empty()) {
        json.key("confirm").begin_object();
        write_unless_empty(json, m.confirmations[i]);
        json.end_object();
      }
      json.end_object();
    }
    json.end_array();
  }
  write_unless_empty(json, {{"image_url", m.image_url}, {"thumb_url", m.thumb_url}});
  json.field("footer", m.footer);
  write_unless_empty(json, "color", m.color);
  json.key("mrkdwn_in").begin_array();
  for (const std::string& name : config.mrkdwn_in) json.string(name);
  json.end_array().end_object();
}

std::string body_of(const SlackConfig& config, const Message& m) {
  JsonWriter json;
  json.begin_object();
  write_unless_empty(json, {{"channel", m.channel},
                            {"ts", m.ts},
                            {"username", m.username},
                            {"icon_emoji", m.icon_emoji},
                            {"icon_url", m.icon_url}});
  if (config.link_names) json.key("link_names").boolean(true);
  write_unless_empty(json, "text", m.message_text);
  json.key("attachments").begin_array();
  write_attachment(json, config, m);
  json.end_array().end_object();
  return json.take() + "\n";
}

class Slack final : public Integration {
 public:
  Slack(IntegrationId id, std::string fingerprint, SlackConfig config)
      : Integration(std::move(id), std::move(fingerprint)), config_(std::move(config)) {}
  bool wants_resolved() const override { return config_.send_resolved; }
  std::vector<TemplateField> template_fields() const override;
  Result<BuiltRequest> build(const Notification&, const BuildContext&) const override;
  DeliveryResult read(const Notification&, const OutboundAnswer&) const override;

 private:
  std::optional<PostedMessage> to_change(const Notification&) const;
  SlackConfig config_;
};

std::vector<TemplateField> Slack::template_fields() const {
  const SlackConfig& c = config_;
  std::vector<TemplateField> out = {c.channel,     c.username,   c.color,        c.title,     c.title_link,
                                    c.pretext,     c.text,       c.message_text, c.footer,    c.fallback,
                                    c.callback_id, c.icon_emoji, c.icon_url,     c.image_url, c.thumb_url};
  for (const SlackField& field : c.fields) out.insert(out.end(), {field.title, field.value});
  for (const SlackAction& action : c.actions) {
    out.insert(out.end(), {action.type, action.text, action.url, action.style, action.name, action.value});
    if (!action.confirm) continue;
    out.insert(out.end(), {action.confirm->text, action.confirm->title, action.confirm->ok_text,
                           action.confirm->dismiss_text});
  }
  return out;
}

// What a first notification says is a new matter, whatever was posted about the group before.
std::optional<PostedMessage> Slack::to_change(const Notification& notification) const {
  if (!config_.update_message || notification.reason == NotifyReason::kFirstNotification) return std::nullopt;
  return PostedMessage::parse(notification.message_ref);
}

Result<BuiltRequest> Slack::build(const Notification& notification, const BuildContext& context) const {
  Result<std::string> url = config_.app_url;
  if (!config_.as_app) url = read_http_url(context, "api_url", config_.url);
  if (!url) return fail(url.error().message);
  MessageWriter writer(context, notification_data(notification, context.external_url));
  Message message = expand(config_, writer);
  if (const auto posted = to_change(notification)) {
    url = std::string(kSlackUpdate);
    message.channel = posted->channel;
    message.ts = posted->ts;
  }
  if (config_.as_app && message.channel.empty())
    return fail("channel is empty, and a Slack app needs one" +
                (writer.failed() ? ": " + writer.warning() : ""));
  HttpRequest request = json_post(std::move(*url), body_of(config_, message), config_.http);
  request.timeout = config_.timeout;
  return BuiltRequest{std::move(request), writer.warning()};
}

DeliveryResult rejected(const OutboundAnswer& answer, std::string message) {
  DeliveryResult out;
  out.outcome = DeliveryResult::Outcome::kRejected;
  out.status = answer.status;
  out.reason = "clientError";
  out.message = std::move(message);
  return out;
}

// What Slack's API refused, and whether another try may do better.
DeliveryResult refused(const Notification& notification, const OutboundAnswer& answer,
                       const std::string& error) {
  DeliveryResult out = rejected(
      answer, "Slack refused the message: " + (error.empty() ? "no reason given" : answer_excerpt(error)));
  if (error == "ratelimited" || error == "rate_limited") {
    out.outcome = DeliveryResult::Outcome::kFailed;
    out.reason = "rateLimited";
    out.retry_after = read_retry_after(answer, notification.at);
  } else if (error == "invalid_auth" || error == "token_revoked" || error == "not_authed") {
    out.reason = "authError";
  }
  return out;
}

// Somebody deleted the earlier message, or it is too old to be changed.
bool means_that_it_is_gone(std::string_view error) {
  return error == "message_not_found" || error == "edit_window_closed" || error == "cant_update_message";
}

// Slack says "no" with status 200, so a 2xx alone proves nothing.
DeliveryResult Slack::read(const Notification& notification, const OutboundAnswer& answer) const {
  DeliveryResult out = read_service_answer(answer, notification.at);
  if (out.outcome != DeliveryResult::Outcome::kDelivered) return out;
  if (answer.header("content-type").rfind("application/json", 0) != 0) {
    if (answer.body == "ok") return out;
    return rejected(answer, "Slack did not answer ok: " + answer_excerpt(answer.body));
  }
  const Result<JsonValue> json = JsonValue::parse(answer.body);
  if (!json) {
    out = rejected(answer, "Slack's answer is not JSON: " + answer_excerpt(answer.body));
    out.outcome = DeliveryResult::Outcome::kFailed;  // as Alertmanager: an answer that was garbled on the way
    return out;
  }
  if (!json->boolean("ok")) {
    const std::string error = json->text("error");
    out = refused(notification, answer, error);
    if (to_change(notification) && means_that_it_is_gone(error)) {
      out.outcome = DeliveryResult::Outcome::kFailed;
      out.message_ref_is_gone = true;
    }
    return out;
  }
  const PostedMessage posted{json->text("channel"), json->text("ts")};
  if (!posted.channel.empty() && !posted.ts.empty()) out.message_ref = posted.text();
  return out;
}

}  // namespace

std::shared_ptr<const Integration> read_slack(ReceiverBlock& block) {
  SlackConfig config = read_slack_config(block);
  return std::make_shared<Slack>(block.id(), block.fingerprint(), std::move(config));
}

}  // namespace tocsin
