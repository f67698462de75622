// What the `global:` block gives to receivers that do not say it themselves. Not the whole block:
// resolve_timeout and the keys of the evaluator belong to others.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/http_config.h"
#include "receivers/page_templates.h"

namespace tocsin {

// What a mail server takes instead of a password (XOAUTH2): a token, or where to get one.
struct MailToken {
  Secret token;
  std::shared_ptr<const HttpConfig::OAuth2> oauth2;  // null: not given
  bool set() const { return token.set() || oauth2 != nullptr; }
};

// Reads smtp_auth_xoauth2, or auth_xoauth2 of a receiver.
MailToken read_mail_token(const YamlNode&, const std::string& key, const std::string& base_folder, Problems&);

struct ReceiverDefaults {
  std::shared_ptr<const HttpConfig> http = std::make_shared<HttpConfig>();

  std::string smtp_from;
  std::string smtp_hello = "localhost";
  std::string smtp_smarthost;  // host:port, checked
  std::string smtp_auth_username, smtp_auth_identity;
  Secret smtp_auth_password, smtp_auth_secret;
  MailToken smtp_auth_xoauth2;
  bool smtp_require_tls = true;
  std::optional<bool> smtp_force_implicit_tls;  // unset: implicit TLS if the port is 465
  TlsConfig smtp_tls;

  Secret slack_api_url, slack_app_token;
  std::string slack_app_url = "https://slack.com/api/chat.postMessage";
  std::string pagerduty_url = "https://events.pagerduty.com/v2/enqueue";

  Secret mattermost_webhook_url;
  Secret rocketchat_token, rocketchat_token_id;
  std::string rocketchat_api_url = "https://open.rocket.chat/";
  std::string webex_api_url = "https://webexapis.com/v1/messages";
  std::string opsgenie_api_url = "https://api.opsgenie.com/";
  Secret opsgenie_api_key;
  std::string victorops_api_url = "https://alert.victorops.com/integrations/generic/20131114/alert/";
  Secret victorops_api_key;
  std::string telegram_api_url = "https://api.telegram.org";
  Secret telegram_bot_token;
  std::string wechat_api_url = "https://qyapi.weixin.qq.com/cgi-bin/";
  std::string wechat_api_corp_id;
  Secret wechat_api_secret;
  std::string jira_api_url;

  // Unset: nobody said it, and whoever knows the whole configuration may.
  std::optional<MessageStyle> message_style;

  // The keys as the user wrote them, in canonical text: part of the fingerprint of each integration that
  // inherits them.
  std::map<std::string, std::string> written;
};

// Reads the receivers' keys of `global:` and marks those of receivers not supported yet as known. The caller
// refuses unknown keys.
ReceiverDefaults read_receiver_defaults(YamlObject& global, const std::string& base_folder);

// The value of a key `message_style`: tocsin or alertmanager. Unset where the key is absent or wrong, the
// latter with a problem.
std::optional<MessageStyle> read_message_style(YamlObject&);

// host:port with both parts; a problem where it is not.
bool is_host_and_port(const std::string& text);

}  // namespace tocsin
