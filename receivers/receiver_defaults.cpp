#include "receivers/receiver_defaults.h"

#include <array>
#include <string_view>

#include "core/yaml_canonical.h"
#include "receivers/receiver_config.h"

namespace tocsin {
namespace {

constexpr std::array<std::string_view, 28> kOwnKeys = {"http_config",
                                                       "smtp_from",
                                                       "smtp_hello",
                                                       "smtp_smarthost",
                                                       "smtp_auth_username",
                                                       "smtp_auth_password",
                                                       "smtp_auth_password_file",
                                                       "smtp_auth_secret",
                                                       "smtp_auth_secret_file",
                                                       "smtp_auth_identity",
                                                       "smtp_auth_xoauth2",
                                                       "smtp_require_tls",
                                                       "smtp_tls_config",
                                                       "smtp_force_implicit_tls",
                                                       "slack_api_url",
                                                       "slack_api_url_file",
                                                       "slack_app_token",
                                                       "slack_app_token_file",
                                                       "slack_app_url",
                                                       "pagerduty_url",
                                                       "mattermost_webhook_url",
                                                       "mattermost_webhook_url_file",
                                                       "rocketchat_api_url",
                                                       "rocketchat_token",
                                                       "rocketchat_token_file",
                                                       "rocketchat_token_id",
                                                       "rocketchat_token_id_file",
                                                       "webex_api_url"};

// Of the services whose defaults are no more than a URL and who we are there.
constexpr std::array<std::string_view, 14> kServiceKeys = {
    "opsgenie_api_url",        "opsgenie_api_key",  "opsgenie_api_key_file",
    "wechat_api_url",          "wechat_api_secret", "wechat_api_secret_file",
    "wechat_api_corp_id",      "victorops_api_url", "victorops_api_key",
    "victorops_api_key_file",  "telegram_api_url",  "telegram_bot_token",
    "telegram_bot_token_file", "jira_api_url"};

void read_checked_url(YamlObject& global, const std::string& key, std::string& out) {
  if (!global.has(key)) {
    global.child(key);
    return;
  }
  if (!global.text(key, out)) return;
  if (const auto checked = check_http_url(out); !checked)
    global.error(key, key + " " + checked.error().message);
}

Secret read_checked_secret_url(YamlObject& global, const std::string& key, const std::string& base_folder) {
  Secret out = read_secret(global, key, base_folder);
  if (out.text.empty() || out.text == "<secret>") return out;
  if (const auto checked = check_http_url(out.text); !checked)
    global.error(key, key + " " + checked.error().message);
  return out;
}

void read_slack(YamlObject& global, const std::string& base_folder, ReceiverDefaults& out) {
  out.slack_api_url = read_checked_secret_url(global, "slack_api_url", base_folder);
  const std::string& url = out.slack_api_url.text;
  out.slack_app_token = read_secret(global, "slack_app_token", base_folder);
  read_checked_url(global, "slack_app_url", out.slack_app_url);
  // The one combination that Alertmanager allows: an old workaround put the app URL into slack_api_url.
  if (out.slack_app_token.set() && out.slack_api_url.set() && url != out.slack_app_url) {
    global.error("slack_app_token", "at most one of slack_app_token and slack_api_url can be set",
                 "keep the token to post as an app, or the URL to post through an incoming webhook");
  }
}

void read_chats(YamlObject& global, const std::string& base_folder, ReceiverDefaults& out) {
  out.mattermost_webhook_url = read_checked_secret_url(global, "mattermost_webhook_url", base_folder);
  read_checked_url(global, "rocketchat_api_url", out.rocketchat_api_url);
  out.rocketchat_token = read_secret(global, "rocketchat_token", base_folder);
  out.rocketchat_token_id = read_secret(global, "rocketchat_token_id", base_folder);
  read_checked_url(global, "webex_api_url", out.webex_api_url);
}

void read_services(YamlObject& global, const std::string& base_folder, ReceiverDefaults& out) {
  read_checked_url(global, "opsgenie_api_url", out.opsgenie_api_url);
  out.opsgenie_api_key = read_secret(global, "opsgenie_api_key", base_folder);
  read_checked_url(global, "victorops_api_url", out.victorops_api_url);
  out.victorops_api_key = read_secret(global, "victorops_api_key", base_folder);
  read_checked_url(global, "telegram_api_url", out.telegram_api_url);
  out.telegram_bot_token = read_secret(global, "telegram_bot_token", base_folder);
  read_checked_url(global, "wechat_api_url", out.wechat_api_url);
  global.text("wechat_api_corp_id", out.wechat_api_corp_id);
  out.wechat_api_secret = read_secret(global, "wechat_api_secret", base_folder);
  read_checked_url(global, "jira_api_url", out.jira_api_url);
}

void read_smtp(YamlObject& global, const std::string& base_folder, ReceiverDefaults& out) {
  global.text("smtp_from", out.smtp_from);
  global.text("smtp_hello", out.smtp_hello);
  global.text("smtp_smarthost", out.smtp_smarthost);
  if (!out.smtp_smarthost.empty() && !is_host_and_port(out.smtp_smarthost)) {
    global.error("smtp_smarthost", "smtp_smarthost must be host:port", "for example mail.example.com:587");
  }
  global.text("smtp_auth_username", out.smtp_auth_username);
  global.text("smtp_auth_identity", out.smtp_auth_identity);
  out.smtp_auth_password = read_secret(global, "smtp_auth_password", base_folder);
  out.smtp_auth_secret = read_secret(global, "smtp_auth_secret", base_folder);
  out.smtp_auth_xoauth2 =
      read_mail_token(global.child("smtp_auth_xoauth2"), "smtp_auth_xoauth2", base_folder, global.problems());
  global.boolean("smtp_require_tls", out.smtp_require_tls);
  bool implicit = false;
  if (global.boolean("smtp_force_implicit_tls", implicit) && global.has("smtp_force_implicit_tls")) {
    out.smtp_force_implicit_tls = implicit;
  }
  const YamlNode tls = global.child("smtp_tls_config");
  if (!tls.null()) out.smtp_tls = read_tls_config(tls, base_folder, global.problems());
}

}  // namespace

MailToken read_mail_token(const YamlNode& node, const std::string& key, const std::string& base_folder,
                          Problems& problems) {
  MailToken out;
  if (node.null()) return out;
  YamlObject object(node, key, problems);
  out.token = read_secret(object, "token", base_folder);
  if (const YamlNode oauth2 = object.child("oauth2"); !oauth2.null())
    out.oauth2 = std::make_shared<const HttpConfig::OAuth2>(read_oauth2(oauth2, base_folder, problems));
  if (out.token.set() && out.oauth2 != nullptr) {
    object.error("token", key + " has both a token and oauth2", "keep one of the two");
  } else if (!out.set()) {
    object.error("token", key + " needs a token or oauth2",
                 "set token_file, or oauth2 with the client_id, client_secret and token_url of a client");
  }
  object.refuse_unknown_keys();
  return out;
}

bool is_host_and_port(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == text.size()) return false;
  const std::string host = text.substr(0, colon);
  const std::string port = text.substr(colon + 1);
  if (port.find_first_not_of("0123456789") != std::string::npos || port.size() > 5) return false;
  const int number = std::stoi(port);
  if (number < 1 || number > 65535) return false;
  const bool bracketed = host.front() == '[' && host.back() == ']';
  return bracketed || host.find_first_of(": /@\t\r\n") == std::string::npos;
}

