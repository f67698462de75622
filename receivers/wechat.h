// The WeChat receiver (WeCom, the edition for companies): one message of an application per notification. The
// service wants an access token first, and wants it kept rather than fetched each time.
#pragma once

#include <memory>
#include <string>

#include "receivers/receiver_config.h"

namespace tocsin {

struct WechatConfig {
  bool send_resolved = false;
  std::shared_ptr<const HttpConfig> http;
  std::string api_url;
  Secret api_secret;                        // its content may be a template
  TemplateField api_secret_field, corp_id;  // the former without its text
  TemplateField message, to_user, to_party, to_tag, agent_id;
  std::string message_type = "text";  // or markdown
};

// Reads one block of wechat_configs; what is wrong with it goes to its problems.
std::shared_ptr<const Integration> read_wechat(ReceiverBlock&);

}  // namespace tocsin
