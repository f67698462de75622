#include "app/oauth2_tokens.h"

#include <charconv>
#include <map>
#include <utility>

#include <simdjson.h>

#include "app/curl_options.h"
#include "app/jwt_assertion.h"
#include "app/secret_files.h"
#include "core/percent_encoding.h"

namespace tocsin {
namespace {

constexpr auto kFetchTimeout = std::chrono::seconds(30);
constexpr auto kFreshness = std::chrono::seconds(10);  // a token this close to its end is not used, as in Go
constexpr std::size_t kMaxEntries = 1000;              // old configurations' entries go when there are more

struct Token {
  std::string authorization;
  std::optional<double> expires_in;  // seconds
};

Result<Token> read_token(const std::string& body) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(body).get(object) != simdjson::SUCCESS) return fail("its answer is not a JSON object");
  std::string_view access, type = "Bearer";
  if (object["access_token"].get(access) != simdjson::SUCCESS || access.empty()) {
    return fail("its answer holds no access_token");
  }
  if (object["token_type"].get(type) != simdjson::SUCCESS || type == "bearer") type = "Bearer";
  if (has_control_characters(std::string(access)) || has_control_characters(std::string(type))) {
    return fail("its token cannot stand in a header");
  }
  Token token{std::string(type) + " " + std::string(access), std::nullopt};
  double seconds = 0;
  std::string_view text;
  if (object["expires_in"].get(seconds) == simdjson::SUCCESS) {
    token.expires_in = seconds;
  } else if (object["expires_in"].get(text) == simdjson::SUCCESS) {  // some servers write it as a string
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc()) token.expires_in = number;
  }
  if (token.expires_in && *token.expires_in <= 0) token.expires_in.reset();
  return token;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// As Go: whatever the user adds, but only the grant type may be replaced.
Result<std::string> form(std::map<std::string, std::string> fields,
                         const std::map<std::string, std::string>& endpoint_params) {
  for (const auto& [name, value] : endpoint_params) {
    if (name != "grant_type" && fields.contains(name))
      return fail("cannot overwrite parameter \"" + name + "\"");
    fields[name] = value;
  }
  std::string text;
  for (const auto& [name, value] : fields) {
    text += (text.empty() ? "" : "&") + percent_encoded(name) + "=" + percent_encoded(value);
  }
  return text;
}

HttpConfig issuer_config(const HttpConfig::OAuth2& config) {
  HttpConfig http;
  http.tls = config.tls;
  http.proxy_url = config.proxy_url;
  http.no_proxy = config.no_proxy;
  http.proxy_from_environment = config.proxy_from_environment;
  http.proxy_connect_header = config.proxy_connect_header;
  http.follow_redirects = false;  // the body may hold the secret
  return http;
}

Result<HttpRequest> token_request(const HttpConfig::OAuth2& config, const std::string& secret,
                                  bool secret_in_body) {
  HttpConfig http = issuer_config(config);
  std::map<std::string, std::string> fields;
  if (!config.scopes.empty()) fields["scope"] = joined(config.scopes);
  if (config.jwt) {
    const TimePoint now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
    auto assertion = make_jwt_assertion(config, secret, now, random_jwt_id());
    if (!assertion) return tl::unexpected(assertion.error());
    fields["grant_type"] = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    fields["assertion"] = std::move(*assertion);
  } else {
    fields["grant_type"] = "client_credentials";
    if (secret_in_body) {
      fields["client_id"] = config.client_id;
      if (!secret.empty()) fields["client_secret"] = secret;
    } else {
      // RFC 6749 §2.3.1: both are form-encoded before they become user and password.
      http.basic.emplace();
      http.basic->username = percent_encoded(config.client_id);
      http.basic->password.text = percent_encoded(secret);
    }
  }
  auto body = form(std::move(fields), config.endpoint_params);
  if (!body) return tl::unexpected(body.error());
  HttpRequest request;
  request.method = "POST";
  request.url = config.token_url;
  request.timeout = kFetchTimeout;
  request.max_answer_bytes = std::size_t{1} << 20;
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
  request.body = std::move(*body);
  request.config = std::make_shared<const HttpConfig>(std::move(http));
  return request;
}

