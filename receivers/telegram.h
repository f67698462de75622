// The Telegram receiver: one message per notification from a bot to a chat, by the Bot API's sendMessage.
#pragma once

#include <memory>
#include <string>

#include "receivers/receiver_config.h"

namespace tocsin {

struct TelegramConfig {
  enum class ParseMode { kPlain, kHtml, kMarkdown, kMarkdownV2 };
  bool send_resolved = true;
  std::shared_ptr<const HttpConfig> http;
  std::string api_url;
  Secret bot_token;
  Secret chat_id;                      // a whole number, or a file that holds one
  std::int64_t message_thread_id = 0;  // 0: none
  TemplateField message;
  bool disable_notifications = false;
  ParseMode parse_mode = ParseMode::kHtml;
};

// Reads one block of telegram_configs; what is wrong with it goes to its problems.
std::shared_ptr<const Integration> read_telegram(ReceiverBlock&);

}  // namespace tocsin
