#include "receivers/mattermost.h"

#include <array>

#include "core/letter_case.h"
#include "receivers/json_request.h"
#include "receivers/message_writer.h"
#include "receivers/plain_message.h"
#include "receivers/service_answer.h"
#include "receivers/text_limits.h"

namespace tocsin {
namespace {

// Code points; https://developers.mattermost.com/integrate/webhooks/incoming/#tips-and-best-practices
constexpr std::size_t kLongestText = 16'383;

// An attachment expanded: its members in the order in which they are written, the fields among them.
struct Attachment {
  std::vector<std::pair<const char*, std::string>> before_fields, after_fields;
  struct Field {
    std::string title, value;
    std::optional<bool> is_short;
  };
  std::vector<Field> fields;
};

Attachment expand(const MattermostAttachment& config, std::string text, MessageWriter& writer) {
  const std::string title = plain_title(writer.data());
  const char* color = writer.data().firing ? "danger" : "good";
  Attachment out;
  out.before_fields = {
      {"fallback", writer.text(config.fallback, title)}, {"color", writer.text(config.color, color)},
      {"pretext", writer.text(config.pretext)},          {"text", std::move(text)},
      {"author_name", writer.text(config.author_name)},  {"author_link", writer.text(config.author_link)},
      {"author_icon", writer.text(config.author_icon)},  {"title", writer.text(config.title, title)},
      {"title_link", writer.text(config.title_link)}};
  for (const MattermostField& field : config.fields) {
    out.fields.push_back(
        {writer.text(field.title), writer.text(field.value, "(template failed)"), field.is_short});
  }
  out.after_fields = {{"thumb_url", writer.text(config.thumb_url)},
                      {"footer", writer.text(config.footer)},
                      {"footer_icon", writer.text(config.footer_icon)},
                      {"image_url", writer.text(config.image_url)}};
  return out;
}

void write_attachment(JsonWriter& json, const Attachment& attachment) {
  json.begin_object();
  for (const auto& [key, value] : attachment.before_fields) write_unless_empty(json, key, value);
  if (!attachment.fields.empty()) {
    json.key("fields").begin_array();
    for (const Attachment::Field& field : attachment.fields) {
      json.begin_object();
      write_unless_empty(json, "title", field.title);
      write_unless_empty(json, "value", field.value);
      if (field.is_short) json.key("short").boolean(*field.is_short);
      json.end_object();
    }
    json.end_array();
  }
  for (const auto& [key, value] : attachment.after_fields) write_unless_empty(json, key, value);
  json.end_object();
}

// Mattermost refuses a priority that it does not know, an acknowledgement of a standard message and
// persistence of one that is not urgent; better without these than not at all.
MattermostPriority known_priority(const MattermostPriority& wanted, MessageWriter& writer) {
  MattermostPriority out = wanted;
  std::string& name = out.priority.text;
  name = lower_case(writer.text(wanted.priority));
  if (name != "urgent" && name != "important" && name != "standard") {
    writer.warn("priority \"" + on_one_line(cut_to_runes(name, 60)) +
                "\" is none of Mattermost's, standard was sent instead");
    name = "standard";
  }
  if (out.requested_ack && name == "standard") {
    writer.warn("requested_ack was left out, it is only for the priorities urgent and important");
    out.requested_ack = false;
  }
  if (out.persistent_notifications && name != "urgent") {
    writer.warn("persistent_notifications was left out, it is only for the priority urgent");
    out.persistent_notifications = false;
  }
  return out;
}

void write_priority(JsonWriter& json, const MattermostPriority& priority) {
  json.key("priority").begin_object().field("priority", priority.priority.text);
  if (priority.requested_ack) json.key("requested_ack").boolean(true);
  if (priority.persistent_notifications) json.key("persistent_notifications").boolean(true);
  json.end_object();
}

class Mattermost final : public Integration {
 public:
  Mattermost(IntegrationId id, std::string fingerprint, MattermostConfig config)
      : Integration(std::move(id), std::move(fingerprint)), config_(std::move(config)) {}
  bool wants_resolved() const override { return config_.send_resolved; }
  std::vector<TemplateField> template_fields() const override;
  Result<BuiltRequest> build(const Notification&, const BuildContext&) const override;
  DeliveryResult read(const Notification& notification, const OutboundAnswer& answer) const override {
    return read_service_answer(answer, notification.at);
  }

 private:
  std::string body(MessageWriter&) const;
  MattermostConfig config_;
};

std::vector<TemplateField> Mattermost::template_fields() const {
  const MattermostConfig& c = config_;
  std::vector<TemplateField> out = {c.channel, c.username, c.icon_url, c.icon_emoji, c.type, c.card};
  const auto add = [&out](const MattermostAttachment& a) {
    out.insert(out.end(),
               {a.fallback, a.color, a.pretext, a.text, a.author_name, a.author_link, a.author_icon, a.title,
                a.title_link, a.thumb_url, a.footer, a.footer_icon, a.image_url});
    for (const MattermostField& field : a.fields) out.insert(out.end(), {field.title, field.value});
  };
  add(c.attachment);
  for (const MattermostAttachment& attachment : c.attachments) add(attachment);
  if (c.priority) out.push_back(c.priority->priority);
  return out;
}

std::string Mattermost::body(MessageWriter& writer) const {
  const MattermostConfig& c = config_;
  const std::string list = plain_alert_list(writer.data());
  const std::array<std::pair<const char*, std::string>, 4> head = {
      {{"channel", writer.text(c.channel)},
       {"username", writer.text(c.username)},
       {"icon_url", writer.text(c.icon_url)},
       {"icon_emoji", writer.text(c.icon_emoji)}}};
  std::string text = writer.text(c.attachment.text, list);
  std::vector<Attachment> attachments;
  for (const MattermostAttachment& item : c.attachments)
    attachments.push_back(expand(item, writer.text(item.text, list), writer));
  if (attachments.empty()) attachments.push_back(expand(c.attachment, std::exchange(text, ""), writer));
  const std::string type = writer.text(c.type);
  const std::string card = writer.text(c.card);
  std::optional<MattermostPriority> priority;
  if (c.priority) priority = known_priority(*c.priority, writer);
  if (writer.failed()) text += (text.empty() ? "" : "\n") + ("Tocsin: " + writer.warning());
  text = writer.fitting(std::move(text), kLongestText, "text");

  JsonWriter json;
  json.begin_object();
  write_unless_empty(json, "text", text);
  for (const auto& [key, value] : head) write_unless_empty(json, key, value);
  json.key("attachments").begin_array();
  for (const Attachment& attachment : attachments) write_attachment(json, attachment);
  json.end_array();
  write_unless_empty(json, "type", type);
  if (!c.card.text.empty()) {
    json.key("props").begin_object();
    write_unless_empty(json, "card", card);
    json.end_object();
  }
  if (priority) write_priority(json, *priority);
  json.end_object();
  return json.take() + "\n";
}

Result<BuiltRequest> Mattermost::build(const Notification& notification, const BuildContext& context) const {
  Result<std::string> url = read_http_url(context, "webhook_url", config_.url);
  if (!url) return fail(url.error().message);
  MessageWriter writer(context, notification_data(notification, context.external_url));
  HttpRequest request = json_post(std::move(*url), body(writer), config_.http);
  return BuiltRequest{std::move(request), writer.warning()};
}

}  // namespace

std::shared_ptr<const Integration> read_mattermost(ReceiverBlock& block) {
  MattermostConfig config = read_mattermost_config(block);
  return std::make_shared<Mattermost>(block.id(), block.fingerprint(), std::move(config));
}

}  // namespace tocsin