// What proves who we are; files are read each time, so that a new secret acts at once.
Result<std::string> read_secret_of(const HttpConfig::OAuth2& config) {
  return reveal(config.jwt ? config.jwt->key : config.client_secret);
}

}  // namespace

std::shared_ptr<const OAuth2Tokens::Answer> OAuth2Tokens::ask(const HttpConfig::OAuth2& config,
                                                              std::uint64_t id) {
  auto answer = std::make_shared<Answer>();
  Entry& found = entry(config);
  const auto secret = read_secret_of(config);
  const bool good =
      !found.authorization.empty() && (!found.expires || std::chrono::steady_clock::now() < *found.expires);
  // A file that is just being replaced makes no token worse.
  if (good && (!secret || *secret == found.secret)) {
    answer->ready = true;
    answer->authorization = found.authorization;
    return answer;
  }
  if (!secret) {
    *answer = {true, "", TransportResult::kMisconfigured, "oauth2: " + secret.error().message};
    return answer;
  }
  found.waiting.emplace_back(answer, id);
  if (!found.fetching) {
    found.secret = *secret;
    fetch(found);
  }
  return answer;
}

void OAuth2Tokens::refuse(const HttpConfig::OAuth2& config, const std::string& authorization) {
  Entry& found = entry(config);
  if (found.authorization == authorization) found.authorization.clear();
}

OAuth2Tokens::Entry& OAuth2Tokens::entry(const HttpConfig::OAuth2& config) {
  for (auto& candidate : entries_) {
    if (candidate->config == config) return *candidate;
  }
  if (entries_.size() >= kMaxEntries) std::erase_if(entries_, [](const auto& e) { return !e->fetching; });
  entries_.push_back(std::make_unique<Entry>());
  entries_.back()->config = config;
  return *entries_.back();
}

void OAuth2Tokens::fetch(Entry& entry) {
  entry.authorization.clear();
  auto request = token_request(entry.config, entry.secret, entry.secret_in_body);
  if (!request) {
    settle(entry, {true, "", TransportResult::kMisconfigured, "oauth2: " + request.error().message});
    return;
  }
  entry.fetching = true;
  carry_(std::move(*request), [this, &entry](const OutboundAnswer& answer) { arrived(entry, answer); });
}

void OAuth2Tokens::arrived(Entry& entry, const OutboundAnswer& answer) {
  CurlUrl url;
  url.set(entry.config.token_url);
  const std::string prefix = "oauth2 token from " + url.place() + ": ";
  if (answer.result != TransportResult::kAnswered) {
    settle(entry, {true, "", answer.result, "oauth2 token: " + answer.error});
    return;
  }
  const bool refuses_us = answer.status >= 400 && answer.status < 500 && answer.status != 429;
  if (refuses_us && !entry.secret_in_body && !entry.config.jwt) {
    entry.secret_in_body = true;
    fetch(entry);
    return;
  }
  if (answer.status < 200 || answer.status > 299) {
    entry.secret_in_body = false;
    const bool refused = answer.status < 500 && answer.status != 429;
    settle(entry, {true, "", refused ? TransportResult::kMisconfigured : TransportResult::kUnreachable,
                   prefix + "HTTP status " + std::to_string(answer.status)});
    return;
  }
  const auto token = read_token(answer.body);
  if (!token) {
    settle(entry, {true, "", TransportResult::kMisconfigured, prefix + token.error().message});
    return;
  }
  entry.authorization = token->authorization;
  entry.expires.reset();
  if (token->expires_in) {
    const auto life = std::chrono::duration<double>(std::min(*token->expires_in, 1e9));
    entry.expires = std::chrono::steady_clock::now() +
                    std::chrono::duration_cast<std::chrono::steady_clock::duration>(life) - kFreshness;
  }
  settle(entry, {true, token->authorization, TransportResult::kAnswered, ""});
}

void OAuth2Tokens::settle(Entry& entry, const Answer& answer) {
  entry.fetching = false;
  for (auto& [slot, id] : std::exchange(entry.waiting, {})) {
    *slot = answer;
    wake_(id);
  }
}

}  // namespace tocsin
