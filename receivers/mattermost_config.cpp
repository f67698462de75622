#include "receivers/mattermost.h"

namespace tocsin {
namespace {

// The keys of an attachment, at the top of a block and in its list; `place` is "" or "attachments[0].".
void read_attachment(YamlObject& object, const std::string& place, MattermostAttachment& out) {
  const auto read = [&](TemplateField& field, std::string_view key) {
    field = read_template(object, key, place + std::string(key), field.text);
  };
  read(out.fallback, "fallback");
  read(out.color, "color");
  read(out.pretext, "pretext");
  read(out.text, "text");
  read(out.author_name, "author_name");
  read(out.author_link, "author_link");
  read(out.author_icon, "author_icon");
  read(out.title, "title");
  read(out.title_link, "title_link");
  read(out.thumb_url, "thumb_url");
  read(out.footer, "footer");
  read(out.footer_icon, "footer_icon");
  read(out.image_url, "image_url");
  for (YamlObject& item : read_items(object, "fields", "Mattermost field")) {
    const std::size_t index = out.fields.size();
    MattermostField field;
    field.title = read_template(item, "title", place + item_key("fields", index, "title"));
    field.value = read_template(item, "value", place + item_key("fields", index, "value"));
    if (field.title.text.empty()) item.error("title", "a Mattermost field needs title");
    if (field.value.text.empty()) item.error("value", "a Mattermost field needs value");
    bool is_short = false;
    if (item.boolean("short", is_short)) field.is_short = is_short;
    item.refuse_unknown_keys();
    out.fields.push_back(std::move(field));
  }
}

// Local in either form beats global in either form.
Secret read_destination(ReceiverBlock& block) {
  Secret url = block.secret_url("webhook_url");
  if (!url.set()) url = block.defaults.mattermost_webhook_url;
  if (!url.set()) {
    block.object.error("webhook_url", "there is no Mattermost URL, neither here nor in global",
                       "set webhook_url or webhook_url_file, or mattermost_webhook_url in global");
  }
  return url;
}

void read_attachments(YamlObject& object, std::vector<MattermostAttachment>& out) {
  for (YamlObject& item : read_items(object, "attachments", "Mattermost attachment")) {
    MattermostAttachment attachment;
    read_attachment(item, item_key("attachments", out.size(), ""), attachment);
    item.refuse_unknown_keys();
    out.push_back(std::move(attachment));
  }
  if (out.empty()) return;
  for (const char* key :
       {"fallback", "color", "pretext", "author_name", "author_link", "author_icon", "title", "title_link",
        "fields", "thumb_url", "footer", "footer_icon", "image_url"}) {
    if (!object.has(key)) continue;
    object.problems().warning(object.file(), object.position_of(key),
                              std::string(key) + " has no effect next to attachments",
                              "remove attachments, which are deprecated, or move it into one of them");
  }
}

void read_priority(YamlObject& object, std::optional<MattermostPriority>& out) {
  const YamlNode node = object.child("priority");
  if (node.null()) return;
  YamlObject item(node, "Mattermost priority", object.problems());
  MattermostPriority priority;
  priority.priority = read_template(item, "priority", "priority.priority");
  item.boolean("requested_ack", priority.requested_ack);
  item.boolean("persistent_notifications", priority.persistent_notifications);
  item.refuse_unknown_keys();
  if (!priority.priority.text.empty()) out = std::move(priority);
}

}  // namespace

MattermostConfig read_mattermost_config(ReceiverBlock& block) {
  YamlObject& object = block.object;
  MattermostConfig out;
  out.send_resolved = block.send_resolved(ReceiverBlock::SendResolved::kYes);
  out.http = block.http_config();
  out.url = read_destination(block);
  out.channel = block.text_template("channel");
  out.username = block.text_template("username", R"({{ template "mattermost.default.username" . }})");
  out.icon_url = block.text_template("icon_url");
  out.icon_emoji = block.text_template("icon_emoji");
  out.type = block.text_template("type");
  out.attachment.fallback.text = block.default_text(R"({{ template "mattermost.default.fallback" . }})");
  out.attachment.color.text = block.default_text(R"({{ template "mattermost.default.color" . }})");
  out.attachment.text.text = block.default_text(R"({{ template "mattermost.default.text" . }})");
  out.attachment.title.text = block.default_text(R"({{ template "mattermost.default.title" . }})");
  out.attachment.title_link.text = block.default_text(R"({{ template "mattermost.default.titlelink" . }})");
  read_attachment(object, "", out.attachment);
  read_attachments(object, out.attachments);
  if (const YamlNode node = object.child("props"); !node.null()) {
    YamlObject props(node, "Mattermost props", object.problems());
    out.card = read_template(props, "card", "props.card");
    props.refuse_unknown_keys();
  }
  read_priority(object, out.priority);
  object.refuse_unknown_keys();
  return out;
}

}  // namespace tocsin
