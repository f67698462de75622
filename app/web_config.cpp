#include "app/web_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "app/password_hash.h"
#include "core/http_config.h"
#include "core/labels.h"
#include "core/yaml_reader.h"

namespace tocsin {
namespace {

using Names = std::pair<std::string_view, const char*>;

// What Go calls secure. Suites without forward secrecy (TLS_RSA_WITH_…) are not among them any more.
constexpr std::array<Names, 13> kCipherSuites = {{
    {"TLS_AES_128_GCM_SHA256", ""},
    {"TLS_AES_256_GCM_SHA384", ""},
    {"TLS_CHACHA20_POLY1305_SHA256", ""},
    {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "ECDHE-ECDSA-AES128-SHA"},
    {"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "ECDHE-ECDSA-AES256-SHA"},
    {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE-RSA-AES128-SHA"},
    {"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "ECDHE-RSA-AES256-SHA"},
    {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"},
    {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"},
    {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"},
    {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384"},
    {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305"},
    {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"},
}};
constexpr std::array<std::string_view, 4> kCurves = {"CurveP256", "CurveP384", "CurveP521", "X25519"};
constexpr std::array<std::string_view, 4> kVersions = {"TLS10", "TLS11", "TLS12", "TLS13"};

constexpr std::array<std::pair<std::string_view, ClientAuth>, 6> kClientAuths = {{
    {"NoClientCert", ClientAuth::kNone},
    {"RequestClientCert", ClientAuth::kRequest},
    {"RequireAnyClientCert", ClientAuth::kRequireAny},
    {"RequireClientCert", ClientAuth::kRequireAny},  // its older name
    {"VerifyClientCertIfGiven", ClientAuth::kVerifyIfGiven},
    {"RequireAndVerifyClientCert", ClientAuth::kRequireAndVerify},
}};

// The headers that may be added, and the values allowed where there is a choice of few.
struct ExtraHeader {
  std::string_view name;
  std::vector<std::string_view> values;
};
const std::array<ExtraHeader, 5> kExtraHeaders = {{
    {"Content-Security-Policy", {}},
    {"Strict-Transport-Security", {}},
    {"X-Content-Type-Options", {"nosniff"}},
    {"X-Frame-Options", {"deny", "sameorigin"}},
    {"X-XSS-Protection", {}},
}};

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

template <class List>
bool contains(const List& list, std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

// A list of names, each of which must be known.
template <class Known>
std::vector<std::string> read_names(YamlObject& object, std::string_view key, std::string_view what,
                                    const std::string& hint, Known known) {
  std::vector<std::string> names;
  object.text_list(key, names);
  const std::vector<YamlNode> items = object.child(key).items();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (known(names[i])) continue;
    object.problems().error(object.file(), items[i].position(),
                            fmt::format("unknown {}: {}", what, go_quote(names[i])), hint);
  }
  return names;
}

void read_text_or_file(YamlObject& object, const std::string& key, const std::string& folder,
                       std::string& text, std::string& file) {
  object.text(key, text);
  object.text(key + "_file", file);
  if (!text.empty() && !file.empty()) {
    object.problems().warning(object.file(), object.position_of(key),
                              fmt::format("{} is ignored, because there is {}_file", key, key),
                              "remove one of them");
  }
  file = resolve_path(folder, file);
}

void read_versions(YamlObject& object, TlsServerConfig& tls) {
  bool known = true;
  for (const auto& [key, version] : {std::pair<const char*, std::string*>{"min_version", &tls.min_version},
                                     {"max_version", &tls.max_version}}) {
    object.text(key, *version);
    if (contains(kVersions, *version)) continue;
    known = false;
    object.error(key, fmt::format("unknown TLS version: {}", go_quote(*version)),
                 "write TLS10, TLS11, TLS12 or TLS13");
  }
  // The names sort as the versions do.
  if (known && tls.min_version > tls.max_version) {
    object.error(object.has("max_version") ? "max_version" : "min_version",
                 fmt::format("max_version {} is below min_version {}: nobody could connect", tls.max_version,
                             tls.min_version));
  }
}

// Answers whether a value was given, even that of nobody.
bool read_client_auth(YamlObject& object, TlsServerConfig& tls) {
  std::string text;
  object.text("client_auth_type", text);
  if (text.empty()) return false;
  const auto found = std::find_if(kClientAuths.begin(), kClientAuths.end(),
                                  [&](const auto& auth) { return auth.first == text; });
  if (found != kClientAuths.end()) {
    tls.client_auth = found->second;
  } else {
    object.error("client_auth_type", fmt::format("unknown client_auth_type: {}", go_quote(text)),
                 "write NoClientCert, RequestClientCert, RequireAnyClientCert, VerifyClientCertIfGiven or "
                 "RequireAndVerifyClientCert");
  }
  return true;
}

void check_clients(YamlObject& object, const TlsServerConfig& tls, std::string_view ca_key) {
  if (tls.client_auth != ClientAuth::kNone) return;
  if (!ca_key.empty()) {
    object.error(ca_key, "an authority for clients is given, but no client is asked for a certificate",
                 "add client_auth_type: RequireAndVerifyClientCert");
  }
  if (tls.client_allowed_sans) {
    object.problems().warning(object.file(), object.position_of("client_allowed_sans"),
                              "client_allowed_sans has no effect: no client is asked for a certificate",
                              "add client_auth_type: RequireAndVerifyClientCert");
  }
}

std::optional<TlsServerConfig> read_tls(const YamlNode& node, const std::string& folder, Problems& problems) {
  if (node.null()) return std::nullopt;
  YamlObject object(node, "tls_server_config", problems);
  TlsServerConfig tls;
  read_text_or_file(object, "cert", folder, tls.cert, tls.cert_file);
  read_text_or_file(object, "key", folder, tls.key, tls.key_file);
  read_text_or_file(object, "client_ca", folder, tls.client_ca, tls.client_ca_file);
  const bool auth_given = read_client_auth(object, tls);
  if (object.has("client_allowed_sans")) {
    object.text_list("client_allowed_sans", tls.client_allowed_sans.emplace());
  }
  object.child("client_allowed_sans");
  tls.cipher_suites = read_names(
      object, "cipher_suites", "cipher", "Go's names of secure suites are known, as TLS_AES_128_GCM_SHA256",
      [](const std::string& name) { return openssl_cipher_name(name) != nullptr; });
  tls.curve_preferences =
      read_names(object, "curve_preferences", "curve", "write CurveP256, CurveP384, CurveP521 or X25519",
                 [](const std::string& name) { return contains(kCurves, name); });
  read_versions(object, tls);
  object.boolean("prefer_server_cipher_suites", tls.prefer_server_cipher_suites);
  object.refuse_unknown_keys();

  const bool cert = !tls.cert.empty() || !tls.cert_file.empty();
  const bool key = !tls.key.empty() || !tls.key_file.empty();
  const char* ca_key = !tls.client_ca_file.empty() ? "client_ca_file"
                       : !tls.client_ca.empty()    ? "client_ca"
                                                   : "";
  if (!cert && !key && *ca_key == '\0' && !auth_given) {
    problems.warning(object.file(), node.position(), "tls_server_config has no certificate: TLS stays off",
                     "add cert_file and key_file");
    return std::nullopt;
  }
  if (!cert) object.error("cert_file", "missing one of cert or cert_file");
  if (!key) object.error("key_file", "missing one of key or key_file");
  check_clients(object, tls, ca_key);
  return tls;
}

std::map<std::string, std::string> read_headers(YamlObject& http, Problems& problems) {
  std::map<std::string, std::string> headers;
  http.text_map("headers", headers);
  for (const auto& [key, value] : http.child("headers").entries()) {
    const std::string name = key.text();
    const std::string text = value.text();
    const auto found = std::find_if(kExtraHeaders.begin(), kExtraHeaders.end(),
                                    [&](const ExtraHeader& header) { return header.name == name; });
    if (found == kExtraHeaders.end()) {
      problems.error(http.file(), key.position(),
                     fmt::format("HTTP header {} can not be configured", go_quote(name)),
                     "possible are Content-Security-Policy, Strict-Transport-Security, "
                     "X-Content-Type-Options, X-Frame-Options and X-XSS-Protection");
    } else if (!found->values.empty() && !contains(found->values, text)) {
      problems.error(http.file(), value.position(),
                     fmt::format("invalid value for {}: {}", name, go_quote(text)),
                     fmt::format("write {}", fmt::join(found->values, " or ")));
    } else if (std::any_of(text.begin(), text.end(),
                           [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; })) {
      problems.error(http.file(), value.position(),
                     fmt::format("the value of {} must be one line without control characters", name));
    }
  }
  std::erase_if(headers, [](const auto& header) { return header.second.empty(); });
  return headers;
}

std::map<std::string, std::string> read_http(const YamlNode& node, Problems& problems) {
  if (node.null()) return {};
  YamlObject object(node, "http_server_config", problems);
  bool http2 = true;  // HTTP/1.1 is spoken whatever it says; every client of HTTP/2 speaks that too
  object.boolean("http2", http2);
  auto headers = read_headers(object, problems);
  object.refuse_unknown_keys();
  return headers;
}

std::map<std::string, std::string> read_users(YamlObject& root, Problems& problems) {
  std::map<std::string, std::string> users;
  root.text_map("basic_auth_users", users);
  for (const auto& [name, hash] : root.child("basic_auth_users").entries()) {
    if (hash.kind() != YamlNode::Kind::kScalar && !hash.null()) continue;  // reported above
    if (const auto valid = check_bcrypt_hash(hash.text()); !valid) {
      problems.error(root.file(), hash.position(),
                     fmt::format("the password of user {} {}", go_quote(name.text()), valid.error().message),
                     "make one with: htpasswd -nBC 10 \"\" | tr -d ':\\n'");
    }
    if (name.text().find(':') != std::string::npos) {
      problems.error(
          root.file(), name.position(),
          fmt::format("user {} can never log in: a name must not hold a colon", go_quote(name.text())));
    }
  }
  return users;
}

void read_rate_limit(const YamlNode& node, WebConfig& config, Problems& problems) {
  if (node.null()) return;
  YamlObject object(node, "rate_limit", problems);
  object.go_duration("interval", config.rate_interval);
  object.integer("burst", config.rate_burst);
  object.refuse_unknown_keys();
  if (config.rate_interval < Duration::zero()) {
    object.error("interval", "interval must not be negative", "0 switches the limit off");
  } else if (config.rate_interval > Duration::zero() && config.rate_burst < 1) {
    problems.warning(object.file(), node.position(), "every request is refused: burst is below 1",
                     "set burst to the number of requests that may come at once");
  }
}

}  // namespace

const char* openssl_cipher_name(std::string_view go_name) {
  const auto found = std::find_if(kCipherSuites.begin(), kCipherSuites.end(),
                                  [&](const Names& names) { return names.first == go_name; });
  return found == kCipherSuites.end() ? nullptr : found->second;
}

std::optional<WebConfig> read_web_config(std::string_view text, const std::string& file, Problems& problems) {
  Problems found;
  const YamlDocument document = YamlDocument::parse(text, file, found);
  WebConfig config;
  if (!document.root().null()) {
    YamlObject root(document.root(), "the web configuration", found);
    config.tls = read_tls(root.child("tls_server_config"), folder_of(file), found);
    config.headers = read_http(root.child("http_server_config"), found);
    config.users = read_users(root, found);
    read_rate_limit(root.child("rate_limit"), config, found);
    root.refuse_unknown_keys();
  }
  problems.append(found);
  if (found.has_errors()) return std::nullopt;
  return config;
}

}  // namespace tocsin
