// The Slack receiver: a message through an incoming webhook, or through chat.postMessage with an app's token;
// there it can also change the message it posted before, and tell of changes in that message's thread. The
// message is an attachment as Alertmanager's (slack_message), a page in Block Kit (slack_page) or the user's
// own blocks (slack_blocks).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "receivers/receiver_config.h"
#include "receivers/slack_blocks.h"

namespace tocsin {

struct SlackField {
  TemplateField title, value;
  bool is_short = false;
};

struct SlackAction {
  TemplateField type, text, url, style, name, value;
  struct Confirmation {
    TemplateField text, title, ok_text, dismiss_text;
  };
  std::optional<Confirmation> confirm;
};

struct SlackConfig {
  bool send_resolved = false;
  std::shared_ptr<const HttpConfig> http;
  Duration timeout{};
  Secret url;           // the incoming webhook; unset where a token posts to app_url
  bool as_app = false;  // with a token, which is then http's authorization
  std::string app_url;
  TemplateField channel, username, color, title, title_link, pretext, text, message_text, footer, fallback,
      callback_id, icon_emoji, icon_url, image_url, thumb_url;
  std::vector<SlackField> fields;
  std::vector<SlackAction> actions;
  std::vector<std::string> mrkdwn_in = {"fallback", "pretext", "text"};
  bool link_names = false;
  bool update_message = false;  // change the group's earlier message instead of posting another
  // Change it, say what changed in its thread, and broadcast there what got worse: a change alone pings
  // nobody.
  bool threads = false;
  enum class Look { kAttachment, kPage, kBlocks } look = Look::kAttachment;
  std::optional<SlackBlocks> blocks;
};

inline constexpr std::string_view kSlackPostMessage = "https://slack.com/api/chat.postMessage";
inline constexpr std::string_view kSlackUpdate = "https://slack.com/api/chat.update";

SlackConfig read_slack_config(ReceiverBlock&);
// Reads one block of slack_configs; what is wrong with it goes to its problems.
std::shared_ptr<const Integration> read_slack(ReceiverBlock&);

}  // namespace tocsin
