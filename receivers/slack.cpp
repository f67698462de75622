#include "receivers/slack.h"

#include "core/json.h"
#include "receivers/json_request.h"
#include "receivers/page_text.h"
#include "receivers/plain_message.h"
#include "receivers/service_answer.h"
#include "receivers/sha256.h"
#include "receivers/slack_message.h"
#include "receivers/slack_page.h"
#include "receivers/slack_steps.h"
#include "receivers/text_limits.h"

namespace tocsin {
namespace {

DeliveryResult rejected(const OutboundAnswer& answer, std::string message) {
  DeliveryResult out;
  out.outcome = DeliveryResult::Outcome::kRejected;
  out.status = answer.status;
  out.reason = "clientError";
  out.message = std::move(message);
  return out;
}

class Slack final : public Integration {
 public:
  Slack(IntegrationId id, std::string fingerprint, SlackConfig config)
      : Integration(std::move(id), std::move(fingerprint)), config_(std::move(config)) {}
  bool wants_resolved() const override { return config_.send_resolved; }
  std::vector<TemplateField> template_fields() const override;
  Result<BuiltRequest> build(const Notification&, const BuildContext&) const override;
  DeliveryResult read(const Notification&, const OutboundAnswer&) const override;
  bool takes_several_requests() const override {
    return config_.threads || config_.look != SlackConfig::Look::kAttachment;
  }
  NextStep next(const Notification&, const BuildContext&, const std::vector<OutboundAnswer>&) const override;

