#include "core/http_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>

#include "core/labels.h"

namespace tocsin {
namespace {

// Headers that the client sets itself, or that a proxy or signature would fight over; as Prometheus' list, in
// lower case.
constexpr std::string_view kReservedHeaders[] = {
    "accept-encoding",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "user-agent",
    "www-authenticate",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-security-token",
    "x-prometheus-remote-read-version",
    "x-prometheus-remote-write-version",
    "x-prometheus-scrape-timeout-seconds",
};

std::string lower(std::string_view text) {
  std::string folded(text);
  for (char& c : folded) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return folded;
}

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1));
}

// What HTTP calls a token.
bool is_header_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

void refuse_both(YamlObject& object, std::string_view one, bool one_set, std::string_view other,
                 bool other_set) {
  if (!one_set || !other_set) return;
  object.error(other, fmt::format("at most one of {} & {} must be configured", one, other),
               "remove one of them");
}

// KEY or KEY_file of something that is no secret: both texts stay apart, since only one kind is a path.
void read_text_or_file(YamlObject& object, const std::string& key, const std::string& base_folder,
                       std::string& text, std::string& file) {
  object.text(key, text);
  object.text(key + "_file", file);
  refuse_both(object, key, !text.empty(), key + "_file", !file.empty());
  file = resolve_path(base_folder, file);
}

void check_tls_version(YamlObject& object, std::string_view key, const std::string& version) {
  if (object.is_one_of(key, version, {"", "TLS10", "TLS11", "TLS12", "TLS13"})) return;
  object.error(key, fmt::format("unknown TLS version: {}", go_quote(version)),
               "write TLS10, TLS11, TLS12 or TLS13");
}

HttpConfig::Basic read_basic(YamlNode node, const std::string& base_folder, Problems& problems) {
  YamlObject object(std::move(node), "basic_auth", problems);
  HttpConfig::Basic basic;
  read_text_or_file(object, "username", base_folder, basic.username, basic.username_file);
  basic.password = read_secret(object, "password", base_folder);
  object.refuse_unknown_keys();
  return basic;
}

HttpConfig::Authorization read_authorization(YamlNode node, const std::string& base_folder,
                                             Problems& problems) {
  YamlObject object(std::move(node), "authorization", problems);
  HttpConfig::Authorization authorization;
  object.text("type", authorization.type);
  authorization.type = trimmed(authorization.type);
  if (authorization.type.empty()) authorization.type = "Bearer";
  if (lower(authorization.type) == "basic") {
    object.error("type", "authorization type cannot be set to \"basic\"",
                 "use basic_auth with username and password instead");
  }
  authorization.credentials = read_secret(object, "credentials", base_folder);
  object.refuse_unknown_keys();
  return authorization;
}

// A list of texts for each name. One text alone is taken as a list of one.
std::map<std::string, std::vector<std::string>> read_proxy_connect_header(YamlObject& object) {
  std::map<std::string, std::vector<std::string>> headers;
  const YamlNode node = object.child("proxy_connect_header");
  if (node.null()) return headers;
  const YamlObject shape(node, "proxy_connect_header", object.problems());  // says so where it is no mapping
  for (const auto& [key, value] : node.entries()) {
    const std::string name = key.text();
    std::vector<std::string>& values = headers[name];
    bool texts = value.kind() != YamlNode::Kind::kMapping;
    if (value.kind() == YamlNode::Kind::kScalar) values.push_back(value.text());
    for (const YamlNode& item : value.items()) {
      texts = texts && (item.null() || item.kind() == YamlNode::Kind::kScalar);
      values.push_back(item.text());
    }
    if (!texts) {
      object.problems().error(object.file(), value.position(),
                              fmt::format("{} must be a list of texts", name));
    }
    if (!is_header_name(name)) {
      object.problems().error(object.file(), key.position(),
                              fmt::format("invalid header name: {}", go_quote(name)));
    }
  }
  return headers;
}

