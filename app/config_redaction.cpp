#include "app/config_redaction.h"

#include <algorithm>
#include <array>

#include "core/json.h"

namespace tocsin {
namespace {

// Keys whose values are secret wherever they stand. URLs of webhooks are secrets: whoever has one can post.
constexpr std::array<std::string_view, 34> kSecretKeys = {"password",
                                                          "credentials",
                                                          "client_secret",
                                                          "client_certificate_key",
                                                          "bearer_token",
                                                          "secrets",
                                                          "key",
                                                          "smtp_auth_password",
                                                          "smtp_auth_secret",
                                                          "auth_password",
                                                          "auth_secret",
                                                          "slack_api_url",
                                                          "slack_app_token",
                                                          "api_url",
                                                          "app_token",
                                                          "routing_key",
                                                          "service_key",
                                                          "opsgenie_api_key",
                                                          "api_key",
                                                          "wechat_api_secret",
                                                          "api_secret",
                                                          "victorops_api_key",
                                                          "telegram_bot_token",
                                                          "bot_token",
                                                          "rocketchat_token",
                                                          "rocketchat_token_id",
                                                          "token",
                                                          "token_id",
                                                          "mattermost_webhook_url",
                                                          "webhook_url",
                                                          "alert_source_token",
                                                          "user_key",
                                                          "secret_key",
                                                          "access_token"};
// Where a URL is a secret, and where the headers are: the lists and mappings they stand in.
constexpr std::array<std::string_view, 6> kSecretUrls = {
    "targets", "webhook_configs", "incidentio_configs", "http_configs", "googlechat_configs", "resolved"};
constexpr std::array<std::string_view, 2> kSecretHeaders = {"http_configs", "resolved"};

// What a configuration of ours may hold in addition to Alertmanager's keys: at the top, under `global`, and
// of receivers.
constexpr std::array<std::string_view, 5> kOwnTopKeys = {"prometheus", "alerting", "remote_write",
                                                         "heartbeat", "checks"};
constexpr std::array<std::string_view, 5> kOwnGlobalKeys = {
    "evaluation_interval", "rule_query_offset", "external_labels", "message_style", "smtp_auth_xoauth2"};
constexpr std::array<std::string_view, 7> kOwnReceiverKeys = {
    "http_configs", "googlechat_configs", "gotify_configs", "matrix_configs",
    "ntfy_configs", "fallback_receiver",  "fallback_after"};
// And of integrations: those of every kind, then those of one.
constexpr std::array<std::string_view, 2> kOwnIntegrationKeys = {"message_style", "pace"};
constexpr std::pair<std::string_view, std::string_view> kOwnKeysOfKinds[] = {
    {"slack_configs", "threads"},
    {"slack_configs", "blocks"},
    {"pagerduty_configs", "dedup_key"},
    {"pagerduty_configs", "change_events"},
    {"email_configs", "auth_xoauth2"}};

enum class Keys { kAll, kOfAlertmanager };

bool is_listed(const auto& names, std::string_view key) {
  return std::ranges::find(names, key) != names.end();
}

bool is_secret(std::string_view key, std::string_view parent) {
  if (key == "url" && is_listed(kSecretUrls, parent)) return true;
  if (key == "headers" && is_listed(kSecretHeaders, parent)) return true;
  if (key == "topic" && parent == "ntfy_configs") return true;      // whoever knows it reads and writes it
  if (key == "api_url" && parent != "slack_configs") return false;  // those of other services are no secrets
  return is_listed(kSecretKeys, key);
}

// As Go prints a URL for people (url.Redacted).
std::string without_passwords(std::string text) {
  for (std::size_t scheme = 0; (scheme = text.find("://", scheme)) != std::string::npos; scheme += 3) {
    const std::size_t begin = scheme + 3;
    const std::size_t end = text.find_first_of("/?# ", begin);
    const std::size_t at = text.substr(0, end).rfind('@');
    const std::size_t colon = text.find(':', begin);
    if (at == std::string::npos || at < begin || colon >= at) continue;
    text.replace(colon + 1, at - colon - 1, "xxxxx");
  }
  return text;
}

bool is_shown(std::string_view key, std::string_view parent, std::size_t indent, Keys keys) {
  if (keys == Keys::kAll) return true;
  if (indent == 0) return !is_listed(kOwnTopKeys, key);
  if (parent == "receivers") return !is_listed(kOwnReceiverKeys, key);
  if (parent.ends_with("_configs")) {
    const auto own = [&](const auto& one) { return one.first == parent && one.second == key; };
    return !is_listed(kOwnIntegrationKeys, key) && std::ranges::none_of(kOwnKeysOfKinds, own);
  }
  return parent != "global" || indent > 2 || !is_listed(kOwnGlobalKeys, key);
}

// What stands without quotes in the user's file may stand so here too, as long as nothing in it is special.
bool is_plain(const YamlNode& node) {
  const std::string& text = node.text();
  constexpr std::string_view kHarmless = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-";
  return !node.quoted() && !text.empty() && text.front() != '-' && text.front() != '.' &&
         text.find_first_not_of(kHarmless) == std::string::npos;
}

void append_scalar(std::string& out, const YamlNode& node) {
  if (node.null()) {
    out += "null";
  } else if (!node.quoted() && (node.boolean() || node.integer() || node.real() || is_plain(node))) {
    out += node.text();
  } else {
    append_json_string(out, without_passwords(node.text()));  // JSON strings are YAML double-quoted scalars
  }
}

// `parent` is the nearest key above that named a list or mapping.
void append_node(std::string& out, const YamlNode& node, std::size_t indent, std::string_view parent,
                 Keys keys) {
  const std::string margin(indent, ' ');
  if (node.kind() == YamlNode::Kind::kMapping) {
    const auto entries = node.entries();
    if (entries.empty()) out += margin + "{}\n";
    for (const auto& [key_node, value] : entries) {
      const std::string key = key_node.text();
      if (!is_shown(key, parent, indent, keys)) continue;
      out += margin;
      append_scalar(out, key_node);
      const bool nested = value.kind() == YamlNode::Kind::kMapping || value.kind() == YamlNode::Kind::kList;
      if (is_secret(key, parent) && !value.null()) {
        out += ": <secret>\n";
      } else if (nested) {
        out += ":\n";
        append_node(out, value, indent + 2, key, keys);
      } else {
        out += ": ";
        append_scalar(out, value);
        out += "\n";
      }
    }
  } else if (node.kind() == YamlNode::Kind::kList) {
    const auto items = node.items();
    if (items.empty()) out += margin + "[]\n";
    for (const YamlNode& item : items) {
      const bool nested = item.kind() == YamlNode::Kind::kMapping || item.kind() == YamlNode::Kind::kList;
      if (nested) {
        out += margin + "-\n";
        append_node(out, item, indent + 2, parent, keys);
      } else {
        out += margin + "- ";
        append_scalar(out, item);
        out += "\n";
      }
    }
  } else {
    out += margin;
    append_scalar(out, node);
    out += "\n";
  }
}

}  // namespace

std::string redacted_yaml(const YamlNode& root) {
  std::string out;
  append_node(out, root, 0, "", Keys::kAll);
  return out;
}

std::string redacted_alertmanager_yaml(const YamlNode& root) {
  std::string out;
  append_node(out, root, 0, "", Keys::kOfAlertmanager);
  return out;
}

}  // namespace tocsin
