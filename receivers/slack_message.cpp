#include "receivers/slack_message.h"

#include "core/json.h"
#include "receivers/json_request.h"
#include "receivers/page_text.h"
#include "receivers/plain_message.h"
#include "receivers/slack_blocks.h"
#include "receivers/slack_page.h"
#include "receivers/text_limits.h"

namespace tocsin {
namespace {

constexpr std::size_t kLongestTitle = 1024;   // code points
constexpr std::size_t kLongestText = 40'000;  // Slack cuts silently beyond it

using Members = std::vector<std::pair<std::string_view, std::string>>;

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

SlackMessage with_attachment(const SlackConfig& config, MessageWriter& writer) {
  const Message m = expand(config, writer);
  SlackMessage out;
  out.channel = m.channel;
  out.username = m.username;
  out.icon_emoji = m.icon_emoji;
  out.icon_url = m.icon_url;
  out.text = m.message_text;
  JsonWriter json;
  json.begin_array();
  write_attachment(json, config, m);
  out.attachments = json.end_array().take();
  return out;
}

SlackMessage with_blocks(const SlackConfig& config, MessageWriter& writer, const Page& page) {
  SlackMessage out;
  out.channel = writer.text(config.channel);
  out.username = writer.text(config.username);
  out.icon_emoji = writer.text(config.icon_emoji);
  out.icon_url = writer.text(config.icon_url);
  if (config.blocks) {
    out.text = writer.text(config.message_text);
    out.blocks = expand_slack_blocks(*config.blocks, writer, page.all_url);
  }
  const bool own_text = !out.text.empty();
  if (!own_text || out.blocks.empty()) {
    SlackPage ours = slack_page(page);
    if (!own_text) out.text = std::move(ours.text);
    // Blocks that fail cost their wording, not the page.
    if (out.blocks.empty()) {
      out.blocks = std::move(ours.blocks);
      out.attachments = std::move(ours.attachments);
    }
  }
  if (writer.failed()) out.text += "\n" + slack_escaped(cut_to_runes("Tocsin: " + writer.warning(), 500));
  return out;
}

}  // namespace

SlackMessage slack_message(const SlackConfig& config, MessageWriter& writer, TimePoint now) {
  if (config.look == SlackConfig::Look::kAttachment) return with_attachment(config, writer);
  return with_blocks(config, writer, make_page(writer.data(), now));
}

std::string slack_body(const SlackConfig& config, const SlackMessage& m) {
  JsonWriter json;
  json.begin_object();
  write_unless_empty(json, {{"channel", m.channel},
                            {"ts", m.ts},
                            {"username", m.username},
                            {"icon_emoji", m.icon_emoji},
                            {"icon_url", m.icon_url}});
  if (config.link_names) json.key("link_names").boolean(true);
  write_unless_empty(json, "text", m.text);
  write_unless_empty(json, {{"thread_ts", m.thread_ts}, {"client_msg_id", m.client_msg_id}});
  if (m.broadcast) json.key("reply_broadcast").boolean(true);
  if (!m.blocks.empty()) json.key("blocks").raw(m.blocks);
  if (!m.attachments.empty()) json.key("attachments").raw(m.attachments);
  json.end_object();
  return json.take() + "\n";
}

}  // namespace tocsin
