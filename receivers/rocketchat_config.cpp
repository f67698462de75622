#include "receivers/rocketchat.h"

namespace tocsin {
namespace {

void warn_of_no_effect(YamlObject& object, const std::string& key, const std::string& hint = "") {
  object.problems().warning(object.file(), object.position_of(key),
                            key + " has no effect, as in Alertmanager", hint.empty() ? "remove it" : hint);
}

void read_fields(YamlObject& object, bool short_fields, std::vector<RocketChatField>& out) {
  for (YamlObject& item : read_items(object, "fields", "Rocket.Chat field")) {
    RocketChatField field;
    field.title = read_template(item, "title", item_key("fields", out.size(), "title"));
    field.value = read_template(item, "value", item_key("fields", out.size(), "value"));
    field.is_short = short_fields;
    item.boolean("short", field.is_short);
    item.refuse_unknown_keys();
    out.push_back(std::move(field));
  }
}

// Alertmanager reads further keys, in a spelling that it documents nowhere, and sends none of them.
void read_unused(YamlObject& item) {
  std::string type = "button";
  item.text("type", type);
  if (type != "button") warn_of_no_effect(item, "type", "Rocket.Chat knows buttons only");
  std::string text;
  bool flag = false;
  for (const char* key : {"imageurl", "webviewheightratio", "msgprocessingtype"}) {
    if (item.text(key, text)) warn_of_no_effect(item, key);
  }
  for (const char* key : {"iswebview", "msginchatwindow"}) {
    if (item.boolean(key, flag)) warn_of_no_effect(item, key);
  }
}

void read_actions(YamlObject& object, std::vector<RocketChatAction>& out) {
  for (YamlObject& item : read_items(object, "actions", "Rocket.Chat action")) {
    const std::size_t index = out.size();
    RocketChatAction action;
    action.text = read_template(item, "text", item_key("actions", index, "text"));
    action.url = read_template(item, "url", item_key("actions", index, "url"));
    action.msg = read_template(item, "msg", item_key("actions", index, "msg"));
    read_unused(item);
    item.refuse_unknown_keys();
    out.push_back(std::move(action));
  }
}

// Local in either form beats global in either form.
Secret read_credential(ReceiverBlock& block, const std::string& key, const Secret& global) {
  Secret out = block.secret(key);
  if (!out.set()) out = global;
  if (!out.set()) {
    block.object.error(key, "there is no Rocket.Chat " + key + ", neither here nor in global",
                       "set " + key + " or " + key + "_file, or rocketchat_" + key + " in global");
  }
  return out;
}

}  // namespace

RocketChatConfig read_rocketchat_config(ReceiverBlock& block) {
  YamlObject& object = block.object;
  RocketChatConfig out;
  out.send_resolved = block.send_resolved(ReceiverBlock::SendResolved::kNo);
  out.http = block.http_config();
  out.api_url = block.url("api_url", block.defaults.rocketchat_api_url);
  out.token = read_credential(block, "token", block.defaults.rocketchat_token);
  out.token_id = read_credential(block, "token_id", block.defaults.rocketchat_token_id);
  out.channel = block.text_template("channel");
  out.color = block.text_template("color", R"({{ if eq .Status "firing" }}red{{ else }}green{{ end }})");
  out.emoji = block.text_template("emoji", R"({{ template "rocketchat.default.emoji" . }})");
  out.icon_url = block.text_template("icon_url", R"({{ template "rocketchat.default.iconurl" . }})");
  out.text = block.text_template("text", R"({{ template "rocketchat.default.text" . }})");
  out.title = block.text_template("title", R"({{ template "rocketchat.default.title" . }})");
  out.title_link = block.text_template("title_link", R"({{ template "rocketchat.default.titlelink" . }})");
  out.image_url = block.text_template("image_url");
  out.thumb_url = block.text_template("thumb_url");
  bool short_fields = false;
  object.boolean("short_fields", short_fields);
  read_fields(object, short_fields, out.fields);
  read_actions(object, out.actions);
  bool link_names = false;
  object.boolean("link_names", link_names);
  if (link_names) warn_of_no_effect(object, "link_names", "Rocket.Chat links names by itself");
  object.refuse_unknown_keys();
  return out;
}

}  // namespace tocsin