 private:
  std::optional<SlackPosted> to_change(const Notification&) const;
  SlackStep first_step(const Notification&) const;
  Result<BuiltRequest> request(const SlackStep&, const Notification&, const BuildContext&) const;
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
  if (!c.blocks) return out;
  const std::vector<TemplateField> blocks = c.blocks->template_fields();
  out.insert(out.end(), blocks.begin(), blocks.end());
  return out;
}

// What a first notification says is a new matter, whatever was posted about the group before.
std::optional<SlackPosted> Slack::to_change(const Notification& notification) const {
  const bool changes = config_.update_message || config_.threads;
  if (!changes || notification.reason == NotifyReason::kFirstNotification) return std::nullopt;
  return SlackPosted::parse(notification.message_ref);
}

SlackStep Slack::first_step(const Notification& notification) const {
  return {.kind = to_change(notification) ? SlackStep::Kind::kChange : SlackStep::Kind::kPost};
}

// Of the same API as the one that posts.
std::string update_url(std::string url) {
  constexpr std::string_view kPost = "chat.postMessage";
  if (!url.ends_with(kPost)) return std::string(kSlackUpdate);
  return url.replace(url.size() - kPost.size(), kPost.size(), "chat.update");
}

// The same for every attempt that says the same, in the form that Slack's own clients use. What names other
// alerts is another message: Slack must not take it for a repetition.
std::string message_id(const Notification& notification, SlackStep::Kind kind) {
  std::string text = notification.id + "\n" + notification.integration.to_string();
  text += kind == SlackStep::Kind::kReply ? "\nreply" : "\nmessage";
  for (const Alert& alert : notification.alerts)
    text += (alert.resolved_at(notification.at) ? "\n-" : "\n+") + alert.labels.fingerprint_hex();
  const std::string hex = sha256_hex(text);
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-4" + hex.substr(13, 3) + "-8" + hex.substr(17, 3) +
         "-" + hex.substr(20, 12);
}

// Whether it is worse than what the channel knows; a change of the message and a reply ping nobody.
bool got_worse(const Notification& notification, const Page& page) {
  if (notification.reason == NotifyReason::kRepeat) return page.severity == AlertSeverity::kCritical;
  for (std::size_t i = 0; i < notification.alerts.size(); ++i) {
    if (notification.change_of(i) == AlertChange::kNew) return true;
  }
  return false;
}

SlackMessage reply_to(const SlackPosted& parent, const Notification& notification,
                      const MessageWriter& writer, TimePoint now) {
  const Page page = make_page(writer.data(), now);
  SlackMessage out;
  out.channel = parent.channel;
  out.thread_ts = parent.ts;
  out.text = slack_reply(page, notification.reason);
  out.broadcast = page.firing && got_worse(notification, page);
  return out;
}

// Blocks that Slack refused, in words. A message that is changed keeps what is not mentioned.
void make_plain(SlackMessage& message, const MessageWriter& writer) {
  const char* none = message.ts.empty() ? "" : "[]";
  message.blocks = none;
  message.attachments = none;
  message.text =
      slack_escaped(cut_to_runes(plain_title(writer.data()) + "\n" + plain_alert_list(writer.data()) +
                                     "Tocsin: Slack refused the blocks of this message",
                                 kLongestSlackText / 2));
}

Result<BuiltRequest> Slack::request(const SlackStep& step, const Notification& notification,
                                    const BuildContext& context) const {
  Result<std::string> url = config_.app_url;
  if (!config_.as_app) url = read_http_url(context, "api_url", config_.url);
  if (!url) return fail(url.error().message);
  MessageWriter writer(context, notification_data(notification, context.external_url));
  const auto posted = to_change(notification);
  const bool reply = step.kind == SlackStep::Kind::kReply && posted;
  SlackMessage message = reply ? reply_to(*posted, notification, writer, context.now)
                               : slack_message(config_, writer, context.now);
  if (step.kind == SlackStep::Kind::kChange && posted) {
    url = update_url(*url);
    message.channel = posted->channel;
    message.ts = posted->ts;
  } else if (config_.threads && step.named == SlackStep::Named::kYes) {
    message.client_msg_id = message_id(notification, step.kind);
  }
  if (step.look == SlackStep::Look::kPlain) {
    make_plain(message, writer);
    writer.warn("Slack refused the blocks, plain words were sent instead");
  }
  if (config_.as_app && message.channel.empty())
    return fail("channel is empty, and a Slack app needs one" +
                (writer.failed() ? ": " + writer.warning() : ""));
  HttpRequest out = json_post(std::move(*url), slack_body(config_, message), config_.http);
  out.timeout = config_.timeout;
  return BuiltRequest{std::move(out), writer.warning()};
}

Result<BuiltRequest> Slack::build(const Notification& notification, const BuildContext& context) const {
  return request(first_step(notification), notification, context);
}

NextStep Slack::next(const Notification& notification, const BuildContext& context,
                     const std::vector<OutboundAnswer>& so_far) const {
  const auto posted = to_change(notification);
  const auto threads = config_.threads ? SlackThreads::kOn : SlackThreads::kOff;
  SlackStep step = first_step(notification);
  for (const OutboundAnswer& answer : so_far) {
    auto following = after_slack_step(step, answer, read(notification, answer), threads, posted);
    if (auto* result = std::get_if<DeliveryResult>(&following)) return std::move(*result);
    step = std::get<SlackStep>(following);
  }
  Result<BuiltRequest> out = request(step, notification, context);
  if (out) return std::move(*out);
  return rejected(so_far.back(), out.error().message);
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
  } else if (error == "internal_error" || error == "fatal_error" || error == "service_unavailable" ||
             error == "request_timeout") {
    out.outcome = DeliveryResult::Outcome::kFailed;
    out.reason = "serverError";
  } else if (error == "invalid_auth" || error == "token_revoked" || error == "not_authed") {
    out.reason = "authError";
  }
  return out;
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
  const SlackPosted posted{json->text("channel"), json->text("ts")};
  if (!posted.channel.empty() && !posted.ts.empty()) out.message_ref = posted.text();
  return out;
}

}  // namespace

std::shared_ptr<const Integration> read_slack(ReceiverBlock& block) {
  SlackConfig config = read_slack_config(block);
  return std::make_shared<Slack>(block.id(), block.fingerprint(), std::move(config));
}

}  // namespace tocsin