// `object` is http_config or oauth2: both hold the same keys about proxies.
template <class Target>
void read_proxy(YamlObject& object, Target& target) {
  object.text("proxy_url", target.proxy_url);
  object.text("no_proxy", target.no_proxy);
  object.boolean("proxy_from_environment", target.proxy_from_environment);
  target.proxy_connect_header = read_proxy_connect_header(object);

  const bool url = !target.proxy_url.empty();
  if (target.proxy_from_environment && url) {
    object.error("proxy_url", "if proxy_from_environment is configured, proxy_url must not be configured",
                 "remove one of them");
  }
  if (target.proxy_from_environment && !target.no_proxy.empty()) {
    object.error("no_proxy", "if proxy_from_environment is configured, no_proxy must not be configured",
                 "set NO_PROXY in the environment instead");
  }
  if (!target.proxy_from_environment && !url && !target.no_proxy.empty()) {
    object.error("no_proxy", "if no_proxy is configured, proxy_url must also be configured");
  }
  if (!target.proxy_from_environment && !url && !target.proxy_connect_header.empty()) {
    object.error(
        "proxy_connect_header",
        "if proxy_connect_header is configured, proxy_url or proxy_from_environment must also be configured");
  }
}

HttpConfig::Header read_header(YamlNode node, const std::string& base_folder, Problems& problems) {
  YamlObject object(std::move(node), "http_headers", problems);
  HttpConfig::Header header;
  object.text_list("values", header.values);
  object.text_list("secrets", header.secrets);
  object.text_list("files", header.files);
  for (std::string& file : header.files) file = resolve_path(base_folder, file);
  object.refuse_unknown_keys();
  return header;
}

std::map<std::string, HttpConfig::Header> read_headers(YamlObject& object, const std::string& base_folder) {
  std::map<std::string, HttpConfig::Header> headers;
  const YamlNode node = object.child("http_headers");
  const YamlObject shape(node, "http_headers", object.problems());  // says so where it is no mapping
  for (const auto& [key, value] : node.entries()) {
    const std::string name = key.text();
    if (std::count(std::begin(kReservedHeaders), std::end(kReservedHeaders), lower(name)) > 0) {
      object.problems().error(object.file(), key.position(),
                              fmt::format("setting header {} is not allowed", go_quote(name)),
                              lower(name) == "authorization" ? "use authorization or basic_auth" : "");
    } else if (!is_header_name(name)) {
      object.problems().error(object.file(), key.position(),
                              fmt::format("invalid header name: {}", go_quote(name)));
    }
    headers[name] = read_header(value, base_folder, object.problems());
  }
  return headers;
}

// basic_auth, authorization, oauth2 and the two old keys exclude one another; the old keys become an
// authorization.
void read_authentication(YamlObject& object, const std::string& base_folder, HttpConfig& config) {
  if (object.has("basic_auth"))
    config.basic = read_basic(object.child("basic_auth"), base_folder, object.problems());
  if (object.has("authorization")) {
    config.authorization = read_authorization(object.child("authorization"), base_folder, object.problems());
  }
  if (object.has("oauth2"))
    config.oauth2 = read_oauth2(object.child("oauth2"), base_folder, object.problems());
  for (const char* key : {"basic_auth", "authorization", "oauth2"}) object.child(key);
  const Secret bearer = read_secret(object, "bearer_token", base_folder);

  std::vector<std::string> ways;
  if (config.basic) ways.emplace_back("basic_auth");
  if (config.authorization) ways.emplace_back("authorization");
  if (config.oauth2) ways.emplace_back("oauth2");
  if (bearer.set()) ways.emplace_back(bearer.text.empty() ? "bearer_token_file" : "bearer_token");
  std::sort(ways.begin(), ways.end(), [&](const std::string& a, const std::string& b) {
    const Position first = object.position_of(a);
    const Position second = object.position_of(b);
    return std::pair(first.line, first.column) < std::pair(second.line, second.column);
  });
  for (std::size_t i = 1; i < ways.size(); ++i) {
    object.error(ways[i], fmt::format("at most one of {} & {} must be configured", ways[0], ways[i]),
                 "remove one of them");
  }
  if (bearer.set() && !config.authorization)
    config.authorization = HttpConfig::Authorization{"Bearer", bearer};
}

}  // namespace

