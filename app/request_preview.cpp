#include "app/request_preview.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>

#include "app/aws_environment.h"
#include "app/secret_files.h"
#include "app/version.h"
#include "core/json.h"
#include "receivers/message_writer.h"
#include "receivers/receiver_config.h"

namespace tocsin {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

std::string base64(std::string_view text) {
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(3, text.size() - at);
    unsigned group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8 | (i < count ? static_cast<unsigned char>(text[at + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i) out += i <= count ? kAlphabet[group >> (18 - 6 * i) & 63] : '=';
  }
  return out;
}

bool has_header(const Headers& headers, std::string_view lower_name) {
  return std::ranges::any_of(headers, [&](const auto& header) {
    return std::ranges::equal(header.first, lower_name, {},
                              [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  });
}

std::string revealed(const Secret& secret, SecretMask& mask) {
  const auto text = reveal(secret);
  if (!text) return "(" + text.error().message + ")";
  mask.add(*text);
  return *text;
}

std::string authorization_of(const HttpConfig& config, SecretMask& mask) {
  if (config.authorization)
    return config.authorization->type + " " + revealed(config.authorization->credentials, mask);
  if (config.oauth2) return "Bearer (a token of " + config.oauth2->token_url + ")";
  if (!config.basic) return "";
  const std::string username = config.basic->username_file.empty()
                                   ? config.basic->username
                                   : revealed(Secret{"", config.basic->username_file}, mask);
  const std::string login = base64(username + ":" + revealed(config.basic->password, mask));
  mask.add(login);
  return "Basic " + login;
}

// What the transport adds.
void add_configured_headers(HttpRequest& request, SecretMask& mask) {
  if (!has_header(request.headers, "user-agent"))
    request.headers.emplace_back("User-Agent", std::string("Tocsin/") + kVersion);
  if (!request.config) return;
  const bool authorized = has_header(request.headers, "authorization");
  for (const auto& [name, header] : request.config->headers) {
    for (const std::string& value : header.values) request.headers.emplace_back(name, value);
    for (const std::string& secret : header.secrets)
      request.headers.emplace_back(name, revealed(Secret{secret, ""}, mask));
    for (const std::string& file : header.files)
      request.headers.emplace_back(name, revealed(Secret{"", file}, mask));
  }
  if (authorized) return;
  if (std::string value = authorization_of(*request.config, mask); !value.empty())
    request.headers.emplace_back("Authorization", std::move(value));
}

// A secret that is a template shows as what it became.
void mask_expanded(const std::vector<std::string>& secrets, const Notification& notification,
                   const BuildContext& context, SecretMask& mask) {
  const MessageWriter writer(context, notification, 0);
  for (const std::string& secret : secrets) {
    if (!has_template(secret)) continue;
    if (const auto expanded = writer.expand(secret)) mask.add(*expanded);
  }
}

std::string_view name_of(MailRequest::Security security) {
  switch (security) {
    case MailRequest::Security::kStartTls:
      return "STARTTLS";
    case MailRequest::Security::kImplicitTls:
      return "TLS";
    case MailRequest::Security::kPlain:
      break;
  }
  return "plain";
}

struct Shown {
  const SecretMask& mask;
  SecretsShown secrets;
  std::string operator()(std::string_view text) const {
    return secrets == SecretsShown::kYes ? std::string(text) : mask.hide(text);
  }
};

// Also one that was written as plain text, of which the mask knows nothing.
bool holds_credentials(const std::string& name) {
  std::string lower = name;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  constexpr std::array<std::string_view, 6> kWords = {"authorization", "cookie", "token",
                                                      "key",           "secret", "password"};
  return std::ranges::any_of(kWords,
                             [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

// The scheme of an authorization may be seen.
std::string header_value(const std::string& name, const std::string& value, const Shown& shown) {
  std::string out = shown(value);
  const bool hidden = out.find("<secret>") != std::string::npos;
  if (shown.secrets == SecretsShown::kYes || hidden || !holds_credentials(name)) return out;
  const std::size_t blank = out.find(' ');
  return (blank == std::string::npos ? "" : out.substr(0, blank + 1)) + "<secret>";
}

std::string text_of(const HttpRequest& request, const Shown& shown) {
  std::string out = request.method + " " + shown(request.url) + "\n";
  for (const auto& [name, value] : request.headers)
    out += name + ": " + header_value(name, value, shown) + "\n";
  return out + "\n" + shown(request.body);
}

std::string text_of(const MailRequest& mail, const Shown& shown) {
  return fmt::format("MAIL smtp://{} ({}) from {} to {}\n\n{}", mail.smarthost, name_of(mail.security),
                     mail.from, fmt::join(mail.recipients, ", "), shown(mail.message));
}

void write(JsonWriter& json, const HttpRequest& request, const Shown& shown) {
  json.field("method", request.method).field("url", shown(request.url));
  json.key("headers").begin_array();
  for (const auto& [name, value] : request.headers)
    json.begin_object().field("name", name).field("value", header_value(name, value, shown)).end_object();
  json.end_array().field("body", shown(request.body));
}

void write(JsonWriter& json, const MailRequest& mail, const Shown& shown) {
  json.field("smarthost", mail.smarthost).field("security", name_of(mail.security)).field("from", mail.from);
  json.key("recipients").begin_array();
  for (const std::string& recipient : mail.recipients) json.string(recipient);
  json.end_array().field("message", shown(mail.message));
}

}  // namespace

RequestPreview preview_request(const Integration& integration, const Notification& notification,
                               const DeliveryConfig& config, TimePoint now, SecretMask& mask) {
  std::vector<std::string> secrets;
  BuildContext context{*config.templates, config.external_url, now, [&](const Secret& secret) {
                         auto text = reveal(secret);
                         if (text) secrets.push_back(*text);
                         return text;
                       }};
  context.aws_identity = [&](const std::string& profile) {
    auto identity = aws_identity_of_environment(profile);
    if (identity) secrets.insert(secrets.end(), {identity->secret_key, identity->session_token});
    return identity;
  };
  RequestPreview out;
  out.integration = integration.id();
  out.more_may_follow = integration.takes_several_requests();
  try {
    auto built = integration.build(notification, context);
    if (built) {
      out.request = std::move(built->request);
      out.warning = std::move(built->warning);
    } else {
      out.error = built.error().message;
    }
  } catch (const std::exception& error) {
    out.error = std::string("the message could not be built: ") + error.what();
  }
  for (const std::string& secret : secrets) mask.add(secret);
  mask_expanded(secrets, notification, context, mask);
  if (auto* request = std::get_if<HttpRequest>(&out.request)) add_configured_headers(*request, mask);
  if (const auto* mail = std::get_if<MailRequest>(&out.request)) {
    (void)revealed(mail->auth_password, mask);
    (void)revealed(mail->auth_secret, mask);
  }
  return out;
}

std::string preview_text(const RequestPreview& preview, const SecretMask& mask, SecretsShown secrets) {
  const Shown shown{mask, secrets};
  std::string out = "# " + preview.integration.to_string();
  if (!preview.error.empty()) return out + ": cannot be built: " + shown(preview.error) + "\n";
  if (preview.more_may_follow) out += ": the first request; more may follow, as the service answers";
  out += "\n" + std::visit([&](const auto& request) { return text_of(request, shown); }, preview.request);
  return out.ends_with('\n') ? out : out + "\n";
}

std::string previews_json(const std::vector<RequestPreview>& previews, const SecretMask& mask,
                          SecretsShown secrets) {
  const Shown shown{mask, secrets};
  JsonWriter json;
  json.begin_array();
  for (const RequestPreview& preview : previews) {
    json.begin_object().field("integration", preview.integration.to_string());
    if (preview.error.empty()) {
      std::visit([&](const auto& request) { write(json, request, shown); }, preview.request);
      json.key("moreMayFollow").boolean(preview.more_may_follow);
      json.field("warning", shown(preview.warning));
    } else {
      json.field("error", shown(preview.error));
    }
    json.end_object();
  }
  json.end_array();
  return json.take() + "\n";
}

}  // namespace tocsin