std::optional<MessageStyle> read_message_style(YamlObject& object) {
  std::string name;
  if (!object.text("message_style", name)) return std::nullopt;
  if (object.is_one_of("message_style", name, {"tocsin", "alertmanager"}))
    return name == "tocsin" ? MessageStyle::kTocsin : MessageStyle::kAlertmanager;
  object.error("message_style", "message_style must be tocsin or alertmanager",
               "alertmanager gives Alertmanager's default texts, tocsin our own");
  return std::nullopt;
}

ReceiverDefaults read_receiver_defaults(YamlObject& global, const std::string& base_folder) {
  ReceiverDefaults out;
  for (const std::string_view key : kOwnKeys) {
    if (global.has(key)) out.written.emplace(key, canonical_yaml(global.child(key)));
  }
  for (const std::string_view key : kServiceKeys) {
    if (global.has(key)) out.written.emplace(key, canonical_yaml(global.child(key)));
  }
  const YamlNode http = global.child("http_config");
  if (!http.null()) {
    YamlObject object(http, "http_config", global.problems());
    out.http = std::make_shared<HttpConfig>(read_http_config(object, base_folder));
    object.refuse_unknown_keys();
  }
  read_slack(global, base_folder, out);
  read_smtp(global, base_folder, out);
  read_chats(global, base_folder, out);
  read_services(global, base_folder, out);
  read_checked_url(global, "pagerduty_url", out.pagerduty_url);
  out.message_style = read_message_style(global);
  return out;
}

}  // namespace tocsin