HttpConfig::OAuth2 read_oauth2(YamlNode node, const std::string& base_folder, Problems& problems) {
  YamlObject object(std::move(node), "oauth2", problems);
  HttpConfig::OAuth2 oauth2;
  object.text("client_id", oauth2.client_id);
  object.text("token_url", oauth2.token_url);
  oauth2.client_secret = read_secret(object, "client_secret", base_folder);
  object.text_list("scopes", oauth2.scopes);
  object.text_map("endpoint_params", oauth2.endpoint_params);
  oauth2.tls = read_tls_config(object.child("tls_config"), base_folder, problems);
  read_proxy(object, oauth2);
  oauth2.jwt = read_jwt_bearer(object, base_folder);
  if (oauth2.client_id.empty()) object.error("client_id", "oauth2 client_id must be configured");
  if (oauth2.token_url.empty()) object.error("token_url", "oauth2 token_url must be configured");
  object.refuse_unknown_keys();
  return oauth2;
}

std::string resolve_path(const std::string& base_folder, const std::string& path) {
  if (path.empty() || path.front() == '/' || base_folder.empty()) return path;
  return base_folder.back() == '/' ? base_folder + path : base_folder + '/' + path;
}

Secret read_secret(YamlObject& object, const std::string& key, const std::string& base_folder) {
  Secret secret;
  read_text_or_file(object, key, base_folder, secret.text, secret.file);
  return secret;
}

TlsConfig read_tls_config(YamlNode node, const std::string& base_folder, Problems& problems) {
  YamlObject object(std::move(node), "tls_config", problems);
  TlsConfig tls;
  read_text_or_file(object, "ca", base_folder, tls.ca, tls.ca_file);
  read_text_or_file(object, "cert", base_folder, tls.cert, tls.cert_file);
  tls.key = read_secret(object, "key", base_folder);
  object.text("server_name", tls.server_name);
  object.boolean("insecure_skip_verify", tls.insecure_skip_verify);
  object.text("min_version", tls.min_version);
  object.text("max_version", tls.max_version);
  object.refuse_unknown_keys();

  const bool cert = !tls.cert.empty() || !tls.cert_file.empty();
  if (cert && !tls.key.set()) {
    object.error(tls.cert.empty() ? "cert_file" : "cert",
                 "exactly one of key or key_file must be configured when a client certificate is configured");
  }
  if (tls.key.set() && !cert) {
    object.error(tls.key.text.empty() ? "key_file" : "key",
                 "exactly one of cert or cert_file must be configured when a client key is configured");
  }
  check_tls_version(object, "min_version", tls.min_version);
  check_tls_version(object, "max_version", tls.max_version);
  // The names sort as the versions do. Both sides would refuse every handshake.
  if (!tls.min_version.empty() && !tls.max_version.empty() && tls.min_version > tls.max_version) {
    object.error("max_version", "max_version is below min_version, so that no connection can be made");
  }
  return tls;
}

HttpConfig read_http_config(YamlObject& object, const std::string& base_folder) {
  HttpConfig config;
  read_authentication(object, base_folder, config);
  config.tls = read_tls_config(object.child("tls_config"), base_folder, object.problems());
  object.boolean("follow_redirects", config.follow_redirects);
  object.boolean("enable_http2", config.enable_http2);
  read_proxy(object, config);
  config.headers = read_headers(object, base_folder);
  return config;
}

}  // namespace tocsin
