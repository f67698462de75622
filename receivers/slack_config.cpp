#include "receivers/slack.h"

namespace tocsin {
namespace {

std::string numbered(const std::string& list, std::size_t index, std::string_view key) {
  return list + "[" + std::to_string(index) + "]." + std::string(key);
}

bool require(YamlObject& object, std::string_view key, const TemplateField& field, const std::string& what) {
  if (!field.text.empty()) return true;
  object.error(key, what + " needs " + std::string(key));
  return false;
}

void read_fields(YamlObject& object, bool short_fields, std::vector<SlackField>& out) {
  for (const YamlNode& node : object.list("fields")) {
    if (node.null()) {
      object.problems().error(node.file(), node.position(), "this Slack field is empty",
                              "remove it, or give it title and value");
      continue;
    }
    YamlObject item(node, "Slack field", object.problems());
    SlackField field;
    field.title = read_template(item, "title", numbered("fields", out.size(), "title"));
    field.value = read_template(item, "value", numbered("fields", out.size(), "value"));
    field.is_short = short_fields;
    item.boolean("short", field.is_short);
    require(item, "title", field.title, "a Slack field");
    require(item, "value", field.value, "a Slack field");
    item.refuse_unknown_keys();
    out.push_back(std::move(field));
  }
}

SlackAction::Confirmation read_confirmation(const YamlNode& node, std::size_t index, Problems& problems) {
  YamlObject item(node, "Slack confirmation", problems);
  SlackAction::Confirmation out;
  out.text = read_template(item, "text", numbered("actions", index, "confirm.text"));
  out.title = read_template(item, "title", numbered("actions", index, "confirm.title"));
  out.ok_text = read_template(item, "ok_text", numbered("actions", index, "confirm.ok_text"));
  out.dismiss_text = read_template(item, "dismiss_text", numbered("actions", index, "confirm.dismiss_text"));
  require(item, "text", out.text, "a Slack confirmation");
  item.refuse_unknown_keys();
  return out;
}

void read_actions(YamlObject& object, std::vector<SlackAction>& out) {
  for (const YamlNode& node : object.list("actions")) {
    if (node.null()) {
      object.problems().error(node.file(), node.position(), "this Slack action is empty",
                              "remove it, or give it type, text and url");
      continue;
    }
    const std::size_t index = out.size();
    YamlObject item(node, "Slack action", object.problems());
    SlackAction action;
    action.type = read_template(item, "type", numbered("actions", index, "type"));
    action.text = read_template(item, "text", numbered("actions", index, "text"));
    action.url = read_template(item, "url", numbered("actions", index, "url"));
    action.style = read_template(item, "style", numbered("actions", index, "style"));
    action.name = read_template(item, "name", numbered("actions", index, "name"));
    action.value = read_template(item, "value", numbered("actions", index, "value"));
    require(item, "type", action.type, "a Slack action");
    require(item, "text", action.text, "a Slack action");
    if (action.url.text.empty() && action.name.text.empty())
      item.error("url", "a Slack action needs url or name");
    // As in Alertmanager: with a URL it is a link, and what only buttons have means nothing.
    if (!action.url.text.empty()) {
      action.name.text.clear();
      action.value.text.clear();
    }
    if (const YamlNode confirm = item.child("confirm"); !confirm.null()) {
      if (action.url.text.empty()) {
        action.confirm = read_confirmation(confirm, index, object.problems());
      } else {
        read_confirmation(confirm, index, object.problems());
      }
    }
    item.refuse_unknown_keys();
    out.push_back(std::move(action));
  }
}

// Which of URL and token is used, given and inherited; Alertmanager's config.go has the same order.
void read_destination(ReceiverBlock& block, SlackConfig& out) {
  YamlObject& object = block.object;
  Secret url = block.secret_url("api_url");
  Secret token = block.secret("app_token");
  out.app_url = block.url("app_url", block.defaults.slack_app_url);
  out.http = block.http_config();
  if (url.set() && token.set()) {
    object.error("app_token", "at most one of api_url and app_token can be set",
                 "keep the token to post as an app, or the URL to post through an incoming webhook");
  }
  const bool own_authorization = object.has("http_config") && out.http->authorization.has_value();
  if (!token.set() && !url.set() && !own_authorization) token = block.defaults.slack_app_token;
  if (!url.set()) url = block.defaults.slack_api_url;
  if (!url.set() && !token.set()) {
    object.error("api_url", "there is no Slack URL and no app token, neither here nor in global",
                 "set api_url, api_url_file, app_token or app_token_file");
  }
  if (token.set()) {
    if (out.http->authorization) {
      object.error("http_config", "http_config cannot hold an authorization together with a Slack app token");
    }
    auto http = std::make_shared<HttpConfig>(*out.http);
    if (http->basic || http->oauth2) {
      object.problems().warning(object.file(), object.position_of("http_config"),
                                "the Slack app token takes the place of http_config's basic_auth or oauth2",
                                "give the block an http_config without them");
      http->basic.reset();
      http->oauth2.reset();
    }
    http->authorization = HttpConfig::Authorization{"Bearer", token};
    out.http = std::move(http);
    out.as_app = true;
  } else {
    out.url = std::move(url);
  }
}

// An API with Slack's own paths: Slack's, the one for governments, or a proxy before it.
bool is_slack_api(std::string_view url) {
  return url.ends_with("/chat.postMessage");
}

// Only the API can change a message and knows threads, and it wants a bot's token, which is http's
// authorization. Alertmanager lets messages be changed on slack.com alone.
void read_conversation(YamlObject& object, SlackConfig& out) {
  object.boolean("update_message", out.update_message);
  object.boolean("threads", out.threads);
  const std::string& url = out.as_app ? out.app_url : out.url.text;
  const auto refuse = [&](const std::string& key) {
    object.error(key, key + " needs Slack's API, which an incoming webhook is not",
                 "set app_token, or api_url to " + std::string(kSlackPostMessage) +
                     " with the token of a bot in http_config's authorization");
  };
  if (out.update_message && url != kSlackPostMessage) refuse("update_message");
  if (out.threads && !is_slack_api(url)) refuse("threads");
}

// In our own style a page, unless the user has worded any part of the attachment.
void read_look(ReceiverBlock& block, SlackConfig& out) {
  YamlObject& object = block.object;
  out.blocks = read_slack_blocks(block);
  std::string worded;
  for (const char* key :
       {"color", "title", "title_link", "pretext", "text", "footer", "fallback", "callback_id", "image_url",
        "thumb_url", "fields", "actions", "short_fields", "mrkdwn_in"}) {
    if (object.has(key) && worded.empty()) worded = key;
  }
  if (out.blocks) {
    out.look = SlackConfig::Look::kBlocks;
    if (!worded.empty()) {
      object.problems().warning(object.file(), object.position_of(worded),
                                worded + " has no effect next to blocks",
                                "it is a part of the attachment, which blocks take the place of");
    }
  } else if (block.style() == MessageStyle::kTocsin && worded.empty() && !object.has("message_text")) {
    out.look = SlackConfig::Look::kPage;
  }
}

void read_wording(ReceiverBlock& block, SlackConfig& c) {
  c.channel = block.text_template("channel");
  c.username = block.text_template("username", R"({{ template "slack.default.username" . }})");
  c.color = block.text_template("color", R"({{ template "slack.default.color" . }})");
  c.title = block.text_template("title", R"({{ template "slack.default.title" . }})");
  c.title_link = block.text_template("title_link", R"({{ template "slack.default.titlelink" . }})");
  c.pretext = block.text_template("pretext", R"({{ template "slack.default.pretext" . }})");
  c.text = block.text_template("text", R"({{ template "slack.default.text" . }})");
  c.message_text = block.text_template("message_text");
  c.footer = block.text_template("footer", R"({{ template "slack.default.footer" . }})");
  c.fallback = block.text_template("fallback", R"({{ template "slack.default.fallback" . }})");
  c.callback_id = block.text_template("callback_id", R"({{ template "slack.default.callbackid" . }})");
  c.icon_emoji = block.text_template("icon_emoji", R"({{ template "slack.default.iconemoji" . }})");
  c.icon_url = block.text_template("icon_url", R"({{ template "slack.default.iconurl" . }})");
  c.image_url = block.text_template("image_url");
  c.thumb_url = block.text_template("thumb_url");
}

}  // namespace

SlackConfig read_slack_config(ReceiverBlock& block) {
  YamlObject& object = block.object;
  SlackConfig out;
  out.send_resolved = block.send_resolved(ReceiverBlock::SendResolved::kNo);
  read_destination(block, out);
  read_wording(block, out);
  bool short_fields = false;
  object.boolean("short_fields", short_fields);
  object.boolean("link_names", out.link_names);
  std::vector<std::string> mrkdwn_in;
  if (object.text_list("mrkdwn_in", mrkdwn_in) && !mrkdwn_in.empty()) out.mrkdwn_in = std::move(mrkdwn_in);
  read_fields(object, short_fields, out.fields);
  read_actions(object, out.actions);
  read_conversation(object, out);
  read_look(block, out);
  out.timeout = block.timeout(std::chrono::seconds(30));
  object.refuse_unknown_keys();
  return out;
}

}  // namespace tocsin
