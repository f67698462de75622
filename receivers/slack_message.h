// A Slack message, whatever it looks like, and its body on the wire. In Alertmanager's style the bytes are
// Alertmanager's.
#pragma once

#include <string>

#include "receivers/message_writer.h"
#include "receivers/slack.h"

namespace tocsin {

struct SlackMessage {
  std::string channel, username, icon_emoji, icon_url;
  std::string text;                 // beside blocks it is what notifications show
  std::string blocks, attachments;  // JSON arrays; empty: none
  std::string ts;                   // of the message that is changed
  std::string thread_ts;            // of the message that this one is a reply to
  std::string client_msg_id;        // Slack's clients know a repetition by it
  bool broadcast = false;           // the reply is shown in the channel, too
};

// As the configuration wants it to look. A template that fails is replaced by plain words.
SlackMessage slack_message(const SlackConfig&, MessageWriter&, TimePoint now);
std::string slack_body(const SlackConfig&, const SlackMessage&);

}  // namespace tocsin
