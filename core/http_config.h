// How to speak HTTP to somebody: the `http_config` block of Alertmanager and Prometheus, and what is common
// to all requests. It holds no secrets' contents where the user gave a file: files are read at use, by the
// shell.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/yaml_reader.h"

namespace tocsin {

// A secret given inline or by file. A file is read each time it is used, so that rotation needs no reload;
// its end is trimmed.
struct Secret {
  std::string text;
  std::string file;  // absolute, or relative to the process where no configuration file is known
  bool set() const { return !text.empty() || !file.empty(); }
  friend bool operator==(const Secret&, const Secret&) = default;
};

struct TlsConfig {
  std::string ca, ca_file;
  std::string cert, cert_file;
  Secret key;
  std::string server_name;
  bool insecure_skip_verify = false;
  std::string min_version, max_version;  // TLS10 … TLS13, or empty
  friend bool operator==(const TlsConfig&, const TlsConfig&) = default;
};

struct HttpConfig {
  struct Basic {
    std::string username, username_file;
    Secret password;
    friend bool operator==(const Basic&, const Basic&) = default;
  };
  struct Authorization {
    std::string type = "Bearer";
    Secret credentials;
    friend bool operator==(const Authorization&, const Authorization&) = default;
  };
  // A token for a signed assertion (RFC 7523) instead of a client secret.
  struct JwtBearer {
    Secret key;  // an RSA key, PEM
    std::string key_id;
    std::string algorithm = "RS256";  // RS256, RS384 or RS512
    std::string iss;                  // empty: the client id
    std::string audience;             // empty: the token's URL
    std::string claims;               // more of them: a JSON object, or empty
    friend bool operator==(const JwtBearer&, const JwtBearer&) = default;
  };
  struct OAuth2 {
    std::string client_id, token_url;
    Secret client_secret;
    std::vector<std::string> scopes;
    std::map<std::string, std::string> endpoint_params;
    std::optional<JwtBearer> jwt;  // of grant_type jwt-bearer; the client secret then has no part
    TlsConfig tls;
    std::string proxy_url, no_proxy;
    bool proxy_from_environment = false;
    std::map<std::string, std::vector<std::string>> proxy_connect_header;
    friend bool operator==(const OAuth2&, const OAuth2&) = default;
  };
  struct Header {
    std::vector<std::string> values, secrets, files;
    friend bool operator==(const Header&, const Header&) = default;
  };
  std::optional<Basic> basic;
  std::optional<Authorization> authorization;
  std::optional<OAuth2> oauth2;
  TlsConfig tls;
  bool follow_redirects = true;
  bool enable_http2 = true;
  std::string proxy_url, no_proxy;
  bool proxy_from_environment = false;
  std::map<std::string, std::vector<std::string>> proxy_connect_header;
  std::map<std::string, Header> headers;
  friend bool operator==(const HttpConfig&, const HttpConfig&) = default;
};

// Joins a path with the folder of the configuration file it stands in; absolute and empty paths stay as they
// are.
std::string resolve_path(const std::string& base_folder, const std::string& path);

// Reads tls_config. Cert without key, two CAs and unknown versions are problems.
TlsConfig read_tls_config(YamlNode, const std::string& base_folder, Problems&);
// Reads the keys of http_config from `object`, which may hold other keys too (a `prometheus:` entry does):
// the caller refuses unknown keys. What Prometheus' and Alertmanager's loader refuses
// (prometheus/common: config/http_config.go) is a problem.
HttpConfig read_http_config(YamlObject& object, const std::string& base_folder);
// An oauth2 block alone.
HttpConfig::OAuth2 read_oauth2(YamlNode, const std::string& base_folder, Problems&);
// The keys of oauth2 about its grant_type: nothing for client_credentials.
std::optional<HttpConfig::JwtBearer> read_jwt_bearer(YamlObject& oauth2, const std::string& base_folder);
// `KEY` inline or `KEY_file`; both at once is a problem.
Secret read_secret(YamlObject& object, const std::string& key, const std::string& base_folder);

}  // namespace tocsin
